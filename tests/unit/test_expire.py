"""Expiry is exact: a hold lives in `[held_at, expires_at)`, whether or not anyone notices."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.expiry import is_due
from firmhold.domain.model import Kind, Line, Status
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    ANN,
    BOB,
    CLOCK,
    MINUTE,
    NOW,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    confirm,
    expire,
    extend,
    given,
    hold,
    offering,
    release,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, unchanged, wrote

EXPIRED = wrote("tent", Kind.EXPIRED, held=-2, of="old")

BOUNDARY = [
    pytest.param(NOW - TICK, True, id="a microsecond ago"),
    pytest.param(NOW, True, id="now"),
    pytest.param(NOW + TICK, False, id="in a microsecond"),
]


@pytest.mark.parametrize(("expires_at", "due"), BOUNDARY)
def test_a_hold_is_due_when_it_ended(expires_at: object, due: bool) -> None:
    assert is_due(expires_at, NOW) is due  # type: ignore[arg-type]  # a table of instants


SELLABLE = [
    case(
        "at the instant it ends",
        given(offering(capacity=2), a_hold("old", expires=NOW, tent=2)),
        hold("new", BOB, tent=2),
        accepted(Status.HELD, EXPIRED, wrote("tent", Kind.HELD, held=+2), tent=(2, 2, 0)),
    ),
    case(
        "a microsecond after it ended",
        given(offering(capacity=2), a_hold("old", expires=NOW - TICK, tent=2)),
        hold("new", BOB, tent=2),
        accepted(Status.HELD, EXPIRED, wrote("tent", Kind.HELD, held=+2), tent=(2, 2, 0)),
    ),
    case(
        "but not a microsecond before",
        given(offering(capacity=2), a_hold("old", expires=NOW + TICK, tent=2)),
        hold("new", BOB, tent=1),
        refused(Code.INSUFFICIENT_CAPACITY, available=0),
    ),
    case(
        "with every line of it",
        given(offering("tent", 2), offering("bed", 1), a_hold("old", expires=NOW, tent=2, bed=1)),
        hold("new", BOB, bed=1),
        accepted(
            Status.HELD,
            EXPIRED,
            wrote("bed", Kind.EXPIRED, held=-1, of="old"),
            wrote("bed", Kind.HELD, held=+1),
            tent=(2, 0, 0),
            bed=(1, 1, 0),
        ),
    ),
    case(
        "also when what asks for it is refused",
        given(offering(capacity=2), a_hold("old", expires=NOW, tent=2)),
        hold("new", BOB, tent=3),
        refused(Code.INSUFFICIENT_CAPACITY, EXPIRED, requested=3, available=2),
    ),
]


@pytest.mark.parametrize(TABLE, SELLABLE)
def test_a_hold_is_sellable_to_the_next(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


RECORDING = [
    case("one that lives", given(offering(), a_hold(tent=1)), expire(), unchanged(Status.HELD)),
    case(
        "one in its last microsecond",
        given(offering(), a_hold(expires=NOW + TICK, tent=1)),
        expire(),
        unchanged(Status.HELD),
    ),
    case(
        "one that is recorded already",
        given(offering(), an_ended(Status.EXPIRED, tent=1)),
        expire(),
        unchanged(Status.EXPIRED),
    ),
    case(
        "one that was confirmed",
        given(offering(), a_confirmed(tent=1)._replace(expires_at=NOW - MINUTE)),
        expire(),
        unchanged(Status.CONFIRMED),
    ),
    case("one that is not there", given(offering()), expire(), refused(Code.NOT_FOUND)),
]


@pytest.mark.parametrize(TABLE, RECORDING)
def test_recording_the_end_of(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


def test_time_itself_ends_a_hold_without_any_command() -> None:
    old = a_hold("old", expires=NOW, tent=2)
    decision = decided(given(offering(), old))
    assert decision.outcomes == []
    assert decision.reservations == [
        old._replace(status=Status.EXPIRED, lines=(Line("tent", 2, 0, 0),), ended_at=NOW)
    ]
    (entry,) = decision.entries
    assert (entry.kind, entry.reservation, entry.actor) == (Kind.EXPIRED, "old", CLOCK)
    assert (entry.held_delta, entry.held, entry.hold_expires_at) == (-2, 0, NOW)


def test_nothing_happens_when_nothing_is_due() -> None:
    state = given(
        offering(),
        a_hold("live", expires=NOW + TICK, tent=1),
        a_confirmed("sold", tent=1)._replace(expires_at=NOW - MINUTE),
        *(an_ended(s, s, tent=1) for s in (Status.EXPIRED, Status.RELEASED, Status.CANCELLED)),
    )
    assert not any(decided(state))


def test_two_reapers_give_back_once() -> None:
    decision = decided(given(offering(), a_hold(expires=NOW, tent=2)), expire(), expire())
    assert [outcome[1] for outcome in decision.outcomes] == [False, False]
    assert [outcome[0][1] for outcome in decision.outcomes] == [Status.EXPIRED] * 2
    assert [entry.held_delta for entry in decision.entries] == [-2]


LATE = {"confirm": confirm(), "extend": extend(ttl=60), "release": release()}


@pytest.mark.parametrize("late", LATE.values(), ids=LATE)
def test_whoever_comes_at_the_end_comes_too_late_and_the_units_come_back_once(
    late: Command,
) -> None:
    decision = decided(given(offering(), a_hold(expires=NOW, tent=2)), late, expire(), late)
    assert [getattr(outcome, "code", None) for outcome in decision.outcomes] == [
        Code.HOLD_EXPIRED,
        None,
        Code.HOLD_EXPIRED,
    ]
    assert [entry.kind for entry in decision.entries] == [Kind.EXPIRED]


def test_an_extended_hold_is_not_due_when_it_first_would_have_been() -> None:
    one = a_hold(expires=NOW + MINUTE, tent=2)
    state = given(offering(), one)
    (longer,) = decided(state, extend(ttl=120)).reservations
    later = given(offering(), longer)
    assert decided(later, now=NOW + 2 * MINUTE - TICK).entries == []
    assert [e.kind for e in decided(later, now=NOW + 2 * MINUTE).entries] == [Kind.EXPIRED]


def test_every_due_hold_ends_before_the_first_command() -> None:
    state = given(
        offering(capacity=3),
        a_hold("one", ANN, expires=NOW, tent=1),
        a_hold("two", BOB, expires=NOW - MINUTE, tent=1),
        a_hold("not yet", BOB, expires=NOW + TICK, tent=1),
    )
    decision = decided(state, hold("new", tent=2))
    assert isinstance(decision.outcomes[0], Accepted)
    kinds = [entry.kind for entry in decision.entries]
    assert kinds == [Kind.EXPIRED, Kind.EXPIRED, Kind.HELD]
