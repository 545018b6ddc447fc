"""A token bucket gives what its policy says, and never more, whatever was kept of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.limits.bucket import (
    MAX_BURST,
    MAX_PERIOD,
    SECOND,
    Policy,
    decide,
    give_back,
    look,
    take,
)
from tests.limits.plain import (
    PlainBuckets,
    ask,
    assert_never_more_than_the_policy_allows,
    most,
)

HOLDS = Policy("holds", 10, 60)
NOW = 1_000_000 * SECOND

policies = st.builds(
    Policy, st.just("any"), st.integers(1, 50) | st.integers(1, MAX_BURST), st.integers(1, 3600)
)
instants = st.lists(st.integers(0, 200 * SECOND), min_size=1, max_size=40).map(sorted)
anything = st.integers(-(2**63), 2**64 - 1)


def test_a_full_bucket_gives_its_burst_at_once_and_then_one_token_at_a_time() -> None:
    full_at, given_ = 0, 0
    while (level := take(HOLDS, full_at, NOW)).allowed:
        full_at, given_ = level.full_at, given_ + 1
        assert level.remaining == 10 - given_
    assert given_ == 10
    assert level.remaining == 0 and level.more_in == 6 * SECOND
    assert not take(HOLDS, full_at, NOW + 6 * SECOND - 1).allowed
    assert take(HOLDS, full_at, NOW + 6 * SECOND).allowed


def test_a_bucket_that_is_left_alone_is_full_after_its_period_and_never_fuller() -> None:
    full_at = 0
    for _ in range(10):
        full_at = take(HOLDS, full_at, NOW).full_at
    assert look(HOLDS, full_at, NOW + 60 * SECOND - 1).remaining == 9
    assert look(HOLDS, full_at, NOW + 60 * SECOND).remaining == 10
    assert look(HOLDS, full_at, NOW + 10_000 * SECOND).remaining == 10
    assert look(HOLDS, full_at, NOW + 10_000 * SECOND).more_in == 0


def test_a_token_that_is_given_back_was_never_taken_and_none_makes_a_bucket_fuller() -> None:
    once = take(HOLDS, 0, NOW)
    twice = take(HOLDS, once.full_at, NOW)
    assert give_back(HOLDS, twice.full_at, NOW) == once
    for full_at in (0, NOW, once.full_at):
        assert give_back(HOLDS, full_at, NOW).remaining == 10
        assert give_back(HOLDS, full_at, NOW).full_at == NOW
    assert give_back(HOLDS, 2**64 - 1, NOW).remaining == 1, "what cannot be was empty"


def test_a_refused_request_takes_nothing_from_any_of_its_buckets() -> None:
    narrow, wide = ask(Policy("narrow", 1, 60)), ask(Policy("wide", 5, 60))
    buckets = PlainBuckets()
    assert buckets.take([narrow, wide], NOW).allowed
    before = dict(buckets.full_at)
    refused = buckets.take([narrow, wide], NOW)
    assert [level.allowed for level in refused.each] == [False, True]
    assert refused.each[1].remaining == 4
    assert buckets.full_at == before


@given(policies, instants)
def test_in_any_span_no_more_is_admitted_than_burst_and_what_comes_back(
    policy: Policy, times: list[int]
) -> None:
    full_at, admitted = 0, []
    for now in times:
        level = take(policy, full_at, now)
        if level.allowed:
            full_at = level.full_at
            admitted.append(now)
    assert_never_more_than_the_policy_allows(policy, admitted)


@given(policies, instants, anything)
def test_whatever_was_kept_it_is_never_open_and_closed_no_longer_than_it_takes_to_fill(
    policy: Policy, times: list[int], garbage: int
) -> None:
    full_at, admitted = garbage, []
    for now in times:
        level = take(policy, full_at, now)
        assert 0 <= level.remaining <= policy.burst
        assert 0 <= level.more_in <= policy.interval
        full_at = level.full_at
        if level.allowed:
            admitted.append(now)
    assert_never_more_than_the_policy_allows(policy, admitted)
    assert look(policy, full_at, times[-1] + policy.depth).remaining == policy.burst


@given(policies, instants)
def test_nobody_is_refused_who_waits_as_long_as_the_refusal_says(
    policy: Policy, times: list[int]
) -> None:
    full_at = 0
    for now in times:
        level = take(policy, full_at, now)
        if level.allowed:
            full_at = level.full_at
        else:
            assert not take(policy, full_at, now + level.more_in - 1).allowed
            assert take(policy, full_at, now + level.more_in).allowed


@given(policies, anything, st.integers(0, 2**60))
def test_what_a_level_says_comes_true(policy: Policy, full_at: int, now: int) -> None:
    level = take(policy, full_at, now)
    later = look(policy, level.full_at, now + level.more_in)
    assert later.remaining == level.remaining + (level.more_in > 0)
    if level.more_in:
        just_before = look(policy, level.full_at, now + level.more_in - 1)
        assert just_before.remaining == level.remaining


def test_no_limit_admits_and_says_nothing() -> None:
    assert decide((), (), NOW).allowed


@pytest.mark.parametrize(
    ("burst", "period"), [(0, 60), (-1, 60), (MAX_BURST + 1, 1), (1, 0), (1, MAX_PERIOD + 1)]
)
def test_a_policy_that_no_bucket_can_keep_is_refused(burst: int, period: int) -> None:
    with pytest.raises(ValueError, match="not"):
        Policy("any", burst, period)


@given(policies)
def test_over_a_long_time_a_policy_gives_what_it_says_and_at_most_a_rounding_more(
    policy: Policy,
) -> None:
    day = 86_400 * SECOND
    said = policy.burst * day // (policy.period * SECOND)
    assert said <= most(policy, day) - policy.burst
    assert policy.interval * policy.burst <= policy.period * SECOND
