"""Processes of one node share buckets exactly, whatever becomes of any of them."""

from __future__ import annotations

import fcntl
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.limits.bucket import MAX_PERIOD, SECOND, Ask, Policy
from firmhold.limits.memory import _HEAD, _ROW, NEAR, SharedBuckets
from tests.limits.crowd import processes
from tests.limits.plain import (
    POLICIES,
    PlainBuckets,
    ask,
    assert_never_more_than_the_policy_allows,
    given_back,
)

HOLDS = Policy("holds", 10, 60)
NOW = 1_000_000 * SECOND

# Takes from one bucket until told to end, and says how many it got.
TAKER = """
import sys, time
from firmhold.limits.memory import SharedBuckets
from tests.limits.plain import Policy, ask
buckets = SharedBuckets(int(sys.argv[1]), patience=60)
policy = Policy("shared", int(sys.argv[2]), 86400)
narrow = Policy("own", 1_000_000, 1)
asks = [ask(policy, "everyone"), ask(narrow, sys.argv[3])]
print("true", flush=True)
sys.stdin.readline()
got = sum(buckets.take(asks).allowed for _ in range(int(sys.argv[4])))
print([got, buckets.alone], flush=True)
"""

# Locks the row of a bucket and says so, then takes a token of it once it is told to.
LOCKER = """
import sys
from firmhold.limits.memory import SharedBuckets
from tests.limits.plain import Policy, ask
buckets = SharedBuckets(int(sys.argv[1]))
decide = buckets._take
def slowly(*arguments):
    print("true", flush=True)
    sys.stdin.readline()
    return decide(*arguments)
buckets._take = slowly
print("true" if buckets.take([ask(Policy("holds", 10, 60))]).allowed else "false", flush=True)
sys.stdin.readline()
"""


@pytest.fixture(params=[False, True], ids=["shared", "lone"])
def buckets(request: pytest.FixtureRequest) -> SharedBuckets:
    return SharedBuckets.create(1024, lone=request.param)


def words(buckets: SharedBuckets) -> memoryview:
    """The table, past the page with the secret."""
    return buckets._words[_HEAD:]


def count(buckets: SharedBuckets, asks: list[Ask], times: int = 100) -> int:
    """How many of so many requests are admitted in one moment."""
    return sum(buckets.take(asks, NOW).allowed for _ in range(times))


# --- one process ----------------------------------------------------------------------------------


def test_a_bucket_gives_its_burst_and_each_has_its_own(buckets: SharedBuckets) -> None:
    assert count(buckets, [ask(HOLDS, "ann")]) == 10
    assert count(buckets, [ask(HOLDS, "bob")]) == 10
    assert count(buckets, [ask(HOLDS, "ann", "org_" + "2" * 32)]) == 10
    assert count(buckets, [ask(Policy("reads", 10, 60), "ann")]) == 10


def test_the_clock_is_the_hosts_unless_given(buckets: SharedBuckets) -> None:
    long = [ask(Policy("long", 3, MAX_PERIOD))]
    assert sum(buckets.take(long).allowed for _ in range(10)) == 3


def test_a_refused_request_takes_nothing_from_any_of_its_buckets(buckets: SharedBuckets) -> None:
    narrow, wide = ask(Policy("narrow", 1, 60)), ask(Policy("wide", 5, 60))
    assert count(buckets, [narrow, wide]) == 1
    before = bytes(buckets._words)
    assert not buckets.take([wide, narrow], NOW).allowed
    assert bytes(buckets._words) == before


def test_a_bucket_that_is_named_twice_gives_one_token(buckets: SharedBuckets) -> None:
    levels = buckets.take([ask(HOLDS), ask(HOLDS)], NOW)
    assert levels.asks == (ask(HOLDS),) and levels.each[0].remaining == 9


def test_who_is_alone_takes_no_locks() -> None:
    buckets = SharedBuckets.create(NEAR, lone=True)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        assert count(buckets, [ask(HOLDS)]) == 10
        assert buckets.alone == 0


def test_a_request_without_a_limit_is_admitted_and_touches_nothing(buckets: SharedBuckets) -> None:
    before = bytes(buckets._words)
    assert buckets.take([]).allowed
    assert bytes(buckets._words) == before


def test_all_buckets_of_a_request_may_have_their_place_in_one_row() -> None:
    buckets = SharedBuckets.create(NEAR)
    asks = [ask(HOLDS, str(number)) for number in range(NEAR)]
    assert count(buckets, asks) == 10
    assert len(set(words(buckets)[:NEAR])) == NEAR


def test_names_that_no_text_can_have_are_names_like_any_other(buckets: SharedBuckets) -> None:
    for subject in ("\ud800", "\0", "", "x" * 100_000):
        assert count(buckets, [ask(HOLDS, subject)]) == 10


def test_nobody_can_tell_from_a_name_where_it_goes() -> None:
    one, other = SharedBuckets.create(1024), SharedBuckets.create(1024)
    for buckets in (one, other):
        buckets.take([ask(HOLDS)], NOW)
    assert bytes(words(one)) != bytes(words(other))


def test_every_row_is_used() -> None:
    buckets = SharedBuckets.create(16 * NEAR)
    for number in range(500):
        buckets.take([ask(HOLDS, str(number))], NOW)
    assert all(words(buckets)), "a place that nobody has used after many more buckets than places"


@given(
    st.lists(
        st.tuples(
            st.integers(0, 5 * SECOND),
            st.lists(
                st.builds(ask, st.sampled_from(POLICIES), st.sampled_from("abc")),
                min_size=1,
                max_size=4,
            ),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_it_answers_as_the_rule_does(story: list[tuple[int, list[Ask], bool]]) -> None:
    buckets, plain, now = SharedBuckets.create(1024), PlainBuckets(), NOW
    for pause, taken, back in story:
        now += pause
        asks = given_back(taken) if back else taken
        assert buckets.take(asks, now) == plain.take(asks, now)
    buckets.close()


# --- no room, and nonsense ------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3 * SECOND),
            st.lists(
                st.builds(ask, st.sampled_from(POLICIES), st.sampled_from("abcdefghijklmnop")),
                min_size=1,
                max_size=3,
            ),
        ),
        max_size=150,
    )
)
def test_when_there_are_more_buckets_than_places_none_gives_more_than_it_should(
    story: list[tuple[int, list[Ask]]],
) -> None:
    buckets, now = SharedBuckets.create(NEAR), NOW
    admitted: dict[Ask, list[int]] = {}
    for pause, asks in story:
        now += pause
        if buckets.take(asks, now).allowed:
            for one in set(asks):
                admitted.setdefault(one, []).append(now)
    buckets.close()
    for one, times in admitted.items():
        assert_never_more_than_the_policy_allows(one.policy, times)


QUICK = Policy("quick", 1000, 1)
ONCE = Policy("once", 1, 3600)
WIDE = Policy("wide", 100, 86_400)


def test_a_newcomer_does_not_get_the_place_of_whom_the_same_request_names() -> None:
    """Both would be written there, and the one of the two forgotten."""
    buckets = SharedBuckets.create(NEAR)
    for number in range(NEAR - 1):
        assert buckets.take([ask(HOLDS, str(number))], NOW).allowed
    old, new = ask(QUICK, "old"), ask(ONCE, "new")
    assert buckets.take([old], NOW).allowed
    instants = range(NOW + SECOND, NOW + 60 * SECOND, SECOND // 10)
    assert sum(buckets.take([new, old], now).allowed for now in instants) == 1


def test_who_loses_a_place_comes_back_to_no_more_than_it_had() -> None:
    """Nor to the place of one that was nearer to full, but could not be taken."""
    buckets = SharedBuckets.create(NEAR)
    there = [ask(ONCE, str(number)) for number in range(NEAR - 1)]
    quick, new = ask(QUICK, "quick"), ask(WIDE, "new")
    for one in (*there, quick):
        assert buckets.take([one], NOW).allowed
    later = NOW + SECOND
    buckets.take([quick, new], later)
    assert not any(buckets.take([one], later + SECOND).allowed for one in there)


def test_whoever_fills_the_table_gets_no_fresh_bucket_by_it() -> None:
    buckets = SharedBuckets.create(NEAR)
    crowd = [[ask(HOLDS, str(number))] for number in range(3 * NEAR)]
    admitted = sum(count(buckets, asks, 1) for _ in range(100) for asks in crowd)
    assert admitted == 10 * NEAR


def test_a_full_bucket_makes_room_for_others() -> None:
    buckets = SharedBuckets.create(NEAR)
    for number in range(NEAR):
        buckets.take([ask(HOLDS, str(number))], NOW)
    fresh = buckets.take([ask(HOLDS, "new")], NOW + 6 * SECOND)
    assert fresh.each[0].remaining == 9


@settings(max_examples=50)
@given(st.binary(min_size=_ROW * 8, max_size=_ROW * 8), st.lists(st.integers(0, 9 * SECOND)))
def test_after_any_nonsense_in_its_row_a_bucket_is_neither_open_nor_closed_for_good(
    nonsense: bytes, pauses: list[int]
) -> None:
    buckets, now, admitted = SharedBuckets.create(NEAR), NOW, []
    words(buckets).cast("B")[:] = nonsense
    for pause in pauses:
        now += pause
        if buckets.take([ask(HOLDS)], now).allowed:
            admitted.append(now)
    assert_never_more_than_the_policy_allows(HOLDS, admitted)
    buckets.take([ask(HOLDS)], now)  # from here on it fills
    open_again = buckets.take([ask(HOLDS)], now + 60 * SECOND)
    assert open_again.allowed or min(words(buckets)[NEAR:]) > now + 60 * SECOND
    buckets.close()


@pytest.mark.parametrize("instant", [NOW + 61 * SECOND, NOW * 2, 2**64 - 1])
def test_an_instant_that_cannot_be_counts_as_an_empty_bucket_that_fills(
    buckets: SharedBuckets, instant: int
) -> None:
    buckets.take([ask(HOLDS)], NOW)
    table = words(buckets)
    (place,) = [index for index, word in enumerate(table) if word and index % _ROW < NEAR]
    table[place + NEAR] = instant
    assert not buckets.take([ask(HOLDS)], NOW).allowed
    assert buckets.take([ask(HOLDS)], NOW + 6 * SECOND).allowed
    assert buckets.take([ask(HOLDS)], NOW + 70 * SECOND).each[0].remaining == 9


def test_a_row_of_instants_that_cannot_be_is_closed_no_longer_than_a_bucket_takes_to_fill() -> None:
    buckets = SharedBuckets.create(NEAR)
    for place in range(_ROW):
        words(buckets)[place] = 2**64 - 1 - place
    assert not buckets.take([ask(HOLDS)], NOW).allowed
    assert buckets.take([ask(HOLDS)], NOW + 6 * SECOND).allowed
    assert buckets.take([ask(HOLDS)], NOW + 70 * SECOND).each[0].remaining == 9


def test_a_process_that_dies_between_a_buckets_instant_and_its_name_opens_nothing() -> None:
    buckets = SharedBuckets.create(NEAR)
    for number in range(NEAR):
        assert count(buckets, [ask(HOLDS, str(number))]) == 10
    words(buckets)[NEAR] += 6 * SECOND  # the instant of a newcomer, not its name yet
    for number in range(NEAR):
        assert count(buckets, [ask(HOLDS, str(number))]) == 0


# --- several processes ----------------------------------------------------------------------------


def test_four_processes_get_together_exactly_what_one_bucket_gives() -> None:
    buckets, burst, each = SharedBuckets.create(), 1500, 1000
    with processes(4, TAKER, [buckets.descriptor], buckets.descriptor, burst, "ann", each) as all_:
        assert all(one.hear() for one in all_)
        for one in all_:
            one.tell()
        told = [one.hear() for one in all_]
    assert [alone for _, alone in told] == [0, 0, 0, 0]
    # One comes back in about a minute.
    assert burst <= sum(got for got, _ in told) <= burst + 2


def test_of_four_processes_one_is_killed_at_work_and_the_others_get_no_more_for_it() -> None:
    buckets, burst = SharedBuckets.create(), 3000
    arguments = (buckets.descriptor, burst, "ann", 2000)
    with processes(4, TAKER, [buckets.descriptor], *arguments) as (first, *others):
        assert all(one.hear() for one in (first, *others))
        for one in (first, *others):
            one.tell()
        while len([word for word in words(buckets) if word]) == 0:
            pass
        first.kill()
        told = [one.hear() for one in others]
    assert [alone for _, alone in told] == [0, 0, 0]
    got = sum(got for got, _ in told)
    shared = [ask(Policy("shared", burst, 86400), "everyone")]
    left = sum(buckets.take(shared).allowed for _ in range(burst))
    # The one that was killed has had some of them, and some come back.
    assert got + left <= burst + 2


def test_a_process_that_is_killed_with_a_lock_keeps_nobody_waiting() -> None:
    buckets = SharedBuckets.create(1024)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        locker.kill()
        assert sum(buckets.take([ask(HOLDS)]).allowed for _ in range(100)) == 10
        assert buckets.alone == 0


def test_while_a_process_sleeps_with_a_lock_the_limit_holds_and_afterwards_it_is_exact() -> None:
    buckets = SharedBuckets.create(1024)
    slow = ask(HOLDS)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        locker.stop()
        before = bytes(buckets._words)
        assert sum(buckets.take([slow]).allowed for _ in range(100)) == 10
        assert buckets.alone == 100
        assert bytes(buckets._words) == before, "somebody else's row was written"
        locker.go_on()
        locker.tell()
        assert locker.hear(), "the one that slept has its token"
        assert not buckets.take([slow]).allowed, "what was taken meanwhile is forgotten"


def test_a_row_that_is_locked_keeps_nobody_from_the_others() -> None:
    buckets = SharedBuckets.create(1 << 16)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        for number in range(100):
            buckets.take([ask(HOLDS, f"other {number}")])
        assert buckets.alone <= 1, "one in eight thousand has the same row"


def test_what_a_process_remembers_by_itself_does_not_grow_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("firmhold.limits.memory.MOST_OWN", 10)
    buckets = SharedBuckets.create(NEAR)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        for number in range(100):
            buckets.take([ask(Policy("brief", 1, 1), str(number))], NOW + 2 * number * SECOND)
        assert buckets.alone == 100
        assert len(buckets._own) <= 12


def test_without_files_in_memory_a_temporary_one_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    buckets = SharedBuckets.create(1024)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (locker,):
        assert locker.hear()
        with pytest.raises(OSError, match="unavailable"):
            fcntl.lockf(buckets.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        locker.tell()
        assert locker.hear()
        assert count(buckets, [ask(HOLDS, "other")]) == 10
    buckets.close()


def test_a_process_gives_locks_back_and_may_leave_and_the_buckets_stay() -> None:
    buckets = SharedBuckets.create(1024)
    with processes(1, LOCKER, [buckets.descriptor], buckets.descriptor) as (one,):
        assert one.hear()
        one.tell()
        assert one.hear()
        assert buckets.take([ask(HOLDS)]).allowed
        assert buckets.alone == 0, "it has decided, and has the lock still"
    assert sum(buckets.take([ask(HOLDS)]).allowed for _ in range(100)) == 8


def test_there_is_room_before_the_first_bucket_is_taken() -> None:
    buckets = SharedBuckets.create()
    size = os.fstat(buckets.descriptor)
    assert size.st_blocks * 512 >= size.st_size, "a file with holes fails when they are filled"
