"""What becomes of units that are held for somebody from the waitlist."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Line, Status, Wait
from firmhold.domain.state import State
from tests.unit.build import (
    BOB,
    CLOCK,
    MINUTE,
    NOW,
    OPERATOR,
    TICK,
    a_confirmed,
    an_offer,
    cancel,
    confirm,
    extend,
    given,
    in_line,
    leave,
    move,
    offering,
    release,
    token_of,
    waited,
)
from tests.unit.then import (
    TABLE,
    Then,
    accepted,
    case,
    check,
    decided,
    offered,
    refused,
    unchanged,
    unlisted,
    wrote,
)

OFFERED = Wait.OFFERED
tent, bed = offering(capacity=2), offering("bed")


OFFER = [
    case(
        "confirmed",
        given(tent, *an_offer(tent=2)),
        confirm("offer:w", BOB),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            unlisted(),
            waits={"w": Wait.ACCEPTED},
            tent=(2, 0, 2),
        ),
    ),
    case(
        "confirmed by token",
        given(tent, *an_offer(tent=2)),
        confirm("offer:w", token_of("offer:w")),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            unlisted(),
            waits={"w": Wait.ACCEPTED},
            tent=(2, 0, 2),
        ),
    ),
    case(
        "confirmed in part, the rest falls to the next",
        given(tent, *an_offer(tent=2), *in_line(2, 1)),
        confirm("offer:w", BOB, tent=1),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+1),
            unlisted(),
            offered("w2", 1),
            claims={"tent": 1},
            waits={"w": Wait.ACCEPTED, "w2": OFFERED},
            tent=(2, 1, 1),
        ),
    ),
    case(
        "released, it falls to the next",
        given(tent, *an_offer(tent=2), *in_line(2)),
        release("offer:w", BOB),
        accepted(
            Status.RELEASED,
            wrote("tent", Kind.RELEASED, held=-2),
            unlisted(),
            offered("w1", 2),
            waits={"w": Wait.DECLINED, "w1": OFFERED},
            tent=(2, 2, 0),
        ),
    ),
    case(
        "released in part, it is still open",
        given(tent, *an_offer(tent=2), *in_line(1)),
        release("offer:w", BOB, tent=1),
        accepted(
            Status.HELD,
            wrote("tent", Kind.RELEASED, held=-1),
            offered("w1", 1),
            waits={"w1": OFFERED},
            tent=(2, 2, 0),
        ),
    ),
    case(
        "cancelled by an operator",
        given(tent, *an_offer(tent=2)),
        cancel("offer:w", OPERATOR),
        accepted(
            Status.RELEASED,
            wrote("tent", Kind.RELEASED, held=-2),
            unlisted(),
            waits={"w": Wait.DECLINED},
            tent=(2, 0, 0),
        ),
    ),
    case(
        "confirmed in its last microsecond",
        given(tent, *an_offer(expires=NOW + TICK, tent=2)),
        confirm("offer:w", BOB),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            unlisted(),
            waits={"w": Wait.ACCEPTED},
            tent=(2, 0, 2),
        ),
    ),
    case(
        "confirmed as it ends, when it has fallen to the next",
        given(tent, *an_offer(expires=NOW, tent=2), *in_line(2)),
        confirm("offer:w", BOB, reacquire=True),
        refused(
            Code.INSUFFICIENT_CAPACITY,
            wrote("tent", Kind.EXPIRED, held=-2),
            unlisted(by=CLOCK),
            offered("w1", 2),
            waits={"w": Wait.LAPSED, "w1": OFFERED},
        ),
    ),
    case(
        "taken again after it ended, since nobody waits",
        given(tent, *an_offer(expires=NOW, tent=2)),
        confirm("offer:w", BOB, reacquire=True),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.EXPIRED, held=-2),
            unlisted(by=CLOCK),
            wrote("tent", Kind.REACQUIRED, confirmed=+2),
            waits={"w": Wait.LAPSED},
            tent=(2, 0, 2),
        ),
    ),
    case(
        "extended beyond its end",
        given(tent, *an_offer(expires=NOW + 9 * MINUTE, tent=2)),
        extend("offer:w", BOB, ttl=9 * 60 + 1),
        refused(Code.LIMIT_EXCEEDED, limit="extend_until", bound=NOW + 9 * MINUTE),
    ),
    case(
        "extended to its end",
        given(tent, *an_offer(expires=NOW + 9 * MINUTE, tent=2)),
        extend("offer:w", OPERATOR, ttl=9 * 60),
        unchanged(Status.HELD),
    ),
    case(
        "cancelled long after it was taken",
        given(tent, waited(Wait.ACCEPTED, tent=1), a_confirmed("offer:w", BOB, tent=1)),
        cancel("offer:w", BOB),
        accepted(
            Status.CANCELLED,
            wrote("tent", Kind.CANCELLED, confirmed=-1),
            tent=(2, 0, 0),
        ),
    ),
    case(
        "confirmed without what was added to it",
        given(
            tent,
            bed,
            an_offer(tent=2)[0],
            an_offer(tent=2)[1]._replace(lines=(Line("bed", 1, 1, 0), Line("tent", 2, 2, 0))),
        ),
        confirm("offer:w", BOB, tent=2),
        accepted(
            Status.CONFIRMED,
            wrote("bed", Kind.CONFIRMED, held=-1),
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            unlisted(),
            claims={"tent": 2},
            waits={"w": Wait.ACCEPTED},
            bed=(10, 0, 0),
            tent=(2, 0, 2),
        ),
    ),
    case(
        "given back without what was added to it",
        given(
            tent,
            bed,
            an_offer(tent=2)[0],
            an_offer(tent=2)[1]._replace(lines=(Line("tent", 2, 2, 0), Line("bed", 1, 1, 0))),
        ),
        release("offer:w", BOB, tent=2),
        accepted(
            Status.HELD,
            wrote("tent", Kind.RELEASED, held=-2),
            unlisted(),
            claims={"bed": 1},
            waits={"w": Wait.DECLINED},
            tent=(2, 0, 0),
        ),
    ),
    case(
        "confirmed without what was offered",
        given(
            tent,
            bed,
            an_offer(tent=2)[0],
            an_offer(tent=2)[1]._replace(lines=(Line("tent", 2, 2, 0), Line("bed", 1, 1, 0))),
            *in_line(2),
        ),
        confirm("offer:w", BOB, bed=1),
        accepted(
            Status.CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2),
            unlisted(),
            wrote("bed", Kind.CONFIRMED, held=-1, confirmed=+1),
            offered("w1", 2),
            claims={"bed": 1},
            waits={"w": Wait.DECLINED, "w1": OFFERED},
            tent=(2, 2, 0),
            bed=(10, 0, 1),
        ),
    ),
]


@pytest.mark.parametrize(TABLE, OFFER)
def test_an_offer(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_an_offer_is_open_though_what_was_added_to_it_is_given_back() -> None:
    entry, held = an_offer(tent=1)
    held = held._replace(lines=(*held.lines, Line("bed", 2, 2, 0)))
    decision = decided(given(tent, bed, entry, held), release("offer:w", BOB, bed=2))
    assert decision.waitlist == []
    decision = decided(given(tent, bed, entry, held), move("offer:w", BOB, tent=1))
    assert decision.waitlist == []


def test_an_accepted_offer_is_a_reservation_like_any_other() -> None:
    state = given(tent, *an_offer(tent=2), *in_line(1))
    decision = decided(state, confirm("offer:w", BOB), cancel("offer:w", BOB), leave())
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, None, Code.ALREADY_CONFIRMED]
    assert [(e.id, e.status) for e in decision.waitlist] == [("w", Wait.ACCEPTED), ("w1", OFFERED)]
