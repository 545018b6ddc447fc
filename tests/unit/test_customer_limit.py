"""How often one customer may come: so many units within any so many days at one site."""

from datetime import timedelta

import pytest

from firmhold.domain.admission import most_within
from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Status
from firmhold.domain.state import State, Visit
from tests.unit.build import (
    ANN,
    BOB,
    DAY,
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    a_checked_in,
    a_confirmed,
    a_hold,
    an_ended,
    confirm,
    given,
    hold,
    join,
    move,
    release,
    slot,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, wrote

HELD = Status.HELD

# --- how often ------------------------------------------------------------------------------------

MONDAY = NOW + 30 * DAY


def day(id: str, days: float = 0, ticks: int = 0, limit: tuple[int, int] | None = (3, 7)) -> object:
    return slot(id, starts=MONDAY + timedelta(days=days) + ticks * TICK, limit=limit)


mon, wed, next_mon = day("mon"), day("wed", 2), day("next_mon", 7)
OFTEN = refused(Code.LIMIT_EXCEEDED, limit="customer_limit", bound=3, days=7)


def too_often(has: int, requested: int, **facts: object) -> Then:
    return OFTEN._replace(facts={**OFTEN.facts, "has": has, "requested": requested, **facts})


def books(offering: str, units: int, has: int = 0) -> Then:
    left = {offering: (10, has + units, 0)}
    return accepted(HELD, wrote(offering, Kind.HELD, held=+units), **left)  # type: ignore[arg-type]  # names


LIMIT = [
    case("as often as allowed", given(mon), hold(mon=3), books("mon", 3)),
    case("too often at once", given(mon), hold(mon=4), too_often(0, 4, line=0, offering="mon")),
    case("with what is held", given(mon, wed, a_hold(mon=2)), hold(wed=1), books("wed", 1)),
    case("beyond what is held", given(mon, wed, a_hold(mon=2)), hold(wed=2), too_often(2, 2)),
    case("beyond what is confirmed", given(mon, wed, a_confirmed(mon=2)), hold(wed=2), OFTEN),
    case(
        "beyond what was used",
        given(mon, wed, a_checked_in(Status.FULFILLED, mon=2)),
        hold(wed=2),
        OFTEN,
    ),
    case(
        "what was cancelled counts no more",
        given(mon, wed, an_ended(Status.CANCELLED, mon=2)),
        hold(wed=3),
        books("wed", 3),
    ),
    case(
        "what is due counts no more",
        given(mon, wed, a_hold(expires=NOW, mon=2)),
        hold(wed=3),
        accepted(
            HELD,
            wrote("mon", Kind.EXPIRED, held=-2, of="r"),
            wrote("wed", Kind.HELD, held=+3),
            mon=(10, 0, 0),
            wed=(10, 3, 0),
        ),
    ),
    case(
        "what others have does not count",
        given(mon, wed, a_hold("b", BOB, mon=3)),
        hold(wed=3),
        books("wed", 3),
    ),
    case(
        "exactly so many days apart",
        given(mon, next_mon, a_hold(mon=3)),
        hold(next_mon=3),
        books("next_mon", 3),
    ),
    case(
        "a microsecond less than so many days apart",
        given(mon, day("next", 7, -1), a_hold(mon=3)),
        hold(next=1),
        too_often(3, 1),
    ),
    case(
        "a microsecond less than so many days before",
        given(day("next", 7, -1), mon, a_hold(next=3)),
        hold(mon=1),
        too_often(3, 1),
    ),
    case(
        "two weeks that share a day do not add up",
        given(mon, day("sun", 6), day("sat", 12), a_hold("a", mon=2), a_hold("b", sat=2)),
        hold(sun=1),
        books("sun", 1),
    ),
    case(
        "the fuller of two weeks that share a day",
        given(mon, day("sun", 6), day("sat", 12), a_hold("a", mon=1), a_hold("b", sat=3)),
        hold(sun=1),
        too_often(3, 1),
    ),
    case(
        "two lines of one hold",
        given(mon, wed),
        hold(mon=2, wed=2),
        too_often(2, 2, line=1, offering="wed"),
    ),
    case(
        "two lines of one hold beside what is there already",
        given(mon, wed, day("thu", 3), a_hold(mon=1)),
        hold(wed=1, thu=1),
        accepted(
            HELD,
            wrote("wed", Kind.HELD, held=+1),
            wrote("thu", Kind.HELD, held=+1),
            wed=(10, 1, 0),
            thu=(10, 1, 0),
        ),
    ),
    case(
        "two lines of one hold on one slot",
        given(mon),
        hold("new", ANN, ("mon", 2), ("mon", 2)),
        too_often(0, 4, line=0),
    ),
    case(
        "for nobody in particular, each hold by itself",
        given(mon, wed, a_hold("r", OPERATOR, mon=3)),
        hold("new", OPERATOR, of=None, mon=2, wed=2),
        too_often(2, 2),
    ),
    case(
        "an operator for a customer",
        given(mon, wed, a_hold(mon=3)),
        hold("new", OPERATOR, of="ann", wed=1),
        OFTEN,
    ),
    case(
        "at another site",
        given(mon, slot("west", site="west", starts=MONDAY, limit=(3, 7)), a_hold(mon=3)),
        hold(west=3),
        books("west", 3),
    ),
    case(
        "at two sites with one hold",
        given(mon, slot("west", site="west", starts=MONDAY, limit=(3, 7)), a_hold(mon=1)),
        hold(mon=2, west=3),
        accepted(
            HELD,
            wrote("mon", Kind.HELD, held=+2),
            wrote("west", Kind.HELD, held=+3),
            mon=(10, 3, 0),
            west=(10, 3, 0),
        ),
    ),
    case(
        "moving within the week",
        given(mon, wed, a_hold(mon=3)),
        move(wed=3),
        accepted(
            HELD,
            wrote("mon", Kind.MOVED, held=-3),
            wrote("wed", Kind.MOVED, held=+3),
            mon=(10, 0, 0),
            wed=(10, 3, 0),
        ),
    ),
    case("moving to more", given(mon, wed, a_hold(mon=2)), move(mon=2, wed=2), too_often(2, 2)),
    case(
        "for nobody in particular, moving to more beside less",
        given(mon, wed, a_hold("r", OPERATOR, mon=3)),
        move("r", OPERATOR, mon=2, wed=2),
        too_often(2, 2),
    ),
    case(
        "for nobody in particular, moving what is confirmed to more beside less",
        given(mon, wed, a_confirmed("r", OPERATOR, mon=3)),
        move("r", OPERATOR, mon=2, wed=2),
        too_often(2, 2),
    ),
    case(
        "for nobody in particular, moving one of two lines",
        given(mon, wed, day("thu", 3), a_hold("r", OPERATOR, mon=2, thu=1)),
        move("r", OPERATOR, thu=1, wed=2),
        accepted(
            HELD,
            wrote("mon", Kind.MOVED, held=-2),
            wrote("wed", Kind.MOVED, held=+2),
            mon=(10, 0, 0),
            wed=(10, 2, 0),
        ),
    ),
    case(
        "for nobody in particular, moving one of two lines to more",
        given(mon, wed, day("thu", 3), a_hold("r", OPERATOR, mon=2, thu=1)),
        move("r", OPERATOR, thu=1, wed=3),
        too_often(1, 3),
    ),
    case(
        "for nobody in particular, moving to as much",
        given(mon, wed, a_hold("r", OPERATOR, mon=3), a_hold("x", OPERATOR, wed=3)),
        move("r", OPERATOR, mon=1, wed=2),
        accepted(
            HELD,
            wrote("mon", Kind.MOVED, held=-2),
            wrote("wed", Kind.MOVED, held=+2),
            mon=(10, 1, 0),
            wed=(10, 5, 0),
        ),
    ),
    case(
        "moving into a full week",
        given(mon, wed, next_mon, a_hold(mon=1), a_hold("x", wed=3)),
        move(next_mon=1),
        too_often(3, 1),
    ),
    case(
        "taking again what has expired",
        given(mon, wed, an_ended(Status.EXPIRED, mon=2), a_hold("x", wed=2)),
        confirm(reacquire=True),
        too_often(2, 2),
    ),
    case("waiting for more", given(mon, wed, a_hold(mon=3)), join("w", ANN, wed=1), OFTEN),
]


@pytest.mark.parametrize(TABLE, LIMIT)
def test_how_often(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_a_limit_over_time_holds_within_a_batch() -> None:
    batch = hold("one", mon=2), hold("two", wed=2), release("one"), hold("three", wed=2)
    decision = decided(given(mon, wed), *batch)  # type: ignore[arg-type]  # slots
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.LIMIT_EXCEEDED, None, None]


@pytest.mark.parametrize(
    ("others", "most"),
    [
        ([], 0),
        ([0], 1),
        ([-7, 7], 0),
        ([-6, 6], 1),
        ([-6, -5, 1], 2),
        ([-6, -1, 0, 5, 6], 3),
        ([-3, -2, -1, 1, 2, 3], 6),
    ],
)
def test_the_fullest_window_around_a_time(others: list[int], most: int) -> None:
    visits = [Visit(NOW + days * DAY, 1) for days in others]
    assert most_within(visits, NOW, 7 * DAY) == most
    assert most_within([*visits, *(v._replace(units=-1) for v in visits)], NOW, 7 * DAY) == 0


def test_what_is_not_limited_does_not_count_where_something_is() -> None:
    free = slot("free", starts=MONDAY)
    decision = decided(given(mon, free), hold("one", free=3), hold("two", mon=3))  # type: ignore[arg-type]  # slots
    assert [r.id for r in decision.created] == ["one", "two"]


def test_a_window_that_leaves_the_time_out_does_not_count() -> None:
    given_back, taken = Visit(NOW + DAY, -3), Visit(NOW + 2 * DAY, 3)
    assert most_within([given_back, taken], NOW, 7 * DAY) == 0


def test_minutes_are_told_apart_from_days() -> None:
    early, late = Visit(NOW - MINUTE, 1), Visit(NOW + 7 * DAY - 2 * MINUTE, 1)
    assert most_within([early, late], NOW, 7 * DAY) == 2
    assert most_within([early, late], NOW, 7 * DAY - MINUTE) == 1
