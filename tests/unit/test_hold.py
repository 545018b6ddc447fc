"""Placing a hold: stock, lines, time to live, and what is remembered of it."""

from datetime import timedelta

import pytest

from firmhold.domain.commands import Command, Hold
from firmhold.domain.errors import Code
from firmhold.domain.model import (
    MAX_LINES,
    MAX_QUANTITY,
    Kind,
    Line,
    Reservation,
    Status,
)
from firmhold.domain.state import State
from tests.unit.build import (
    ANN,
    BOB,
    MINUTE,
    NOW,
    OPERATOR,
    SECOND,
    a_confirmed,
    a_hold,
    asked,
    given,
    hold,
    offering,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, wrote

HELD, CONFIRMED = Status.HELD, Status.CONFIRMED
tent, bed = offering("tent"), offering("bed")


STOCK = [
    case(
        "free units are held",
        given(offering(capacity=10)),
        hold(tent=3),
        accepted(HELD, wrote("tent", Kind.HELD, held=+3), tent=(10, 3, 0)),
    ),
    case(
        "the last units are held",
        given(offering(capacity=5, confirmed=1), a_hold("other", BOB, tent=2)),
        hold(tent=2),
        accepted(HELD, wrote("tent", Kind.HELD, held=+2), tent=(5, 4, 1)),
    ),
    case(
        "one more than there is is too many",
        given(offering(capacity=5)),
        hold(tent=6),
        refused(Code.INSUFFICIENT_CAPACITY, line=0, offering="tent", requested=6, available=5),
    ),
    case(
        "units that others hold are not free",
        given(offering(capacity=5), a_hold("other", BOB, tent=4)),
        hold(tent=2),
        refused(Code.INSUFFICIENT_CAPACITY, requested=2, available=1),
    ),
    case(
        "units that are confirmed are not free",
        given(offering(capacity=5), a_confirmed("other", BOB, tent=4)),
        hold(tent=2),
        refused(Code.INSUFFICIENT_CAPACITY, requested=2, available=1),
    ),
    case(
        "nothing is free of what has no units",
        given(offering(capacity=0)),
        hold(tent=1),
        refused(Code.INSUFFICIENT_CAPACITY, available=0),
    ),
    case(
        "what is to be confirmed at once was never held",
        given(offering(capacity=10)),
        hold(tent=3, confirm=True),
        accepted(CONFIRMED, wrote("tent", Kind.CONFIRMED, confirmed=+3), tent=(10, 0, 3)),
    ),
    case(
        "confirming at once does not oversell either",
        given(offering(capacity=2)),
        hold(tent=3, confirm=True),
        refused(Code.INSUFFICIENT_CAPACITY, requested=3, available=2),
    ),
]


@pytest.mark.parametrize(TABLE, STOCK)
def test_a_hold_takes_units_that_are_free(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


LINES = [
    case(
        "several offerings are held together",
        given(offering("tent", 4), offering("bed", 9, seq=2)),
        hold(tent=1, bed=2),
        accepted(
            HELD,
            wrote("tent", Kind.HELD, held=+1),
            wrote("bed", Kind.HELD, held=+2),
            tent=(4, 1, 0),
            bed=(9, 2, 0),
        ),
    ),
    case(
        "if the last line is short nothing is held",
        given(offering("tent", 4), offering("bed", 1)),
        hold(tent=1, bed=2),
        refused(Code.INSUFFICIENT_CAPACITY, line=1, offering="bed", requested=2, available=1),
    ),
    case(
        "if the first line is short nothing is held",
        given(offering("tent", 0), offering("bed", 9)),
        hold(tent=1, bed=2),
        refused(Code.INSUFFICIENT_CAPACITY, line=0, offering="tent"),
    ),
    case(
        "the same offering twice is one demand",
        given(offering("tent", 10)),
        hold("new", ANN, ("tent", 2), ("tent", 3)),
        accepted(
            HELD,
            wrote("tent", Kind.HELD, held=+5),
            tent=(10, 5, 0),
        ),
    ),
    case(
        "two lines that fit apart may be too many together",
        given(offering("tent", 4)),
        hold("new", ANN, ("tent", 2), ("tent", 3)),
        refused(Code.INSUFFICIENT_CAPACITY, line=0, requested=5, available=4),
    ),
    case(
        "a sum over lines that are not neighbours names the first of them",
        given(offering("tent", 4), offering("bed", 9)),
        hold("new", ANN, ("bed", 1), ("tent", 2), ("bed", 1), ("tent", 3)),
        refused(Code.INSUFFICIENT_CAPACITY, line=1, offering="tent", requested=5),
    ),
    case(
        "an offering that is not there cannot be held",
        given(offering("tent")),
        hold(tent=1, yurt=1),
        refused(Code.NOT_FOUND, line=1, offering="yurt"),
    ),
    case(
        "as many lines as are allowed",
        given(offering("tent", MAX_LINES)),
        hold("new", ANN, *[("tent", 1)] * MAX_LINES),
        accepted(HELD, wrote("tent", Kind.HELD, held=MAX_LINES), tent=(MAX_LINES, MAX_LINES, 0)),
    ),
    case(
        "one line too many",
        given(offering("tent", 2 * MAX_LINES)),
        hold("new", ANN, *[("tent", 1)] * (MAX_LINES + 1)),
        refused(Code.MALFORMED_REQUEST, field="lines"),
    ),
    case("no line at all", given(tent), hold(), refused(Code.MALFORMED_REQUEST, field="lines")),
    *(
        case(
            f"a quantity of {quantity} means nothing",
            given(tent, bed),
            hold(bed=1, tent=quantity),
            refused(Code.MALFORMED_REQUEST, field="lines[1].quantity"),
        )
        for quantity in (0, -1, MAX_QUANTITY + 1, 2**63)
    ),
    case(
        "the largest quantity",
        given(offering("tent", MAX_QUANTITY)),
        hold(tent=MAX_QUANTITY),
        accepted(
            HELD,
            wrote("tent", Kind.HELD, held=MAX_QUANTITY),
            tent=(MAX_QUANTITY, MAX_QUANTITY, 0),
        ),
    ),
]


@pytest.mark.parametrize(TABLE, LINES)
def test_lines_are_held_all_or_none(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


HELD_FOR = [
    pytest.param(hold(tent=1), {}, {}, 300, 900, id="five minutes unless something else is set"),
    pytest.param(
        hold(tent=1), {}, {"hold_ttl_seconds": 60}, 60, 180, id="as the organization sets it"
    ),
    pytest.param(
        hold(tent=1),
        {"hold_ttl_seconds": 120},
        {"hold_ttl_seconds": 60},
        120,
        360,
        id="as the offering sets it, whatever the organization says",
    ),
    pytest.param(hold(tent=1, ttl=299), {}, {}, 299, 900, id="shorter if asked for"),
    pytest.param(hold(tent=1, ttl=300), {}, {}, 300, 900, id="as long as allowed if asked for"),
    pytest.param(hold(tent=1, ttl=1), {}, {}, 1, 900, id="for one second if asked for"),
]


@pytest.mark.parametrize(("command", "terms", "policy", "lasts", "reach"), HELD_FOR)
def test_a_hold_lasts(
    command: Hold,
    terms: dict[str, int],
    policy: dict[str, int],
    lasts: int,
    reach: int,
) -> None:
    decision = decided(given(offering(**terms), **policy), command)
    (reservation,) = decision.reservations
    assert reservation.expires_at == NOW + timedelta(seconds=lasts)
    assert reservation.extend_until == NOW + timedelta(seconds=reach)
    (entry,) = decision.entries
    assert entry.hold_expires_at == reservation.expires_at


TTL = [
    case(
        "longer than the default",
        given(offering()),
        hold(tent=1, ttl=301),
        refused(Code.LIMIT_EXCEEDED, limit="ttl_seconds", bound=300, requested=301),
    ),
    case(
        "longer than the offering allows",
        given(offering(hold_ttl_seconds=60)),
        hold(tent=1, ttl=61),
        refused(Code.LIMIT_EXCEEDED, limit="ttl_seconds", bound=60, requested=61),
    ),
    case(
        "longer than the strictest of its offerings allows",
        given(offering("tent", hold_ttl_seconds=60), offering("bed", hold_ttl_seconds=30)),
        hold(tent=1, bed=1, ttl=31),
        refused(Code.LIMIT_EXCEEDED, limit="ttl_seconds", bound=30),
    ),
    *(
        case(
            f"a time to live of {ttl} means nothing",
            given(offering()),
            hold(tent=1, ttl=ttl),
            refused(Code.MALFORMED_REQUEST, field="ttl_seconds"),
        )
        for ttl in (0, -1)
    ),
]


@pytest.mark.parametrize(TABLE, TTL)
def test_a_hold_cannot_last(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_the_strictest_offering_decides_how_long_a_hold_lasts() -> None:
    strict, lax = offering("bed", hold_ttl_seconds=60), offering("tent", hold_ttl_seconds=600)
    (reservation,) = decided(given(strict, lax), hold(tent=1, bed=1)).reservations
    assert reservation.expires_at == NOW + MINUTE
    assert reservation.extend_until == NOW + 3 * MINUTE


def test_a_hold_remembers_what_was_asked_for_and_at_what_price() -> None:
    command = Hold(
        "new", OPERATOR, "ann", asked(tent=2, bed=1), 60, False, "by the lake", 3, {"po": "17"}
    )
    state = given(offering("tent", unit_price=2500, currency="EUR"), offering("bed"))
    assert decided(state, command).reservations == [
        Reservation(
            id="new",
            status=Status.HELD,
            customer="ann",
            actor=OPERATOR.label,
            lines=(Line("tent", 2, 2, 0, 2500, "EUR"), Line("bed", 1, 1, 0)),
            created_at=NOW,
            expires_at=NOW + MINUTE,
            extend_until=NOW + 15 * MINUTE,
            notes="by the lake",
            guest_count=3,
            metadata={"po": "17"},
        )
    ]


def test_what_is_confirmed_at_once_has_no_end() -> None:
    (reservation,) = decided(given(tent), hold(tent=2, confirm=True)).reservations
    assert (reservation.expires_at, reservation.extend_until) == (None, None)
    assert (reservation.created_at, reservation.confirmed_at) == (NOW, NOW)
    assert reservation.lines == (Line("tent", 2, 0, 2),)
    assert not reservation.reacquired


def test_the_units_of_two_lines_on_one_offering_make_one_line() -> None:
    (reservation,) = decided(
        given(tent, bed), hold("new", ANN, ("tent", 2), ("bed", 1), ("tent", 3))
    ).reservations
    assert reservation.lines == (Line("tent", 5, 5, 0), Line("bed", 1, 1, 0))


def test_an_id_is_used_once() -> None:
    state = given(tent, a_hold("new", tent=1))
    check(state, hold("new", tent=1), refused(Code.MALFORMED_REQUEST, field="reservation"))


def test_commands_in_one_batch_see_what_those_before_them_did() -> None:
    state = given(offering(capacity=3))
    decision = decided(
        state,
        hold("first", ANN, tent=2),
        hold("second", BOB, tent=2),
        hold("third", BOB, tent=1),
        hold("first", BOB, tent=1),
    )
    codes = [getattr(outcome, "code", None) for outcome in decision.outcomes]
    assert codes == [None, Code.INSUFFICIENT_CAPACITY, None, Code.MALFORMED_REQUEST]
    assert [r.id for r in decision.created] == ["first", "third"]
    assert [(e.seq, e.held) for e in decision.entries] == [(8, 2), (9, 3)]


def test_a_hold_lives_from_now_on_whatever_its_neighbours_last() -> None:
    decision = decided(given(tent), hold("long", tent=1), hold("short", tent=1, ttl=1))
    assert [r.expires_at for r in decision.reservations] == [NOW + 5 * MINUTE, NOW + SECOND]
