"""Giving a part of a reservation back: the rest is as binding as before."""

import pytest

from firmhold.domain.commands import Cancel, Command, Release
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Line, Reservation, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    NOW,
    OPERATOR,
    WAITLIST,
    a_checked_in,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    confirm,
    given,
    hold,
    offering,
    release,
    token_of,
    waits,
)
from tests.unit.then import (
    TABLE,
    Then,
    accepted,
    case,
    check,
    decided,
    refused,
    unchanged,
    wrote,
)

HELD, CONFIRMED = Status.HELD, Status.CONFIRMED
RELEASED, CANCELLED = Status.RELEASED, Status.CANCELLED
tent, bed = offering("tent"), offering("bed")
MOST_OF_IT = accepted(HELD, wrote("tent", Kind.RELEASED, held=-1), tent=(10, 1, 0))

OF_A_HOLD = [
    case("some units of a line", given(tent, a_hold(tent=2)), release(tent=1), MOST_OF_IT),
    case("by way of a cancel", given(tent, a_hold(tent=2)), cancel(tent=1), MOST_OF_IT),
    case(
        "by whoever has its token",
        given(tent, a_hold(tent=2)),
        release("r", token_of("r"), tent=1),
        MOST_OF_IT,
    ),
    case(
        "a whole line",
        given(tent, bed, a_hold(tent=2, bed=1)),
        release(tent=2),
        accepted(HELD, wrote("tent", Kind.RELEASED, held=-2), tent=(10, 0, 0)),
    ),
    case(
        "two lines in two ways",
        given(tent, bed, offering("cot"), a_hold(tent=2, bed=3, cot=1)),
        release(bed=3, tent=1),
        accepted(
            HELD,
            wrote("tent", Kind.RELEASED, held=-1),
            wrote("bed", Kind.RELEASED, held=-3),
            tent=(10, 1, 0),
            bed=(10, 0, 0),
        ),
    ),
    case(
        "two lines on one offering are one",
        given(tent, a_hold(tent=3)),
        release("r", ANN, ("tent", 1), ("tent", 1)),
        accepted(HELD, wrote("tent", Kind.RELEASED, held=-2), tent=(10, 1, 0)),
    ),
    case(
        "every line by name is all of it",
        given(tent, bed, a_hold(tent=2, bed=1)),
        release(tent=2, bed=1),
        accepted(
            RELEASED,
            wrote("tent", Kind.RELEASED, held=-2),
            wrote("bed", Kind.RELEASED, held=-1),
            tent=(10, 0, 0),
            bed=(10, 0, 0),
        ),
    ),
    case(
        "more than it has",
        given(tent, bed, a_hold(bed=1, tent=2)),
        release("r", ANN, ("bed", 1), ("tent", 1), ("tent", 2)),
        refused(
            Code.LIMIT_EXCEEDED, limit="reserved", line=1, offering="tent", bound=2, requested=3
        ),
    ),
    case(
        "what it is not for",
        given(tent, bed, a_hold(tent=2)),
        release(tent=1, bed=1),
        refused(Code.MALFORMED_REQUEST, field="lines[1]"),
    ),
    case(
        "none of it",
        given(tent, a_hold(tent=2)),
        release(tent=0),
        refused(Code.MALFORMED_REQUEST, field="lines[0].quantity"),
    ),
    case(
        "no lines at all",
        given(tent, a_hold(tent=2)),
        Release("r", ANN, ()),
        refused(Code.MALFORMED_REQUEST, field="lines"),
    ),
    case(
        "so that less than the least is left",
        given(offering(min_quantity=2), a_hold(tent=3)),
        release(tent=2),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", offering="tent", bound=2, requested=1),
    ),
    case(
        "so that the least is left",
        given(offering(min_quantity=2), a_hold(tent=3)),
        release(tent=1),
        accepted(HELD, wrote("tent", Kind.RELEASED, held=-1), tent=(10, 2, 0)),
    ),
    case(
        "all of a line that has a least",
        given(offering(min_quantity=2), bed, a_hold(tent=3, bed=1)),
        release(tent=3),
        accepted(HELD, wrote("tent", Kind.RELEASED, held=-3), tent=(10, 0, 0)),
    ),
    case(
        "of a line beside one that has too few since",
        given(offering(min_quantity=2), bed, a_hold(tent=1, bed=2)),
        release(bed=1),
        accepted(HELD, wrote("bed", Kind.RELEASED, held=-1), bed=(10, 1, 0)),
    ),
    case(
        "of what is draining",
        given(offering(capacity=5, drain_to=1, confirmed=2), a_hold(tent=3)),
        release(tent=2),
        accepted(HELD, wrote("tent", Kind.RELEASED, held=-2, capacity=-2), tent=(3, 1, 2)),
    ),
    case(
        "of a hold that ends now",
        given(tent, a_hold(expires=NOW, tent=2)),
        release(tent=1),
        refused(Code.HOLD_EXPIRED, wrote("tent", Kind.EXPIRED, held=-2)),
    ),
    case(
        "of what is confirmed",
        given(tent, a_confirmed(tent=2)),
        release(tent=1),
        refused(Code.ALREADY_CONFIRMED),
    ),
    case(
        "of what was released",
        given(tent, an_ended(RELEASED, tent=2)),
        release(tent=1),
        unchanged(RELEASED),
    ),
    case(
        "by another",
        given(tent, a_hold(tent=2)),
        release("r", BOB, tent=1),
        refused(Code.FORBIDDEN),
    ),
]


@pytest.mark.parametrize(TABLE, OF_A_HOLD)
def test_releasing_a_part(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


PARTLY = a_confirmed()._replace(lines=(Line("tent", 5, 0, 2), Line("bed", 1, 0, 0)))

OF_WHAT_IS_CONFIRMED = [
    case(
        "some units of a line",
        given(tent, a_confirmed(tent=3)),
        cancel(tent=1),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CANCELLED, confirmed=-1),
            claims={"tent": 2},
            tent=(10, 0, 2),
        ),
    ),
    case(
        "a whole line",
        given(tent, bed, a_confirmed(tent=3, bed=1)),
        cancel(tent=3),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CANCELLED, confirmed=-3),
            claims={"bed": 1},
            tent=(10, 0, 0),
        ),
    ),
    case(
        "the last line that has any",
        given(tent, bed, PARTLY),
        cancel(tent=2),
        accepted(CANCELLED, wrote("tent", Kind.CANCELLED, confirmed=-2), tent=(10, 0, 0)),
    ),
    case(
        "more than was confirmed of it",
        given(tent, bed, PARTLY),
        cancel(tent=3),
        refused(Code.LIMIT_EXCEEDED, limit="reserved", bound=2, requested=3),
    ),
    case(
        "what was not confirmed of it",
        given(tent, bed, PARTLY),
        cancel(bed=1),
        refused(Code.LIMIT_EXCEEDED, limit="reserved", bound=0, requested=1),
    ),
    case(
        "so that less than the least is left",
        given(offering(min_quantity=2), a_confirmed(tent=3)),
        cancel(tent=2),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", requested=1),
    ),
    case(
        "by an operator, so that less than the least is left",
        given(offering(min_quantity=2), a_confirmed(tent=3)),
        cancel("r", OPERATOR, tent=2),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", requested=1),
    ),
    case(
        "of what was cancelled",
        given(tent, an_ended(CANCELLED, tent=2)),
        cancel(tent=1),
        unchanged(CANCELLED),
    ),
    case(
        "of what has expired",
        given(tent, an_ended(Status.EXPIRED, tent=2)),
        cancel(tent=1),
        refused(Code.HOLD_EXPIRED),
    ),
    case(
        "of what was used",
        given(tent, a_checked_in(Status.FULFILLED, tent=2)),
        cancel(tent=1),
        refused(Code.ALREADY_CONFIRMED),
    ),
    case(
        "no lines at all",
        given(tent, a_confirmed(tent=2)),
        Cancel("r", ANN, None, ()),
        refused(Code.MALFORMED_REQUEST, field="lines"),
    ),
]


@pytest.mark.parametrize(TABLE, OF_WHAT_IS_CONFIRMED)
def test_cancelling_a_part(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def after(before: Reservation, *commands: Command) -> Reservation:
    (changed,) = decided(given(tent, bed, before), *commands).changed
    return changed


def test_a_hold_is_for_what_is_left_of_it() -> None:
    before = a_hold(tent=3, bed=1)
    assert after(before, release(tent=1, bed=1)) == before._replace(lines=(Line("tent", 2, 2, 0),))
    state = given(tent, bed, before)
    decision = decided(state, release(tent=1, bed=1), confirm(tent=3), confirm())
    assert [getattr(outcome, "code", None) for outcome in decision.outcomes] == [
        None,
        Code.LIMIT_EXCEEDED,
        None,
    ]
    assert decision.moved == {"r"}
    assert decision.changed[0].lines == (Line("tent", 2, 0, 2),)


def test_of_what_is_confirmed_it_stays_known_what_was_asked_for() -> None:
    before = a_confirmed(tent=3, bed=1)
    assert after(before, cancel(tent=1, bed=1, reason="rain")) == before._replace(
        lines=(Line("tent", 3, 0, 2), Line("bed", 1, 0, 0))
    )
    decision = decided(given(tent, bed, before), cancel(tent=1, reason="rain"))
    assert decision.moved == frozenset()
    assert [entry.reason for entry in decision.entries] == ["rain"]


def test_part_by_part_everything_comes_back_exactly_once() -> None:
    state = given(tent, bed, a_hold(tent=2, bed=1))
    decision = decided(
        state, release(tent=1), release(bed=1), release(tent=1), release(), release()
    )
    assert [outcome[1] for outcome in decision.outcomes] == [True, True, True, False, False]
    assert [(e.offering, e.held_delta) for e in decision.entries] == [
        ("tent", -1),
        ("bed", -1),
        ("tent", -1),
    ]
    (changed,) = decision.changed
    assert (changed.status, changed.ended_at) == (RELEASED, NOW)


def test_a_part_of_a_hold_given_back_is_still_one_hold() -> None:
    state = given(tent, bed, a_hold(tent=2), max_live_holds=1)
    batch = release(tent=1), hold("x", bed=1), release(tent=1), hold("y", bed=1)
    codes = [getattr(outcome, "code", None) for outcome in decided(state, *batch).outcomes]
    assert codes == [None, Code.LIMIT_EXCEEDED, None, None]


def test_what_was_given_back_counts_against_a_customer_no_more() -> None:
    state = given(offering(max_per_customer=3), a_confirmed(tent=3))
    batch = hold("x", tent=1), cancel(tent=1), hold("y", tent=1), hold("z", tent=1)
    codes = [getattr(outcome, "code", None) for outcome in decided(state, *batch).outcomes]
    assert codes == [Code.LIMIT_EXCEEDED, None, None, Code.LIMIT_EXCEEDED]


def test_what_is_placed_and_given_back_in_part_in_one_batch_is_new_and_changed() -> None:
    decision = decided(given(tent, bed), hold(tent=2, bed=1), release("new", bed=1))
    assert decision.created[0].lines == (Line("tent", 2, 2, 0), Line("bed", 1, 1, 0))
    assert decision.changed[0].lines == (Line("tent", 2, 2, 0),)
    assert (decision.moved, decision.reservations) == ({"new"}, decision.changed)


@pytest.mark.parametrize("before", [a_hold(tent=2), a_confirmed(tent=2)], ids=["held", "confirmed"])
def test_a_part_given_back_is_held_for_the_first_whom_it_fits(before: Reservation) -> None:
    state = given(
        offering(capacity=2), before, waits("w", BOB, tent=1), waits("x", BOB, place=2, tent=2)
    )
    decision = decided(state, cancel(tent=1))
    assert [(e.kind, e.reservation, e.actor) for e in decision.entries][1:] == [
        (Kind.HELD, "offer:w", WAITLIST)
    ]
