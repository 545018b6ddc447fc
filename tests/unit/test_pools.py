"""What slots take from pools with each reservation: never more than there is, at any instant."""

from datetime import datetime, timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Offering, Pool, Status
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    confirm,
    given,
    hold,
    lent,
    pool,
    slot,
)
from tests.unit.then import TABLE, Then, accepted, case, check, refused, wrote

HELD, CONFIRMED, BUSY = Status.HELD, Status.CONFIRMED, Code.POOL_BUSY
ROOM, KIT = {"room": 1}, {"kit": 1}

# 13:00 to 14:00, 13:30 to 14:30 and 14:00 to 15:00.
am = slot("am", starts=NOW + HOUR, needs=ROOM)
noon = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=ROOM)
pm = slot("pm", starts=NOW + 2 * HOUR, needs=ROOM)
room = pool("room")


def holds(name: str, units: int = 1, before: int = 0) -> Then:
    left = {name: (10, before + units, 0)}
    return accepted(HELD, wrote(name, Kind.HELD, held=+units), **left)  # type: ignore[arg-type]  # names


def ends_at(when: datetime, lasts: timedelta = HOUR) -> Offering:
    return slot("before", starts=when - lasts, lasts=lasts, needs=ROOM)


TAKE = [
    case("when nobody has it", given(room, am), hold(am=1), holds("am")),
    case("once, however many units are held", given(room, am), hold(am=5), holds("am", 5)),
    case(
        "once for two lines on one slot",
        given(room, am),
        hold("new", ANN, ("am", 2), ("am", 3)),
        holds("am", 5),
    ),
    case(
        "not while another reservation of the same slot has it",
        given(room, am, a_hold("b", BOB, am=1)),
        hold(am=1),
        refused(BUSY, line=0, offering="am", pool="room", requested=1, units=1, taken=1),
    ),
    case(
        "not while an overlapping slot's reservation has it",
        given(room, am, noon, a_confirmed("b", BOB, am=1)),
        hold(noon=1),
        refused(
            BUSY,
            line=0,
            offering="noon",
            pool_name="The room",
            busy_from=NOW + HOUR + 30 * MINUTE,
            busy_until=NOW + 2 * HOUR,
        ),
    ),
    case(
        "when one slot begins as the other ends",
        given(room, am, pm, a_hold("b", BOB, am=1)),
        hold(pm=1),
        holds("pm"),
    ),
    case(
        "when one slot ends as the other begins",
        given(room, am, pm, a_hold("b", BOB, pm=1)),
        hold(am=1),
        holds("am"),
    ),
    case(
        "not when they share a microsecond",
        given(room, ends_at(NOW + HOUR + TICK), am, a_hold("b", BOB, before=1)),
        hold(am=1),
        refused(BUSY, busy_from=NOW + HOUR, busy_until=NOW + HOUR + TICK),
    ),
    case(
        "not while a slot itself has it",
        given(room, am, lent("room", NOW, NOW + HOUR + TICK)),
        hold(am=1),
        refused(BUSY, pool="room"),
    ),
    case(
        "between two slots that have it",
        given(
            room, am, lent("room", NOW, NOW + HOUR), lent("room", NOW + 2 * HOUR, NOW + 3 * HOUR)
        ),
        hold(am=1),
        holds("am"),
    ),
    case(
        "as soon as a hold on it is due",
        given(room, am, noon, a_hold("late", BOB, expires=NOW, am=1)),
        hold(noon=1),
        accepted(
            HELD,
            wrote("am", Kind.EXPIRED, held=-1, of="late"),
            wrote("noon", Kind.HELD, held=+1),
            am=(10, 0, 0),
            noon=(10, 1, 0),
        ),
    ),
    case(
        "not a microsecond earlier",
        given(room, am, noon, a_hold("late", BOB, expires=NOW + TICK, am=1)),
        hold(noon=1),
        refused(BUSY),
    ),
    case(
        "not by an operator either",
        given(room, am, a_hold("b", BOB, am=1)),
        hold("new", OPERATOR, of=None, am=1),
        refused(BUSY),
    ),
    case(
        "not for good either",
        given(room, am, a_hold("b", BOB, am=1)),
        hold(am=1, confirm=True),
        refused(BUSY),
    ),
    case(
        "not again, once another has it",
        given(room, am, noon, an_ended(Status.EXPIRED, am=1), a_hold("b", BOB, noon=1)),
        confirm(reacquire=True),
        refused(BUSY),
    ),
    case(
        "again, while nobody has it",
        given(room, am, an_ended(Status.EXPIRED, am=1)),
        confirm(reacquire=True),
        accepted(CONFIRMED, wrote("am", Kind.REACQUIRED, confirmed=+1), am=(10, 0, 1)),
    ),
    case(
        "not by two slots of one hold that overlap",
        given(room, am, noon),
        hold(am=1, noon=1),
        refused(BUSY, line=1, offering="noon", taken=1),
    ),
    case(
        "by two slots of one hold that touch",
        given(room, am, pm),
        hold(am=1, pm=1),
        accepted(
            HELD,
            wrote("am", Kind.HELD, held=+1),
            wrote("pm", Kind.HELD, held=+1),
            am=(10, 1, 0),
            pm=(10, 1, 0),
        ),
    ),
    case(
        "too few units come before too few rooms",
        given(room, slot("am", 1, needs=ROOM), a_hold("b", BOB, am=1)),
        hold(am=1),
        refused(Code.INSUFFICIENT_CAPACITY),
    ),
]


@pytest.mark.parametrize(TABLE, TAKE)
def test_a_room_is_taken(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def cleaned(before: int = 0, after: int = 0) -> Pool:
    return pool("room", 1, before * MINUTE, after * MINUTE)


def begins(minutes: int) -> Offering:
    """A slot this long after the end of `am`."""
    return slot("next", starts=NOW + 2 * HOUR + minutes * MINUTE, needs=ROOM)


taken = a_hold("b", BOB, am=1)

BUFFERS = [
    case("cleaned", given(cleaned(0, 20), am, begins(20), taken), hold(next=1), holds("next")),
    case(
        "still being cleaned",
        given(cleaned(0, 20), am, begins(19), taken),
        hold(next=1),
        refused(BUSY, busy_until=NOW + 2 * HOUR + 20 * MINUTE),
    ),
    case("ready", given(cleaned(20, 0), am, begins(20), taken), hold(next=1), holds("next")),
    case(
        "not ready in time",
        given(cleaned(20, 0), am, begins(19), taken),
        hold(next=1),
        refused(BUSY),
    ),
    case(
        "cleaned, then made ready",
        given(cleaned(10, 20), am, begins(30), taken),
        hold(next=1),
        holds("next"),
    ),
    case(
        "cleaned, but not made ready",
        given(cleaned(10, 20), am, begins(29), taken),
        hold(next=1),
        refused(BUSY),
    ),
    case(
        "made ready, the later one being taken first",
        given(cleaned(10, 20), am, begins(29), a_hold("b", BOB, next=1)),
        hold(am=1),
        refused(BUSY),
    ),
]


@pytest.mark.parametrize(TABLE, BUFFERS)
def test_time_before_and_after_counts_as_taken(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


kit = pool("kit", 2)
morning = slot("am", starts=NOW + HOUR, needs=KIT)
midday = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=KIT)
evening = slot("pm", starts=NOW + 2 * HOUR, needs=KIT)

KITS = [
    case(
        "the last of them",
        given(kit, morning, a_hold("b", BOB, am=1)),
        hold(am=1),
        holds("am", before=1),
    ),
    case(
        "more than the last of them",
        given(kit, morning, a_hold("a", ANN, am=1), a_hold("b", BOB, am=1)),
        hold(am=1),
        refused(BUSY, requested=1, units=2, taken=2),
    ),
    case(
        "beside two that follow one another",
        given(kit, morning, midday, evening, a_hold("a", am=1), a_hold("b", BOB, pm=1)),
        hold(noon=1),
        holds("noon"),
    ),
    case(
        "beside two at once, if only for a moment",
        given(
            kit,
            morning,
            slot("x", starts=NOW + 2 * HOUR - TICK, needs=KIT),
            midday,
            a_hold("a", am=1),
            a_hold("b", BOB, x=1),
        ),
        hold(noon=1),
        refused(BUSY, taken=2, busy_from=NOW + 2 * HOUR - TICK, busy_until=NOW + 2 * HOUR),
    ),
    case(
        "two for one reservation",
        given(kit, slot(needs={"kit": 2})),
        hold(am=1),
        holds("am"),
    ),
    case(
        "two where one is left",
        given(kit, slot(needs={"kit": 2}), lent("kit", NOW, NOW + 2 * HOUR)),
        hold(am=1),
        refused(BUSY, requested=2, units=2, taken=1),
    ),
    case(
        "more than there are in all",
        given(kit, slot(needs={"kit": 3})),
        hold(am=1),
        refused(BUSY, requested=3, units=2, taken=0),
    ),
    case(
        "the last one for two slots of one hold",
        given(kit, morning, midday, a_hold("b", BOB, am=1)),
        hold(am=1, noon=1),
        refused(BUSY, line=1, offering="noon", taken=2),
    ),
    case(
        "a theatre with its surgeon and two ventilators",
        given(kit, room, pool("surgeon"), slot(needs={"room": 1, "surgeon": 1, "kit": 2})),
        hold(am=1),
        holds("am"),
    ),
    case(
        "a theatre whose surgeon is elsewhere",
        given(
            kit,
            room,
            pool("surgeon"),
            slot(needs={"room": 1, "kit": 2, "surgeon": 1}),
            lent("surgeon", NOW, NOW + 2 * HOUR),
        ),
        hold(am=1),
        refused(BUSY, pool="surgeon", pool_name="The surgeon"),
    ),
]


@pytest.mark.parametrize(TABLE, KITS)
def test_equipment_is_taken(state: State, command: Command, then: Then) -> None:
    check(state, command, then)
