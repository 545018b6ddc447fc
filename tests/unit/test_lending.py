"""What is written of loans: taken and given back; and the arithmetic of what is busy."""

from datetime import datetime

import pytest
from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from firmhold.domain.commands import Command
from firmhold.domain.decide import decide
from firmhold.domain.errors import Code
from firmhold.domain.lending import busiest, loans_for, refuse_loan
from firmhold.domain.model import Loan, Per, Requirement
from tests.unit.build import (
    BOB,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    a_confirmed,
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

BUSY = Code.POOL_BUSY
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
LOAN = Loan("room", "am", 1, NOW + 55 * MINUTE, NOW + 130 * MINUTE)
BACK = LOAN._replace(units=0)


@pytest.mark.parametrize("confirmed", [False, True], ids=["held", "confirmed at once"])
def test_a_loan_lasts_as_long_as_the_slot_with_its_buffers(*, confirmed: bool) -> None:
    decision = decided(given(buffered, am), hold(am=1, confirm=confirmed))
    assert decision.loans == [LOAN]


mixed = given(buffered, offering(), am, a_hold(tent=2, am=3))
STAYS: dict[str, list[Command]] = {
    "confirmed": [confirm()],
    "confirmed in part": [confirm(tent=1, am=1)],
    "extended": [extend(ttl=600)],
    "released in part": [release(am=2)],
    "cancelled in part": [confirm(), cancel(am=2)],
    "extended and confirmed": [extend(ttl=600), confirm()],
    "refused whatever it was": [confirm(am=4), release(am=4), cancel("r", BOB)],
}
COMES_BACK: dict[str, list[Command]] = {
    "confirmed without the slot": [confirm(tent=1)],
    "released": [release()],
    "released but for the item": [release(am=3)],
    "cancelled": [confirm(), cancel()],
    "cancelled but for the item": [confirm(), cancel(am=3)],
    "given up by and by": [release(am=2), release(am=1)],
    "extended and released": [extend(ttl=600), release()],
    "released again and again": [release(), release(), cancel()],
}


@pytest.mark.parametrize("commands", STAYS.values(), ids=STAYS)
def test_what_a_reservation_has_taken_stays(commands: list[Command]) -> None:
    assert decided(mixed, *commands).loans == []


@pytest.mark.parametrize("commands", COMES_BACK.values(), ids=COMES_BACK)
def test_what_a_reservation_has_taken_comes_back(commands: list[Command]) -> None:
    assert decided(mixed, *commands).loans == [BACK]


def test_what_is_due_comes_back() -> None:
    state = given(buffered, am, a_hold(expires=NOW, am=1))
    assert decided(state, expire()).loans == [BACK]


def test_what_is_due_stays_when_a_late_payment_takes_it_again() -> None:
    state = given(buffered, am, a_hold(expires=NOW, am=1))
    assert decided(state, confirm(reacquire=True)).loans == []
    assert decided(state, confirm(reacquire=True), cancel()).loans == [BACK]


def test_what_is_taken_and_given_back_in_one_batch_is_not_written_at_all() -> None:
    decision = decided(given(buffered, am), hold(am=1), extend("new", ttl=600), release("new"))
    assert decision.loans == []
    assert decided(given(buffered, am), hold(am=1), confirm("new"), cancel("new")).loans == []


def test_reservations_of_one_slot_share_a_loan() -> None:
    needs = slot("am", capacity=9, starts=NOW + HOUR, needs={"kit": 2})
    state = given(pool("kit", 7), needs, a_hold("a", am=3))
    first = Loan("kit", "am", 4, NOW + HOUR, NOW + 2 * HOUR)
    assert decided(state, hold("b", BOB, am=1)).loans == [first]
    decision = decided(state, hold("b", BOB, am=1), hold("c", BOB, am=1), hold("d", BOB, am=1))
    assert decision.loans == [first._replace(units=6)]
    assert decision.outcomes[2][0] is BUSY
    assert decided(state, hold("b", BOB, am=1), release("a")).loans == []


def test_a_slot_takes_more_for_the_time_for_which_it_has_taken_some() -> None:
    """Though the pool's buffers are others now."""
    needs = slot("am", starts=NOW + HOUR, capacity=2, needs={"kit": 1})
    longer = needs._replace(id="longer", held=0, confirmed=0)
    before = given(pool("kit", 2), needs, longer, a_hold("a", am=1))
    state = before._replace(pools={"kit": pool("kit", 2, HOUR, HOUR)})
    (loan,) = decide(state, [hold("b", BOB, am=1)], NOW).loans
    assert loan == Loan("kit", "am", 2, NOW + HOUR, NOW + 2 * HOUR)
    (loan,) = decide(state, [hold("b", BOB, longer=1)], NOW).loans
    assert loan == Loan("kit", "longer", 1, NOW, NOW + 3 * HOUR)


def test_two_slots_do_not_share_the_last_ventilator_within_a_batch() -> None:
    state = given(pool("kit", 1), morning, midday)
    batch = hold("a", am=1), hold("b", BOB, noon=1), release("a"), hold("c", BOB, noon=1)
    decision = decided(state, *batch)
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, BUSY, None, None]
    assert [(loan.slot, loan.units) for loan in decision.loans] == [("noon", 1)]
    assert decision.created[-1].id == "c"


def test_of_two_slots_in_one_room_one_is_given_back_and_the_other_stays_taken() -> None:
    state = given(room, am, noon, pm, a_hold(am=1, pm=1))
    decision = decided(state, release(am=1), hold("a", BOB, pm=1), hold("b", BOB, am=1))
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, BUSY, None]
    assert decision.loans == []


def test_a_refused_hold_takes_from_no_pool() -> None:
    state = given(
        room, kit, slot("am", needs={"kit": 1, "room": 1}), lent("room", NOW, NOW + 2 * HOUR)
    )
    decision = decided(state, hold("a", am=1), hold("b", BOB, am=1))
    assert [getattr(outcome, "facts", {}).get("taken") for outcome in decision.outcomes] == [1, 1]
    assert decision.loans == []


# --- the arithmetic -------------------------------------------------------------------------------


def test_what_a_slot_itself_takes_is_worked_out_alike() -> None:
    assert am.slot is not None
    needs = [Requirement("room", 1, Per.SLOT), Requirement("kit", 2, Per.SLOT)]
    pools = {"room": buffered, "kit": kit}
    loans = list(loans_for("am", am.slot, needs, pools))
    assert loans == [
        LOAN,
        Loan("kit", "am", 2, NOW + HOUR, NOW + 2 * HOUR),
    ]
    assert refuse_loan(buffered, loans[0], []) is None
    refusal = refuse_loan(buffered, loans[0], loans_of([a_hold(am=1)], {"am": am}, pools))
    assert refusal is not None and refusal.code is BUSY
    assert refusal.detail == "The room is taken at that time."


def test_a_pool_that_never_has_so_many_says_so() -> None:
    loan = Loan("kit", "am", 4, NOW, NOW + HOUR)
    refusal = refuse_loan(pool("kit", 3), loan, [])
    assert refusal is not None and refusal.code is BUSY
    assert refusal.detail == "The kit has 3 units in all, and 4 are needed."
    assert refuse_loan(pool("kit", 4), loan, []) is None


def test_what_was_taken_and_is_over_before_is_in_nobodys_way() -> None:
    over = lent("room", NOW - 2 * HOUR, NOW - HOUR)
    for loan in (over, over._replace(units=-1)):
        assert busiest([loan], NOW, NOW + HOUR) == (0, NOW, NOW + HOUR)


def test_a_slot_that_has_begun_takes_from_now_on() -> None:
    """Whatever was taken beside it before, and has come back."""
    begun = slot(starts=NOW - HOUR, lasts=2 * HOUR, needs={"room": 1})
    before = lent("room", NOW - HOUR, NOW - MINUTE)
    state = given(pool("room", 2), begun, a_confirmed(am=1), before)
    assert decided(state, hold("new", OPERATOR, am=1)).loans == [
        Loan("room", "am", 2, NOW - HOUR, NOW + HOUR)
    ]
    state = given(pool("room", 1), begun, before)
    assert decided(state, hold("new", OPERATOR, am=1)).loans == [
        Loan("room", "am", 1, NOW, NOW + HOUR)
    ]


def test_what_came_back_is_taken_again_with_the_buffers_of_now() -> None:
    state = given(buffered, am, a_hold(am=1))
    was = state.loans[0]._replace(starts_at=NOW, ends_at=NOW + 9 * HOUR)
    again = decided(state._replace(loans=[was]), release(), hold("new", am=1))
    assert again.loans == [state.loans[0]]


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

    loans = [Loan("kit", "s", n, at(a), at(b)) for (a, b), n in some]
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
