"""What is written of loans: taken, kept and given back; and the arithmetic of what is busy."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.lending import busiest, loans_for, refuse_loan
from firmhold.domain.model import Loan, Per, Requirement, Status
from firmhold.domain.state import Decision
from tests.unit.build import (
    BOB,
    HOUR,
    MINUTE,
    NOW,
    a_hold,
    cancel,
    confirm,
    expire,
    extend,
    given,
    hold,
    lent,
    loans_of,
    offering,
    pool,
    release,
    slot,
)
from tests.unit.then import decided

CONFIRMED, BUSY = Status.CONFIRMED, Code.POOL_BUSY
ROOM, KIT = {"room": 1}, {"kit": 1}
room, kit = pool("room"), pool("kit", 2)
# 13:00 to 14:00, 13:30 to 14:30 and 14:00 to 15:00.
am = slot("am", starts=NOW + HOUR, needs=ROOM)
noon = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=ROOM)
pm = slot("pm", starts=NOW + 2 * HOUR, needs=ROOM)
morning = slot("am", starts=NOW + HOUR, needs=KIT)
midday = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=KIT)


# --- what is written ------------------------------------------------------------------------------

buffered = pool("room", 1, 5 * MINUTE, 10 * MINUTE)
LOAN = Loan(
    "room", "am", "new", 1, NOW + 55 * MINUTE, NOW + 130 * MINUTE, NOW + timedelta(seconds=300)
)


def lending(decision: Decision) -> tuple[object, object, object]:
    return decision.returned, decision.taken, decision.kept


def test_a_loan_lasts_as_long_as_the_slot_with_its_buffers_and_ends_with_the_hold() -> None:
    assert lending(decided(given(buffered, am), hold(am=1))) == ([], [LOAN], [])


def test_confirmed_at_once_a_loan_does_not_end_before_the_slot() -> None:
    decision = decided(given(buffered, am), hold(am=1, confirm=True))
    assert lending(decision) == ([], [LOAN._replace(expires_at=None)], [])


mixed = given(buffered, offering(), am, a_hold(tent=2, am=3))
BACK = [("r", "am")]
LATER = NOW + timedelta(seconds=600)
WRITTEN = {
    "confirmed, it is kept": ([confirm()], [], [("r", None)]),
    "confirmed without the slot, it comes back": ([confirm(tent=1)], BACK, []),
    "confirmed in part, it is kept": ([confirm(tent=1, am=1)], [], [("r", None)]),
    "extended, it is kept for longer": ([extend(ttl=600)], [], [("r", LATER)]),
    "released, it comes back": ([release()], BACK, []),
    "released in part, it stays": ([release(am=2)], [], []),
    "released but for the item, it comes back": ([release(am=3)], BACK, []),
    "cancelled, it comes back": ([confirm(), cancel()], BACK, []),
    "cancelled in part, it stays": ([confirm(), cancel(am=2)], [], [("r", None)]),
    "cancelled but for the item, it comes back": ([confirm(), cancel(am=3)], BACK, []),
    "extended and released, it just comes back": ([extend(ttl=600), release()], BACK, []),
    "extended and confirmed, it is kept": ([extend(ttl=600), confirm()], [], [("r", None)]),
    "repeated, nothing is written twice": ([release(), release(), cancel()], BACK, []),
    "refused, it stays": ([confirm(am=4), release(am=4), cancel("r", BOB)], [], []),
}


@pytest.mark.parametrize(("commands", "returned", "kept"), WRITTEN.values(), ids=WRITTEN)
def test_of_what_was_lent(commands: list[Command], returned: object, kept: object) -> None:
    decision = decided(mixed, *commands)
    assert lending(decision) == (returned, [], kept)


def test_what_is_due_comes_back() -> None:
    decision = decided(given(buffered, am, a_hold(expires=NOW, am=1)), expire())
    assert lending(decision) == (BACK, [], [])


def test_what_is_due_comes_back_and_can_be_taken_again_by_a_late_payment() -> None:
    decision = decided(given(buffered, am, a_hold(expires=NOW, am=1)), confirm(reacquire=True))
    assert lending(decision) == (BACK, [LOAN._replace(reservation="r", expires_at=None)], [])


def test_what_is_taken_and_given_back_in_one_batch_is_not_written_at_all() -> None:
    decision = decided(given(buffered, am), hold(am=1), extend("new", ttl=600), release("new"))
    assert lending(decision) == ([], [], [])
    decision = decided(given(buffered, am), hold(am=1), confirm("new"), cancel("new"))
    assert lending(decision) == ([], [], [])


def test_what_is_taken_and_confirmed_in_one_batch_is_written_as_it_ends_up() -> None:
    decision = decided(given(buffered, am), hold(am=1), confirm("new"))
    assert lending(decision) == ([], [LOAN._replace(expires_at=None)], [])


def test_given_back_taken_again_and_given_back_in_one_batch_it_comes_back_once() -> None:
    state = given(buffered, am, a_hold(expires=NOW, am=1))
    decision = decided(state, confirm(reacquire=True), cancel())
    assert lending(decision) == (BACK, [], [])


def test_two_slots_do_not_share_the_last_ventilator_within_a_batch() -> None:
    state = given(pool("kit", 1), morning, midday)
    batch = hold("a", am=1), hold("b", BOB, noon=1), release("a"), hold("c", BOB, noon=1)
    decision = decided(state, *batch)
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, BUSY, None, None]
    assert [(loan.reservation, loan.slot) for loan in decision.taken] == [("c", "noon")]


def test_of_two_slots_in_one_room_one_is_given_back_and_the_other_stays_taken() -> None:
    state = given(room, am, noon, pm, a_hold(am=1, pm=1))
    decision = decided(state, release(am=1), hold("a", BOB, pm=1), hold("b", BOB, am=1))
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, BUSY, None]
    assert decision.returned == [("r", "am")]


def test_a_refused_hold_takes_from_no_pool() -> None:
    state = given(
        room, kit, slot("am", needs={"kit": 1, "room": 1}), lent("room", NOW, NOW + 2 * HOUR)
    )
    decision = decided(state, hold("a", am=1), hold("b", BOB, am=1))
    assert [getattr(outcome, "facts", {}).get("taken") for outcome in decision.outcomes] == [1, 1]
    assert lending(decision) == ([], [], [])


# --- the arithmetic -------------------------------------------------------------------------------


def test_what_a_slot_itself_takes_is_worked_out_alike() -> None:
    assert am.slot is not None
    needs = [Requirement("room", 1, Per.SLOT), Requirement("kit", 2, Per.SLOT)]
    pools = {"room": buffered, "kit": kit}
    loans = list(loans_for("am", am.slot, needs, pools))
    assert loans == [
        LOAN._replace(reservation=None, expires_at=None),
        Loan("kit", "am", None, 2, NOW + HOUR, NOW + 2 * HOUR, None),
    ]
    assert refuse_loan(buffered, loans[0], []) is None
    refusal = refuse_loan(buffered, loans[0], loans_of([a_hold(am=1)], {"am": am}, pools))
    assert refusal is not None and refusal.code is BUSY
    assert refusal.detail == "The room is taken at that time."


def test_who_follows_at_once_keeps_it_busy() -> None:
    after_another = [lent("room", NOW, NOW + HOUR), lent("room", NOW + HOUR, NOW + 2 * HOUR)]
    assert busiest(after_another, NOW, NOW + 3 * HOUR) == (1, NOW, NOW + 2 * HOUR)
    assert busiest(after_another, NOW + MINUTE, NOW + HOUR) == (1, NOW + MINUTE, NOW + HOUR)
    assert busiest([], NOW, NOW + HOUR) == (0, NOW, NOW + HOUR)


times = st.tuples(st.integers(0, 12), st.integers(1, 12)).map(lambda t: (t[0], t[0] + t[1]))
some_loans = st.lists(st.tuples(times, st.integers(1, 3)), max_size=8)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@whatever(some_loans, times)
def test_the_most_that_is_taken_is_the_most_at_any_minute(
    some: list[tuple[tuple[int, int], int]], within: tuple[int, int]
) -> None:
    def at(minutes: int) -> datetime:
        return NOW + minutes * MINUTE

    loans = [Loan("kit", "s", None, n, at(a), at(b), None) for (a, b), n in some]
    by_minute = {
        minute: sum(n for (a, b), n in some if a <= minute < b) for minute in range(*within)
    }
    most = busiest(loans, at(within[0]), at(within[1]))
    assert most.units == max(by_minute.values())
    if most.units:
        first = min(minute for minute, n in by_minute.items() if n == most.units)
        assert most.starts_at == at(first)
        assert all(
            by_minute[minute] == most.units
            for minute in by_minute
            if most.starts_at <= at(minute) < most.ends_at
        )
