"""Extending a hold: never shorter, never beyond its reach, never after its end."""

from datetime import timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Status
from firmhold.domain.state import State
from tests.unit.build import (
    MINUTE,
    NOW,
    OPERATOR,
    SECOND,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    extend,
    given,
    offering,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, unchanged, wrote

HELD = Status.HELD
tent = offering()
EXTENDED = accepted(HELD, wrote("tent", Kind.EXTENDED), tent=(10, 2, 0))


def held(
    lasts: timedelta = 4 * MINUTE, reach: timedelta = 14 * MINUTE, drain_to: int | None = None
) -> State:
    one = a_hold(expires=NOW + lasts, extend_until=NOW + reach, tent=2)
    return given(tent._replace(drain_to=drain_to), one)


EXTENSIONS = [
    case("it lasts longer", held(), extend(ttl=600), EXTENDED),
    case("as far as it can reach", held(reach=10 * MINUTE), extend(ttl=600), EXTENDED),
    case(
        "a microsecond too far",
        held(reach=10 * MINUTE - TICK),
        extend(ttl=600),
        refused(
            Code.LIMIT_EXCEEDED,
            limit="extend_until",
            bound=NOW + 10 * MINUTE - TICK,
            requested=600,
        ),
    ),
    case("in its last microsecond", held(lasts=TICK), extend(ttl=1), EXTENDED),
    case(
        "not at its end",
        held(lasts=0 * TICK),
        extend(ttl=1),
        refused(
            Code.HOLD_EXPIRED, wrote("tent", Kind.EXPIRED, held=-2), reservation="r", expired_at=NOW
        ),
    ),
    case("by a microsecond", held(lasts=MINUTE - TICK), extend(ttl=60), EXTENDED),
    case("to when it ends anyway", held(lasts=MINUTE), extend(ttl=60), unchanged(HELD)),
    case("never to end sooner", held(lasts=MINUTE), extend(ttl=59), unchanged(HELD)),
    case("by an operator", held(), extend(by=OPERATOR, ttl=600), EXTENDED),
    *(
        case(
            f"by {ttl} seconds",
            held(),
            extend(ttl=ttl),
            refused(Code.MALFORMED_REQUEST, field="ttl_seconds"),
        )
        for ttl in (0, -1)
    ),
    case("what is not there", given(tent), extend(ttl=60), refused(Code.NOT_FOUND)),
    case(
        "what has expired",
        given(tent, an_ended(Status.EXPIRED, tent=2)),
        extend(ttl=60),
        refused(Code.HOLD_EXPIRED, expired_at=NOW - SECOND),
    ),
    case(
        "what is confirmed",
        given(tent, a_confirmed(tent=2)),
        extend(ttl=60),
        refused(Code.ALREADY_CONFIRMED, confirmed_at=NOW - SECOND),
    ),
    case(
        "what was released",
        given(tent, an_ended(Status.RELEASED, tent=2)),
        extend(ttl=60),
        refused(Code.ALREADY_RELEASED, ended_at=NOW - SECOND),
    ),
    case(
        "what was cancelled",
        given(tent, an_ended(Status.CANCELLED, tent=2)),
        extend(ttl=60),
        refused(Code.ALREADY_CANCELLED, ended_at=NOW - SECOND),
    ),
]


@pytest.mark.parametrize(TABLE, EXTENSIONS)
def test_extending(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_extending_beyond_the_calendar_is_refused_and_fails_nobody_else() -> None:
    check(held(), extend(ttl=2**40), refused(Code.LIMIT_EXCEEDED, limit="extend_until"))


def test_an_extended_hold_ends_later_on_every_line_and_is_otherwise_the_same() -> None:
    before = a_hold(tent=2, bed=1)
    decision = decided(given(tent, offering("bed"), before), extend(ttl=600))
    later = NOW + 10 * MINUTE
    assert decision.reservations == [before._replace(expires_at=later)]
    assert [(e.offering, e.hold_expires_at) for e in decision.entries] == [
        ("tent", later),
        ("bed", later),
    ]


def test_extending_again_and_again_reaches_no_further() -> None:
    state = held(reach=10 * MINUTE)
    decision = decided(state, extend(ttl=600), extend(ttl=600), extend(ttl=601))
    first, second, third = decision.outcomes
    assert (first[1], second[1]) == (True, False)
    assert getattr(third, "code", None) is Code.LIMIT_EXCEEDED
    assert [r.expires_at for r in decision.reservations] == [NOW + 10 * MINUTE]
