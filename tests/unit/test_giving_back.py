"""Releasing and cancelling: each unit comes back exactly once, however often it is asked."""

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Kind, Line, Status
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    BOB,
    MINUTE,
    NOW,
    OPERATOR,
    SECOND,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    confirm,
    given,
    hold,
    offering,
    release,
)
from tests.unit.then import TABLE, Then, accepted, case, check, decided, refused, unchanged, wrote

RELEASED, CANCELLED, EXPIRED = Status.RELEASED, Status.CANCELLED, Status.EXPIRED
tent, bed = offering("tent"), offering("bed")

RELEASE = [
    case(
        "every line of a hold comes back",
        given(tent, bed, a_hold(tent=2, bed=1), a_hold("other", BOB, tent=3)),
        release(),
        accepted(
            RELEASED,
            wrote("tent", Kind.RELEASED, held=-2),
            wrote("bed", Kind.RELEASED, held=-1),
            tent=(10, 3, 0),
            bed=(10, 0, 0),
        ),
    ),
    case(
        "in the last microsecond of a hold",
        given(tent, a_hold(expires=NOW + TICK, tent=2)),
        release(),
        accepted(RELEASED, wrote("tent", Kind.RELEASED, held=-2), tent=(10, 0, 0)),
    ),
    case(
        "a hold that ends now has expired",
        given(tent, a_hold(expires=NOW, tent=2)),
        release(),
        refused(Code.HOLD_EXPIRED, wrote("tent", Kind.EXPIRED, held=-2), expired_at=NOW),
    ),
    case(
        "a second time nothing comes back",
        given(tent, an_ended(RELEASED, tent=2)),
        release(),
        unchanged(RELEASED),
    ),
    case(
        "what has expired is not released",
        given(tent, an_ended(EXPIRED, tent=2)),
        release(),
        refused(Code.HOLD_EXPIRED, expired_at=NOW - SECOND),
    ),
    case(
        "what is confirmed is not released",
        given(tent, a_confirmed(tent=2)),
        release(),
        refused(Code.ALREADY_CONFIRMED, confirmed_at=NOW - SECOND),
    ),
    case(
        "what was cancelled is not released",
        given(tent, an_ended(CANCELLED, tent=2)),
        release(),
        refused(Code.ALREADY_CANCELLED, ended_at=NOW - SECOND),
    ),
    case(
        "what is not there is not released",
        given(tent),
        release(),
        refused(Code.NOT_FOUND, reservation="r"),
    ),
    case(
        "a hold for nobody in particular comes back too",
        given(tent, a_hold("r", OPERATOR, tent=2)),
        release("r", OPERATOR),
        accepted(RELEASED, wrote("tent", Kind.RELEASED, held=-2), tent=(10, 0, 0)),
    ),
]


@pytest.mark.parametrize(TABLE, RELEASE)
def test_releasing(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


PARTLY = a_confirmed(tent=5, bed=1)._replace(lines=(Line("tent", 5, 0, 2), Line("bed", 1, 0, 0)))

CANCEL = [
    case(
        "every line of what is confirmed comes back",
        given(tent, bed, a_confirmed(tent=2, bed=1), a_confirmed("other", BOB, tent=3)),
        cancel(),
        accepted(
            CANCELLED,
            wrote("tent", Kind.CANCELLED, confirmed=-2),
            wrote("bed", Kind.CANCELLED, confirmed=-1),
            tent=(10, 0, 3),
            bed=(10, 0, 0),
        ),
    ),
    case(
        "only what was confirmed comes back",
        given(tent, bed, PARTLY),
        cancel(),
        accepted(CANCELLED, wrote("tent", Kind.CANCELLED, confirmed=-2), tent=(10, 0, 0)),
    ),
    case(
        "what is still held is released",
        given(tent, a_hold(tent=2)),
        cancel(),
        accepted(RELEASED, wrote("tent", Kind.RELEASED, held=-2), tent=(10, 0, 0)),
    ),
    case(
        "a hold that ends now has expired",
        given(tent, a_hold(expires=NOW, tent=2)),
        cancel(),
        refused(Code.HOLD_EXPIRED, wrote("tent", Kind.EXPIRED, held=-2)),
    ),
    case(
        "a second time nothing comes back",
        given(tent, an_ended(CANCELLED, tent=2)),
        cancel(),
        unchanged(CANCELLED),
    ),
    case(
        "of what was released nothing comes back",
        given(tent, an_ended(RELEASED, tent=2)),
        cancel(),
        unchanged(RELEASED),
    ),
    case(
        "what has expired is not cancelled",
        given(tent, an_ended(EXPIRED, tent=2)),
        cancel(),
        refused(Code.HOLD_EXPIRED, expired_at=NOW - SECOND),
    ),
    case(
        "what is not there is not cancelled",
        given(tent),
        cancel(),
        refused(Code.NOT_FOUND, reservation="r"),
    ),
    case(
        "what was confirmed long after its hold began is cancelled after its hold would have ended",
        given(tent, a_confirmed(tent=2)._replace(expires_at=NOW - MINUTE)),
        cancel(),
        accepted(CANCELLED, wrote("tent", Kind.CANCELLED, confirmed=-2), tent=(10, 0, 0)),
    ),
]


@pytest.mark.parametrize(TABLE, CANCEL)
def test_cancelling(state: State, command: Command, then: Then) -> None:
    check(state, command, then)


@pytest.mark.parametrize("command", [release(), cancel()], ids=["release", "cancel"])
def test_giving_a_hold_back_three_times_in_a_batch_gives_it_back_once(command: Command) -> None:
    decision = decided(given(tent, a_hold(tent=2)), command, command, command)
    assert [outcome[1] for outcome in decision.outcomes] == [True, False, False]
    assert len(decision.entries) == 1
    assert decision.offerings == [tent._replace(seq=8)]


def test_cancelling_says_when_and_why() -> None:
    before = a_confirmed(tent=2)
    decision = decided(given(tent, before), cancel(reason="rain"))
    assert decision.reservations == [
        before._replace(
            status=CANCELLED, lines=(Line("tent", 2, 0, 0),), ended_at=NOW, reason="rain"
        )
    ]
    assert [entry.reason for entry in decision.entries] == ["rain"]


def test_releasing_says_when() -> None:
    before = a_hold(tent=2)
    decision = decided(given(tent, before), release())
    lines = (Line("tent", 2, 0, 0),)
    assert decision.reservations == [before._replace(status=RELEASED, lines=lines, ended_at=NOW)]
    assert [entry.hold_expires_at for entry in decision.entries] == [before.expires_at]


def test_confirm_and_cancel_do_not_both_win() -> None:
    state = given(tent, a_hold(tent=2))
    first = decided(state, confirm(), cancel())
    assert [getattr(outcome[0], "status", None) for outcome in first.outcomes] == [
        Status.CONFIRMED,
        CANCELLED,
    ]
    assert first.offerings == [tent._replace(seq=9)]
    second = decided(state, cancel(), confirm())
    assert getattr(second.outcomes[1], "code", None) is Code.ALREADY_RELEASED
    assert second.offerings == [tent._replace(seq=8)]


def test_units_given_back_can_be_taken_in_the_same_batch() -> None:
    state = given(offering(capacity=2), a_hold(tent=1), a_confirmed("c", tent=1))
    outcomes = decided(state, release(), cancel("c"), hold("new", BOB, tent=2)).outcomes
    assert [type(outcome) for outcome in outcomes] == [Accepted] * 3
