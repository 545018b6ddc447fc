"""Moving under the rules of taking for what is more, and of giving back for what is less."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Status, Wait
from firmhold.domain.state import State
from tests.unit.build import (
    BOB,
    CAT,
    HOUR,
    MINUTE,
    NOW,
    OPERATOR,
    WAITLIST,
    a_confirmed,
    a_hold,
    an_offer,
    confirm,
    given,
    lent,
    move,
    offering,
    pool,
    slot,
    waits,
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
    wrote,
)

HELD, CONFIRMED, MOVED = Status.HELD, Status.CONFIRMED, Kind.MOVED
tent, bed = offering("tent"), offering("bed")


def shifted(held: bool = True, /, **units: int) -> tuple[Wrote, ...]:
    return tuple(
        wrote(name, MOVED, held=n) if held else wrote(name, MOVED, confirmed=n)
        for name, n in units.items()
    )


tight = offering(max_per_customer=3, max_quantity=3, min_quantity=2)
"""Sold under terms that were set after some of it had been taken."""

LIMITS = [
    case(
        "what it has is not counted against it",
        given(offering(max_per_customer=3), a_hold(tent=2)),
        move(tent=3),
        accepted(HELD, *shifted(tent=+1), tent=(10, 3, 0)),
    ),
    case(
        "what the customer has besides is",
        given(offering(max_per_customer=3), a_hold(tent=2), a_confirmed("old", tent=1)),
        move(tent=3),
        refused(Code.LIMIT_EXCEEDED, limit="max_per_customer", has=1, requested=3),
    ),
    case(
        "for nobody in particular the limit binds the reservation",
        given(offering(max_per_customer=3), a_hold("r", OPERATOR, tent=2)),
        move("r", OPERATOR, tent=4),
        refused(Code.LIMIT_EXCEEDED, limit="max_per_customer", has=0, requested=4),
    ),
    case(
        "the whole is limited, not what is added",
        given(offering(max_quantity=3), a_hold(tent=2)),
        move(tent=4),
        refused(Code.LIMIT_EXCEEDED, limit="max_quantity", requested=4),
    ),
    case(
        "fewer than the least",
        given(offering(min_quantity=2), a_hold(tent=3)),
        move(tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", bound=2, requested=1),
    ),
    case(
        "fewer than the least of the new",
        given(tent, offering("bed", min_quantity=2), a_hold(tent=3)),
        move(bed=1),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", bound=2, requested=1),
    ),
    case(
        "more, but still fewer than the least",
        given(offering(min_quantity=3), a_hold(tent=1)),
        move(tent=2),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity"),
    ),
    case(
        "fewer, though still more than would be sold today",
        given(tight, a_hold(tent=6)),
        move(tent=5),
        accepted(HELD, *shifted(tent=-1), tent=(10, 5, 0)),
    ),
    case(
        "another line, beside more than would be sold today",
        given(tight, bed, a_hold(tent=6)),
        move(tent=6, bed=1),
        accepted(HELD, *shifted(bed=+1), bed=(10, 1, 0)),
    ),
    case(
        "another line, beside less than would be sold today",
        given(tight, bed, a_hold(tent=1)),
        move(tent=1, bed=1),
        accepted(HELD, *shifted(bed=+1), bed=(10, 1, 0)),
    ),
    case(
        "another line, beside what is on sale no more",
        given(offering(sale_ends_at=NOW), bed, a_hold(tent=2)),
        move(tent=1, bed=1),
        accepted(HELD, *shifted(tent=-1, bed=+1), tent=(10, 1, 0), bed=(10, 1, 0)),
    ),
    case(
        "more of what is on sale no more",
        given(offering(sale_ends_at=NOW), bed, a_hold(tent=2)),
        move(tent=3, bed=1),
        refused(Code.SALE_ENDED, line=0),
    ),
    case(
        "a hold that is the last one allowed",
        given(tent, bed, a_hold(tent=2), max_live_holds=1),
        move(bed=2),
        accepted(HELD, *shifted(tent=-2, bed=+2), tent=(10, 0, 0), bed=(10, 2, 0)),
    ),
]


@pytest.mark.parametrize(TABLE, LIMITS)
def test_moving_within_limits(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


ROOM = {"room": 1}
room = pool("room")
am = slot("am", starts=NOW + HOUR, needs=ROOM)
noon = slot("noon", starts=NOW + HOUR + 30 * MINUTE, needs=ROOM)
eve = slot("eve", starts=NOW + 9 * HOUR, needs=ROOM)
TO_NOON = accepted(HELD, *shifted(am=-1, noon=+1), am=(10, 0, 0), noon=(10, 1, 0))

POOLS = [
    case(
        "to a slot that overlaps the one it leaves, in the same room",
        given(room, am, noon, a_hold(am=1)),
        move(noon=1),
        TO_NOON,
    ),
    case(
        "for good",
        given(room, am, noon, a_confirmed(am=1)),
        move(noon=1),
        accepted(CONFIRMED, *shifted(False, am=-1, noon=+1), am=(10, 0, 0), noon=(10, 0, 1)),
    ),
    case(
        "to a slot that overlaps the one it keeps, in the same room",
        given(room, am, noon, a_hold(am=1)),
        move(am=1, noon=1),
        refused(Code.POOL_BUSY, line=1, offering="noon", taken=1),
    ),
    case(
        "to fewer of a slot, and to one that overlaps it",
        given(room, am, noon, a_hold(am=2)),
        move(am=1, noon=1),
        refused(Code.POOL_BUSY, line=1, offering="noon", taken=1),
    ),
    case(
        "to a slot that overlaps somebody else's",
        given(room, am, noon, eve, a_hold(eve=1), a_hold("b", BOB, am=1)),
        move(noon=1),
        refused(Code.POOL_BUSY, offering="noon"),
    ),
    case(
        "to two slots that overlap each other",
        given(room, am, noon, eve, a_hold(eve=1)),
        move(am=1, noon=1),
        refused(Code.POOL_BUSY, line=1, offering="noon"),
    ),
    case(
        "to more of a slot takes no second room",
        given(room, am, a_hold(am=1)),
        move(am=3),
        accepted(HELD, *shifted(am=+2), am=(10, 3, 0)),
    ),
    case(
        "a slot that is full is left for one that needs the same room",
        given(room, slot("am", 1, needs=ROOM), slot("noon", 1, needs=ROOM), a_hold(am=1)),
        move(noon=1),
        accepted(HELD, *shifted(am=-1, noon=+1), am=(1, 0, 0), noon=(1, 1, 0)),
    ),
    case(
        "too few units come before too few rooms",
        given(room, am, slot("noon", 0, needs=ROOM), a_hold(am=1), lent("room", NOW, NOW + HOUR)),
        move(am=1, noon=1),
        refused(Code.INSUFFICIENT_CAPACITY),
    ),
]


@pytest.mark.parametrize(TABLE, POOLS)
def test_moving_between_rooms(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


# --- and the waitlist -----------------------------------------------------------------------------

full = offering(capacity=2)


def test_what_a_move_leaves_is_held_for_the_first_who_waits() -> None:
    check(
        given(full, bed, a_hold(tent=2), waits("w", BOB, tent=2)),
        move(bed=1),
        accepted(
            HELD,
            *shifted(tent=-2, bed=+1),
            wrote("tent", Kind.HELD, held=+2, of="offer:w", by=WAITLIST),
            waits={"w": Wait.OFFERED},
            tent=(2, 2, 0),
            bed=(10, 1, 0),
        ),
    )


def test_an_offer_moved_elsewhere_is_declined_and_falls_to_the_next() -> None:
    check(
        given(full, bed, *an_offer("w", BOB, tent=2), waits("next", CAT, tent=1)),
        move("offer:w", BOB, bed=2),
        accepted(
            HELD,
            wrote("tent", MOVED, held=-2),
            wrote("bed", MOVED, held=+2),
            wrote("tent", Kind.UNLISTED),
            wrote("tent", Kind.HELD, held=+1, of="offer:next", by=WAITLIST),
            waits={"w": Wait.DECLINED, "next": Wait.OFFERED},
            tent=(2, 1, 0),
            bed=(10, 2, 0),
        ),
    )


def test_an_offer_with_another_line_added_is_still_open() -> None:
    state = given(full, bed, *an_offer("w", BOB, tent=2))
    command = move("offer:w", BOB, tent=2, bed=1)
    check(state, command, accepted(HELD, wrote("bed", MOVED, held=+1), bed=(10, 1, 0)))
    after = decided(state, command, confirm("offer:w", BOB))
    assert [(e.id, e.status) for e in after.waitlist] == [("w", Wait.ACCEPTED)]


def test_nobody_walks_past_the_line_by_moving() -> None:
    check(
        given(offering(capacity=4, confirmed=1), a_hold(tent=1), waits("w", BOB, tent=3)),
        move(tent=2),
        accepted(HELD, *shifted(tent=+1), tent=(4, 2, 1)),
    )
    state = given(offering(capacity=4, confirmed=1), a_hold(tent=1), waits("w", BOB, tent=2))
    (outcome,) = decided(state, move(tent=2)).outcomes
    assert getattr(outcome, "code", None) is Code.INSUFFICIENT_CAPACITY
