"""When a slot can be booked and given back, to the microsecond, and how often by one customer."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Actor, Kind, Line, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    confirm,
    given,
    hold,
    join,
    move,
    offering,
    release,
    slot,
)
from tests.unit.then import TABLE, Then, accepted, case, check, refused, unchanged, wrote

HELD, CONFIRMED = Status.HELD, Status.CONFIRMED
BOOKED = accepted(HELD, wrote("am", Kind.HELD, held=+1), am=(10, 1, 0))
FAR, LATE = Code.TOO_FAR_AHEAD, Code.TOO_LATE_TO_BOOK


def for_ann(by: Actor = ANN) -> Command:
    return hold("new", by, of="ann", am=1)


BOOK = [
    case("in between", given(slot()), for_ann(), BOOKED),
    case("as far ahead as can be", given(slot(starts=NOW + 90 * DAY)), for_ann(), BOOKED),
    case(
        "a microsecond too far ahead",
        given(slot(starts=NOW + 90 * DAY + TICK)),
        for_ann(),
        refused(FAR, line=0, offering="am", bookable_from=NOW + TICK),
    ),
    case(
        "an operator, too far ahead",
        given(slot(starts=NOW + 900 * DAY)),
        for_ann(OPERATOR),
        BOOKED,
    ),
    case(
        "a microsecond before it is too late",
        given(slot(starts=NOW + HOUR + TICK, notice=HOUR)),
        for_ann(),
        BOOKED,
    ),
    case(
        "at the instant when it is too late",
        given(slot(starts=NOW + HOUR, notice=HOUR)),
        for_ann(),
        refused(LATE, line=0, offering="am", bookable_until=NOW),
    ),
    case("a microsecond before it starts", given(slot(starts=NOW + TICK)), for_ann(), BOOKED),
    case(
        "at the instant when it starts",
        given(slot(starts=NOW)),
        for_ann(),
        refused(LATE, bookable_until=NOW),
    ),
    case(
        "an operator, within the notice",
        given(slot(starts=NOW + TICK, notice=HOUR)),
        for_ann(OPERATOR),
        BOOKED,
    ),
    case(
        "an operator, until its last microsecond",
        given(slot(starts=NOW - HOUR + TICK, lasts=HOUR)),
        for_ann(OPERATOR),
        BOOKED,
    ),
    case(
        "an operator, when it is over",
        given(slot(starts=NOW - HOUR, lasts=HOUR)),
        for_ann(OPERATOR),
        refused(LATE, bookable_until=NOW),
    ),
    case(
        "an operator before its sale",
        given(slot(sale_starts_at=NOW + TICK)),
        for_ann(OPERATOR),
        refused(Code.NOT_ON_SALE_YET),
    ),
    case(
        "while it is closed",
        given(slot(open=False)),
        for_ann(OPERATOR),
        refused(Code.SALE_ENDED, line=0, offering="am", closed=True),
    ),
    case(
        "an item that is closed",
        given(offering(open=False)),
        hold(tent=1),
        refused(Code.SALE_ENDED, line=0, offering="tent", closed=True),
    ),
    case(
        "with an item, the slot named second",
        given(offering(), slot(starts=NOW)),
        hold(tent=1, am=1),
        refused(LATE, line=1, offering="am"),
    ),
]


@pytest.mark.parametrize(TABLE, BOOK)
def test_booking_in_time(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


tent = offering("tent")
TAKING = {
    "confirm at once": (hold(am=1, confirm=True), ()),
    "take again what has expired": (confirm(reacquire=True), (an_ended(Status.EXPIRED, am=1),)),
    "move there": (move(am=1), (a_hold(tent=1),)),
    "move there for good": (move(am=1), (a_confirmed(tent=1),)),
    "take more": (move(am=2), (a_hold(am=1),)),
    "wait for it": (join("w", ANN, am=1), ()),
}
OUT_OF_TIME = {
    "too far ahead": (slot(starts=NOW + 91 * DAY), FAR),
    "too late": (slot(starts=NOW + HOUR, notice=2 * HOUR), LATE),
    "before its sale": (slot(sale_starts_at=NOW + TICK), Code.NOT_ON_SALE_YET),
    "after its sale": (slot(sale_ends_at=NOW), Code.SALE_ENDED),
    "while it is closed": (slot(open=False), Code.SALE_ENDED),
}


@pytest.mark.parametrize(("command", "there"), TAKING.values(), ids=TAKING)
@pytest.mark.parametrize(("am", "code"), OUT_OF_TIME.values(), ids=OUT_OF_TIME)
def test_no_way_of_taking_units_is_around_time(
    am: object, code: Code, command: Command, there: tuple[object, ...]
) -> None:
    check(given(tent, am, *there), command, refused(code, offering="am"))  # type: ignore[arg-type]  # tables


CONFIRMED_NOW = accepted(
    CONFIRMED, wrote("am", Kind.CONFIRMED, held=-1, confirmed=+1), am=(10, 0, 1)
)
OVER = {
    "too late to book": slot(starts=NOW + HOUR, notice=2 * HOUR),
    "over": slot(starts=NOW - 2 * HOUR),
    "closed": slot(open=False),
}


@pytest.mark.parametrize("am", OVER.values(), ids=OVER)
def test_what_was_held_in_time_can_be_confirmed_whatever_time_it_is(am: object) -> None:
    check(given(am, a_hold(am=1)), confirm(), CONFIRMED_NOW)  # type: ignore[arg-type]  # as above


# --- giving back ----------------------------------------------------------------------------------

TOO_LATE = Code.TOO_LATE_TO_CANCEL
in_time = slot(starts=NOW + HOUR + TICK, cutoff=HOUR)
too_late = slot(starts=NOW + HOUR, cutoff=HOUR)
CANCELLED = accepted(Status.CANCELLED, wrote("am", Kind.CANCELLED, confirmed=-2), am=(10, 0, 0))

GIVE_BACK = [
    case("just before the cut-off", given(in_time, a_confirmed(am=2)), cancel(), CANCELLED),
    case(
        "at the cut-off",
        given(too_late, a_confirmed(am=2)),
        cancel(),
        refused(TOO_LATE, offering="am", cancellable_until=NOW),
    ),
    case(
        "by an operator after the cut-off",
        given(too_late, a_confirmed(am=2)),
        cancel("r", OPERATOR),
        CANCELLED,
    ),
    case(
        "a part of it at the cut-off",
        given(too_late, a_confirmed(am=2)),
        cancel(am=1),
        refused(TOO_LATE, offering="am"),
    ),
    case(
        "another line of it at the cut-off",
        given(too_late, tent, a_confirmed(am=2, tent=1)),
        cancel(tent=1),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CANCELLED, confirmed=-1),
            claims={"am": 2},
            tent=(10, 0, 0),
        ),
    ),
    case(
        "all of it where one line is at its cut-off",
        given(tent, too_late, a_confirmed(tent=1, am=2)),
        cancel(),
        refused(TOO_LATE, offering="am"),
    ),
    case(
        "all of it where a line that was not confirmed is at its cut-off",
        given(
            tent,
            too_late,
            a_confirmed()._replace(lines=(Line("tent", 1, 0, 1), Line("am", 2, 0, 0))),
        ),
        cancel(),
        accepted(Status.CANCELLED, wrote("tent", Kind.CANCELLED, confirmed=-1), tent=(10, 0, 0)),
    ),
    case(
        "a hold at the cut-off",
        given(too_late, a_hold(am=2)),
        release(),
        accepted(Status.RELEASED, wrote("am", Kind.RELEASED, held=-2), am=(10, 0, 0)),
    ),
    case(
        "moving away at the cut-off",
        given(tent, too_late, a_confirmed(am=2)),
        move(tent=1),
        refused(TOO_LATE, offering="am"),
    ),
    case(
        "moving to fewer at the cut-off",
        given(too_late, a_confirmed(am=2)),
        move(am=1),
        refused(TOO_LATE, offering="am"),
    ),
    case(
        "moving away before the cut-off",
        given(tent, in_time, a_confirmed(am=2)),
        move(tent=1),
        accepted(
            CONFIRMED,
            wrote("am", Kind.MOVED, confirmed=-2),
            wrote("tent", Kind.MOVED, confirmed=+1),
            am=(10, 0, 0),
            tent=(10, 0, 1),
        ),
    ),
    case(
        "an operator moving away after the cut-off",
        given(tent, too_late, a_confirmed(am=2)),
        move("r", OPERATOR, tent=1),
        accepted(
            CONFIRMED,
            wrote("am", Kind.MOVED, confirmed=-2),
            wrote("tent", Kind.MOVED, confirmed=+1),
            am=(10, 0, 0),
            tent=(10, 0, 1),
        ),
    ),
    case(
        "an operator moving somebody to the last minute",
        given(tent, slot(starts=NOW - MINUTE, notice=HOUR), a_confirmed(tent=2)),
        move("r", OPERATOR, am=2),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.MOVED, confirmed=-2),
            wrote("am", Kind.MOVED, confirmed=+2),
            tent=(10, 0, 0),
            am=(10, 0, 2),
        ),
    ),
    case(
        "a hold moving away after the cut-off",
        given(tent, too_late, a_hold(am=2)),
        move(tent=1),
        accepted(
            HELD,
            wrote("am", Kind.MOVED, held=-2),
            wrote("tent", Kind.MOVED, held=+1),
            am=(10, 0, 0),
            tent=(10, 1, 0),
        ),
    ),
    case(
        "without a cut-off, until it starts",
        given(slot(starts=NOW + TICK), a_confirmed(am=2)),
        cancel(),
        CANCELLED,
    ),
    case(
        "without a cut-off, once it has started",
        given(slot(starts=NOW), a_confirmed(am=2)),
        cancel(),
        refused(TOO_LATE, cancellable_until=NOW),
    ),
    case(
        "a second time after the cut-off",
        given(too_late, an_ended(Status.CANCELLED, am=2)),
        cancel(),
        unchanged(Status.CANCELLED),
    ),
]


@pytest.mark.parametrize(TABLE, GIVE_BACK)
def test_giving_back_in_time(state: State, command: Command, then: Then) -> None:
    check(state, command, then)
