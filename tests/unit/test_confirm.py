"""Confirming: all of it, some of it, again, or late."""

import pytest

from firmhold.domain.commands import Asked, Command, Confirm
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Line, Status
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    ANN,
    BOB,
    NOW,
    OPERATOR,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    confirm,
    given,
    hold,
    offering,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, unchanged, wrote

CONFIRMED = Status.CONFIRMED
tent, bed = offering("tent"), offering("bed", seq=2)

IN_TIME = [
    case(
        "all of it",
        given(tent, bed, a_hold(tent=2, bed=1)),
        confirm(),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            wrote("bed", Kind.CONFIRMED, held=-1, confirmed=+1),
            tent=(10, 0, 2),
            bed=(10, 0, 1),
        ),
    ),
    case(
        "all of it line by line",
        given(tent, bed, a_hold(tent=2, bed=1)),
        confirm(tent=2, bed=1),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
            wrote("bed", Kind.CONFIRMED, held=-1, confirmed=+1),
            tent=(10, 0, 2),
            bed=(10, 0, 1),
        ),
    ),
    case(
        "fewer units with the rest back on sale",
        given(tent, a_hold(tent=5)),
        confirm(tent=2),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-5, confirmed=+2),
            claims={"tent": 2},
            tent=(10, 0, 2),
        ),
    ),
    case(
        "fewer lines with the rest back on sale",
        given(tent, bed, a_hold(tent=2, bed=3)),
        confirm(bed=3),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-2),
            wrote("bed", Kind.CONFIRMED, held=-3, confirmed=+3),
            claims={"bed": 3},
            tent=(10, 0, 0),
            bed=(10, 0, 3),
        ),
    ),
    case(
        "two lines on one offering are summed",
        given(tent, a_hold(tent=5)),
        confirm("r", ANN, ("tent", 2), ("tent", 3)),
        accepted(CONFIRMED, wrote("tent", Kind.CONFIRMED, held=-5, confirmed=+5), tent=(10, 0, 5)),
    ),
    case(
        "no less than may be held",
        given(offering(min_quantity=3), a_hold(tent=5)),
        confirm("r", ANN, ("tent", 1), ("tent", 2)),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-5, confirmed=+3),
            claims={"tent": 3},
            tent=(10, 0, 3),
        ),
    ),
    case(
        "none of what may not be held in such numbers",
        given(offering(min_quantity=3), bed, a_hold(tent=5, bed=1)),
        confirm(bed=1),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.CONFIRMED, held=-5),
            wrote("bed", Kind.CONFIRMED, held=-1, confirmed=+1),
            claims={"bed": 1},
            tent=(10, 0, 0),
            bed=(10, 0, 1),
        ),
    ),
    *(
        case(
            f"all of what could not be held any more {how}",
            given(offering(min_quantity=3), a_hold(tent=2)),
            command,
            accepted(
                CONFIRMED,
                wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2),
                tent=(10, 0, 2),
            ),
        )
        for how, command in (("at once", confirm()), ("line by line", confirm(tent=2)))
    ),
    case(
        "for nobody in particular",
        given(tent, a_hold("r", OPERATOR, tent=1)),
        confirm("r", OPERATOR),
        accepted(CONFIRMED, wrote("tent", Kind.CONFIRMED, held=-1, confirmed=+1), tent=(10, 0, 1)),
    ),
    case(
        "in the last microsecond",
        given(tent, a_hold(expires=NOW + TICK, tent=1)),
        confirm(),
        accepted(CONFIRMED, wrote("tent", Kind.CONFIRMED, held=-1, confirmed=+1), tent=(10, 0, 1)),
    ),
]


@pytest.mark.parametrize(TABLE, IN_TIME)
def test_a_hold_is_confirmed(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


NONSENSE = [
    case(
        "more units than are held",
        given(tent, a_hold(tent=2)),
        confirm(tent=3),
        refused(Code.LIMIT_EXCEEDED, line=0, offering="tent", limit="held", bound=2, requested=3),
    ),
    case(
        "more than is held over two lines",
        given(tent, a_hold(tent=2)),
        confirm("r", ANN, ("tent", 2), ("tent", 1)),
        refused(Code.LIMIT_EXCEEDED, line=1, bound=2, requested=3),
    ),
    case(
        "less than may be held",
        given(bed, offering(min_quantity=3), a_hold(bed=1, tent=5)),
        confirm("r", ANN, ("tent", 2), ("bed", 1)),
        refused(
            Code.LIMIT_EXCEEDED,
            line=0,
            offering="tent",
            limit="min_quantity",
            bound=3,
            requested=2,
        ),
    ),
    case(
        "less than all of what could not be held any more",
        given(offering(min_quantity=3), a_hold(tent=2)),
        confirm(tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity", bound=2, requested=1),
    ),
    case(
        "an offering that is not held",
        given(tent, bed, a_hold(tent=2)),
        confirm(tent=1, bed=1),
        refused(Code.MALFORMED_REQUEST, field="lines[1]"),
    ),
    *(
        case(
            f"{quantity} units",
            given(tent, bed, a_hold(tent=2, bed=1)),
            confirm(bed=1, tent=quantity),
            refused(Code.MALFORMED_REQUEST, field="lines[1].quantity"),
        )
        for quantity in (0, -1)
    ),
    case(
        "an empty list of lines",
        given(tent, a_hold(tent=2)),
        Confirm("r", ANN, ()),
        refused(Code.MALFORMED_REQUEST, field="lines"),
    ),
    case(
        "a reservation that is not there",
        given(tent),
        confirm("r"),
        refused(Code.NOT_FOUND, reservation="r"),
    ),
]


@pytest.mark.parametrize(TABLE, NONSENSE)
def test_nobody_can_confirm(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def partly_confirmed(**terms: int) -> State:
    lines = (Line("tent", 5, 0, 2), Line("bed", 1, 0, 0))
    reservation = a_confirmed(tent=5, bed=1)._replace(lines=lines)
    return given(offering(**terms), bed, reservation)


AGAIN = [
    case("all of it", given(tent, a_confirmed(tent=2)), confirm(), unchanged(CONFIRMED)),
    case(
        "all of it line by line",
        given(tent, a_confirmed(tent=2)),
        confirm(tent=2),
        unchanged(CONFIRMED),
    ),
    case(
        "all that there is of a part",
        partly_confirmed(),
        confirm(),
        unchanged(CONFIRMED, claims={"tent": 2}),
    ),
    case(
        "the same part",
        partly_confirmed(),
        confirm(tent=2),
        unchanged(CONFIRMED, claims={"tent": 2}),
    ),
    case(
        "the same part where it could not be held any more",
        partly_confirmed(min_quantity=3),
        confirm(tent=2),
        unchanged(CONFIRMED, claims={"tent": 2}),
    ),
    case("another part", partly_confirmed(), confirm(tent=1), refused(Code.ALREADY_CONFIRMED)),
    case(
        "more than the part",
        partly_confirmed(),
        confirm(tent=2, bed=1),
        refused(Code.ALREADY_CONFIRMED, reservation="r"),
    ),
    case(
        "with leave to take it again",
        given(tent, a_confirmed(tent=2)),
        confirm(reacquire=True),
        unchanged(CONFIRMED),
    ),
]


@pytest.mark.parametrize(TABLE, AGAIN)
def test_confirming_twice(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


EXPIRED_OLD = wrote("tent", Kind.EXPIRED, held=-2)

LATE = [
    case(
        "at the very instant of expiry is too late",
        given(tent, a_hold(expires=NOW, tent=2)),
        confirm(),
        refused(Code.HOLD_EXPIRED, EXPIRED_OLD, reservation="r", expired_at=NOW),
    ),
    case(
        "after expiry nobody had noticed is too late",
        given(tent, a_hold(expires=NOW - TICK, tent=2)),
        confirm(),
        refused(Code.HOLD_EXPIRED, EXPIRED_OLD, expired_at=NOW - TICK),
    ),
    case(
        "after expiry that was recorded is too late",
        given(tent, an_ended(Status.EXPIRED, tent=2)),
        confirm(),
        refused(Code.HOLD_EXPIRED),
    ),
    case(
        "free units are taken again",
        given(tent, an_ended(Status.EXPIRED, tent=2)),
        confirm(reacquire=True),
        accepted(CONFIRMED, wrote("tent", Kind.REACQUIRED, confirmed=+2), tent=(10, 0, 2)),
    ),
    case(
        "units that come free this instant are taken again",
        given(offering(capacity=2), a_hold(expires=NOW, tent=2)),
        confirm(reacquire=True),
        accepted(
            CONFIRMED,
            EXPIRED_OLD,
            wrote("tent", Kind.REACQUIRED, confirmed=+2),
            tent=(2, 0, 2),
        ),
    ),
    case(
        "units that someone else has are not",
        given(offering(capacity=3), an_ended(Status.EXPIRED, tent=2), a_hold("b", BOB, tent=2)),
        confirm(reacquire=True),
        refused(Code.INSUFFICIENT_CAPACITY, line=0, offering="tent", requested=2, available=1),
    ),
    case(
        "a part may still fit",
        given(offering(capacity=3), an_ended(Status.EXPIRED, tent=2), a_hold("b", BOB, tent=2)),
        confirm(reacquire=True, tent=1),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.REACQUIRED, confirmed=+1),
            claims={"tent": 1},
            tent=(3, 2, 1),
        ),
    ),
    case(
        "if one line does not fit nothing is taken",
        given(tent, offering("bed", 0), an_ended(Status.EXPIRED, tent=2, bed=1)),
        confirm(reacquire=True),
        refused(Code.INSUFFICIENT_CAPACITY, line=1, offering="bed"),
    ),
    case(
        "a line that is not wanted any more does not matter",
        given(offering("bed", 0), tent, an_ended(Status.EXPIRED, bed=1, tent=2)),
        confirm(reacquire=True, tent=2),
        accepted(
            CONFIRMED,
            wrote("tent", Kind.REACQUIRED, confirmed=+2),
            claims={"tent": 2},
            tent=(10, 0, 2),
        ),
    ),
    case(
        "not more than was held",
        given(tent, an_ended(Status.EXPIRED, tent=2)),
        confirm(reacquire=True, tent=3),
        refused(Code.LIMIT_EXCEEDED, limit="held"),
    ),
    case(
        "the least of a reservation holds for the late too",
        given(offering(min_quantity=2), an_ended(Status.EXPIRED, tent=2)),
        confirm(reacquire=True, tent=1),
        refused(Code.LIMIT_EXCEEDED, limit="min_quantity"),
    ),
    case(
        "for nobody in particular",
        given(tent, an_ended(Status.EXPIRED, "r", OPERATOR, tent=2)),
        confirm("r", OPERATOR, reacquire=True),
        accepted(CONFIRMED, wrote("tent", Kind.REACQUIRED, confirmed=+2), tent=(10, 0, 2)),
    ),
    case(
        "leave to take it again makes no difference in time",
        given(tent, a_hold(tent=2)),
        confirm(reacquire=True),
        accepted(CONFIRMED, wrote("tent", Kind.CONFIRMED, held=-2, confirmed=+2), tent=(10, 0, 2)),
    ),
    *(
        case(
            f"what was {status} is not taken again",
            given(tent, an_ended(status, tent=2)),
            confirm(reacquire=True),
            refused(code),
        )
        for status, code in (
            (Status.RELEASED, Code.ALREADY_RELEASED),
            (Status.CANCELLED, Code.ALREADY_CANCELLED),
        )
    ),
]


@pytest.mark.parametrize(TABLE, LATE)
def test_confirming_late(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_what_is_confirmed_keeps_its_dates() -> None:
    before = a_hold(tent=2)
    decision = decided(given(tent, before), confirm())
    lines = (Line("tent", 2, 0, 2),)
    assert decision.reservations == [
        before._replace(status=CONFIRMED, lines=lines, confirmed_at=NOW)
    ]
    (entry,) = decision.entries
    assert entry.hold_expires_at == before.expires_at


def test_what_is_taken_again_is_as_if_it_had_never_ended_but_says_so() -> None:
    before = an_ended(Status.EXPIRED, tent=2)._replace(reason="nobody was there")
    decision = decided(given(tent, before), confirm(reacquire=True))
    assert decision.reservations == [
        before._replace(
            status=CONFIRMED,
            lines=(Line("tent", 2, 0, 2),),
            confirmed_at=NOW,
            ended_at=None,
            reason=None,
            reacquired=True,
        )
    ]


def test_a_late_payer_and_a_walk_in_do_not_both_get_the_last_unit() -> None:
    state = given(offering(capacity=1), a_hold(expires=NOW, tent=1))
    late, walk_in = confirm(reacquire=True), hold("new", BOB, tent=1)
    for batch in ((late, walk_in), (walk_in, late)):
        first, second = decided(state, *batch).outcomes
        assert isinstance(first, Accepted)
        assert getattr(second, "code", None) is Code.INSUFFICIENT_CAPACITY


def test_units_that_are_not_confirmed_go_to_the_next_in_the_same_batch() -> None:
    state = given(offering(capacity=5), a_hold(tent=5))
    outcomes = decided(state, confirm(tent=2), hold("new", BOB, tent=3)).outcomes
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]


def test_the_lines_asked_for_are_recorded_whatever_is_confirmed() -> None:
    (reservation,) = decided(given(tent, a_hold(tent=5)), confirm(tent=2)).reservations
    assert reservation.lines == (Line("tent", 5, 0, 2),)
    assert Asked("tent", 5) == reservation.lines[0][:2]
