"""Moving: other offerings or other quantities in one piece, or nothing at all."""

from datetime import timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Line, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    a_checked_in,
    a_confirmed,
    a_hold,
    an_ended,
    confirm,
    extend,
    given,
    hold,
    move,
    offering,
    pool,
    release,
    slot,
)
from tests.unit.then import (
    TABLE,
    Then,
    Wrote,
    accepted,
    case,
    check,
    decided,
    refused,
    unchanged,
    wrote,
)

HELD, CONFIRMED, MOVED = Status.HELD, Status.CONFIRMED, Kind.MOVED
tent, bed, cot = offering("tent"), offering("bed"), offering("cot")

ROOM = {"room": 1}
room = pool("room")
am = slot("am", starts=NOW + HOUR, needs=ROOM)
noon = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=ROOM)


PARTLY = a_confirmed()._replace(lines=(Line("tent", 5, 0, 2), Line("bed", 1, 0, 0)))


def shifted(held: bool = True, /, **units: int) -> tuple[Wrote, ...]:
    return tuple(
        wrote(name, MOVED, held=n) if held else wrote(name, MOVED, confirmed=n)
        for name, n in units.items()
    )


MOVES = [
    case(
        "a hold to another offering",
        given(tent, bed, a_hold(tent=2)),
        move(bed=3),
        accepted(HELD, *shifted(tent=-2, bed=+3), tent=(10, 0, 0), bed=(10, 3, 0)),
    ),
    case(
        "what is confirmed to another offering",
        given(tent, bed, a_confirmed(tent=2)),
        move(bed=3),
        accepted(CONFIRMED, *shifted(False, tent=-2, bed=+3), tent=(10, 0, 0), bed=(10, 0, 3)),
    ),
    case(
        "to more of the same",
        given(tent, a_hold(tent=2)),
        move(tent=5),
        accepted(HELD, *shifted(tent=+3), tent=(10, 5, 0)),
    ),
    case(
        "to fewer of the same",
        given(tent, a_confirmed(tent=5)),
        move(tent=2),
        accepted(CONFIRMED, *shifted(False, tent=-3), tent=(10, 0, 2)),
    ),
    case(
        "one line kept, one changed, one left and one new",
        given(tent, bed, cot, offering("mat"), a_hold(tent=1, bed=2, cot=3)),
        move(mat=4, bed=5, tent=1),
        accepted(
            HELD,
            *shifted(cot=-3, mat=+4, bed=+3),
            bed=(10, 5, 0),
            cot=(10, 0, 0),
            mat=(10, 4, 0),
        ),
    ),
    case(
        "onto itself",
        given(tent, bed, a_hold(tent=2, bed=1)),
        move(tent=2, bed=1),
        unchanged(HELD),
    ),
    case(
        "onto itself in other words",
        given(tent, bed, a_confirmed(tent=2, bed=1)),
        move("r", ANN, ("tent", 1), ("bed", 1), ("tent", 1)),
        unchanged(CONFIRMED),
    ),
    case(
        "onto what was confirmed of it",
        given(
            tent,
            bed,
            PARTLY,
        ),
        move(tent=2),
        unchanged(CONFIRMED, claims={"tent": 2}),
    ),
    case(
        "to what was not confirmed of it",
        given(
            tent,
            bed,
            PARTLY,
        ),
        move(bed=1),
        accepted(CONFIRMED, *shifted(False, tent=-2, bed=+1), tent=(10, 0, 0), bed=(10, 0, 1)),
    ),
    case(
        "two lines on one offering are one",
        given(tent, bed, a_hold(tent=2)),
        move("r", ANN, ("bed", 1), ("bed", 2)),
        accepted(HELD, *shifted(tent=-2, bed=+3), tent=(10, 0, 0), bed=(10, 3, 0)),
    ),
    case(
        "to the last units",
        given(tent, offering("bed", 3, confirmed=1), a_hold(tent=2)),
        move(bed=2),
        accepted(HELD, *shifted(tent=-2, bed=+2), tent=(10, 0, 0), bed=(3, 2, 1)),
    ),
    case(
        "to more than there are",
        given(tent, offering("bed", 3, confirmed=2), a_hold(tent=2)),
        move(bed=2),
        refused(Code.INSUFFICIENT_CAPACITY, line=0, offering="bed", requested=2, available=1),
    ),
    case(
        "within what is full, to fewer",
        given(offering(capacity=5), a_hold(tent=5)),
        move(tent=4),
        accepted(HELD, *shifted(tent=-1), tent=(5, 4, 0)),
    ),
    case(
        "only what is more is asked for",
        given(offering(capacity=5), a_hold(tent=4)),
        move(tent=5),
        accepted(HELD, *shifted(tent=+1), tent=(5, 5, 0)),
    ),
    case(
        "to one more than there is",
        given(offering(capacity=5), a_hold(tent=5)),
        move(tent=6),
        refused(Code.INSUFFICIENT_CAPACITY, requested=1, available=0),
    ),
    case(
        "one of two lines to more than there are leaves both",
        given(tent, bed, offering("cot", 1), a_hold(tent=2, bed=2)),
        move(tent=1, cot=2),
        refused(Code.INSUFFICIENT_CAPACITY, line=1, offering="cot"),
    ),
    case(
        "away from what is draining",
        given(offering(capacity=5, drain_to=1, confirmed=2), bed, a_hold(tent=3)),
        move(bed=3),
        accepted(
            HELD,
            wrote("tent", MOVED, held=-3, capacity=-3),
            wrote("bed", MOVED, held=+3),
            tent=(2, 0, 2),
            bed=(10, 3, 0),
        ),
    ),
    case(
        "to what is draining",
        given(tent, offering("bed", 2, drain_to=1, confirmed=2), a_hold(tent=1)),
        move(bed=1),
        refused(Code.INSUFFICIENT_CAPACITY, available=0),
    ),
    case(
        "to what is not there",
        given(tent, a_hold(tent=1)),
        move(yurt=1),
        refused(Code.NOT_FOUND, line=0, offering="yurt"),
    ),
    case("what is not there", given(tent), move(tent=1), refused(Code.NOT_FOUND, reservation="r")),
    case("to nothing", given(tent, a_hold(tent=1)), move(), refused(Code.MALFORMED_REQUEST)),
    case(
        "to none of it",
        given(tent, a_hold(tent=1)),
        move(tent=0),
        refused(Code.MALFORMED_REQUEST, field="lines[0].quantity"),
    ),
    case(
        "a hold that ends now",
        given(tent, bed, a_hold(expires=NOW, tent=2)),
        move(bed=1),
        refused(Code.HOLD_EXPIRED, wrote("tent", Kind.EXPIRED, held=-2)),
    ),
    *(
        case(
            f"what is {r.status}",
            given(tent, bed, r),
            move(bed=1),
            refused(code),
        )
        for r, code in {
            an_ended(Status.EXPIRED, tent=1): Code.HOLD_EXPIRED,
            an_ended(Status.RELEASED, tent=1): Code.ALREADY_RELEASED,
            an_ended(Status.CANCELLED, tent=1): Code.ALREADY_CANCELLED,
            a_checked_in(Status.FULFILLED, tent=1): Code.ALREADY_CONFIRMED,
            a_checked_in(Status.NO_SHOW, tent=1): Code.ALREADY_CONFIRMED,
        }.items()
    ),
]


@pytest.mark.parametrize(TABLE, MOVES)
def test_moving(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_what_a_move_takes_and_gives_back_is_written() -> None:
    decision = decided(given(room, tent, am, noon, a_hold(am=1)), move(noon=1, tent=1))
    assert [(loan.slot, loan.units) for loan in decision.loans] == [("am", 0), ("noon", 1)]


def test_there_and_back_again_a_room_stays_as_it_was() -> None:
    decision = decided(given(room, am, noon, a_hold(am=1)), move(noon=1), move(am=1))
    assert decision.loans == []
    assert decision.offerings == [am._replace(seq=9, held=1), noon._replace(seq=9)]


def test_a_moved_reservation_keeps_its_name_its_age_and_the_price_of_what_it_keeps() -> None:
    dear = offering("tent", unit_price=900, currency="EUR")
    other = offering("bed", unit_price=50, currency="EUR")
    before = a_hold(tent=2)._replace(
        lines=(Line("tent", 2, 2, 0, 700, "EUR"),), notes="by the lake"
    )
    decision = decided(given(dear, other, before), move(bed=1, tent=3))
    lines = (Line("bed", 1, 1, 0, 50, "EUR"), Line("tent", 3, 3, 0, 700, "EUR"))
    assert decision.changed == [before._replace(lines=lines)]
    assert (decision.created, decision.moved) == ([], frozenset({"r"}))


def test_the_ledger_follows_the_request_and_not_the_order_of_a_set() -> None:
    names = [f"o{n}" for n in range(12)]
    left, taken = names[:6], names[6:]
    state = given(*map(offering, names), a_hold(**dict.fromkeys(left, 1)))
    decision = decided(state, move(**dict.fromkeys(taken, 1)))
    assert [entry.offering for entry in decision.entries] == names


def test_what_is_placed_and_moved_in_one_batch_is_new_and_moved() -> None:
    decision = decided(given(tent, bed), hold(tent=2), move("new", bed=1), confirm("new"))
    (created,), (changed,) = decision.created, decision.changed
    assert created.lines == (Line("tent", 2, 2, 0),)
    assert changed.lines == (Line("bed", 1, 0, 1),)
    assert decision.moved == {"new"}
    assert [(e.offering, e.held_delta, e.confirmed_delta) for e in decision.entries] == [
        ("tent", +2, 0),
        ("tent", -2, 0),
        ("bed", +1, 0),
        ("bed", -1, +1),
    ]


def test_what_was_left_can_be_taken_in_the_same_batch_and_not_confirmed_any_more() -> None:
    state = given(offering(capacity=2), bed, a_hold(tent=2))
    batch = move(bed=1), hold("b", BOB, tent=2), confirm(tent=1), release(tent=1)
    codes = [getattr(outcome, "code", None) for outcome in decided(state, *batch).outcomes]
    assert codes == [None, None, Code.MALFORMED_REQUEST, Code.MALFORMED_REQUEST]


def test_a_customer_counts_what_was_moved_to_and_not_what_was_left() -> None:
    state = given(
        offering("tent", max_per_customer=2), offering("bed", max_per_customer=2), a_hold(tent=2)
    )
    batch = hold("a", tent=1), move(bed=2), hold("b", tent=2), hold("c", bed=1)
    codes = [getattr(outcome, "code", None) for outcome in decided(state, *batch).outcomes]
    assert codes == [Code.LIMIT_EXCEEDED, None, None, Code.LIMIT_EXCEEDED]


# --- how long a moved hold lasts ------------------------------------------------------------------

hot = offering("hot", hold_ttl_seconds=60)
LONG = a_hold(expires=NOW + HOUR, extend_until=NOW + 2 * HOUR, tent=1)
LASTS = {
    "as long as before": (a_hold(tent=1), move(bed=1), 240, 840),
    "no longer than a new hold there": (LONG, move(hot=1), 60, 180),
    "no longer than the strictest of the new lines allows": (LONG, move(bed=1, hot=1), 60, 180),
    "as long as before on what it had": (
        LONG._replace(lines=(Line("hot", 1, 1, 0),)),
        move(hot=2),
        3600,
        7200,
    ),
    "as long as before with fewer lines": (
        LONG._replace(lines=(Line("hot", 1, 1, 0), Line("tent", 1, 1, 0))),
        move(hot=1),
        3600,
        7200,
    ),
}


@pytest.mark.parametrize(("before", "command", "lasts", "reach"), LASTS.values(), ids=LASTS)
def test_a_moved_hold_lasts(before: object, command: Command, lasts: int, reach: int) -> None:
    (after,) = decided(given(tent, bed, hot, before), command).changed  # type: ignore[arg-type]  # table
    assert (after.expires_at, after.extend_until) == (
        NOW + timedelta(seconds=lasts),
        NOW + timedelta(seconds=reach),
    )


def test_a_moved_hold_lasts_no_longer_than_one_of_what_is_new() -> None:
    brief = slot("eve", starts=NOW + 9 * HOUR, needs=ROOM, hold_ttl_seconds=60)
    before = a_hold(expires=NOW + HOUR, extend_until=NOW + 2 * HOUR, am=1)
    decision = decided(given(room, am, brief, before), move(am=1, eve=1))
    assert [(loan.slot, loan.units) for loan in decision.loans] == [("eve", 1)]
    assert [entry.hold_expires_at for entry in decision.entries] == [NOW + 60 * SECOND]


def test_moving_there_and_back_is_no_way_to_hold_for_longer() -> None:
    before = a_hold(expires=NOW + MINUTE, extend_until=NOW + MINUTE, tent=1)
    decision = decided(given(tent, bed, before), move(bed=1), move(tent=1), extend(ttl=61))
    assert getattr(decision.outcomes[-1], "code", None) is Code.LIMIT_EXCEEDED
    assert [r.expires_at for r in decision.changed] == [NOW + MINUTE]


def test_the_times_of_what_is_confirmed_are_left_alone() -> None:
    state = given(offering(), offering("bed", hold_ttl_seconds=60), a_confirmed(tent=1))
    (moved,) = decided(state, move(bed=1)).changed
    was = state.reservations["r"]
    assert (moved.expires_at, moved.extend_until) == (was.expires_at, was.extend_until)
