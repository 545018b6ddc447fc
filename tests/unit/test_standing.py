"""What somebody in the line is told: their place, what is in the way, and when the offer ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code
from firmhold.domain.model import Status, Wait
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    BOB,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    a_confirmed,
    a_hold,
    an_ended,
    an_offer,
    given,
    in_line,
    join,
    leave,
    lent,
    offering,
    pool,
    slot,
    waited,
    waits,
)
from tests.unit.then import decided

FULL = offering(capacity=2, confirmed=2)
NONE_LEFT = {"line": 0, "offering": "tent", "requested": 1, "available": 0}

IN_THE_WAY = [
    ("none left", given(FULL, waits(tent=1)), join(tent=1), Code.INSUFFICIENT_CAPACITY, NONE_LEFT),
    (
        "closed, though some are left",
        given(offering(open=False), waits(tent=1)),
        join(tent=1),
        Code.SALE_ENDED,
        {"line": 0, "offering": "tent", "closed": True},
    ),
    (
        "as much as a customer may have",
        given(offering(max_per_customer=2), a_confirmed("c", BOB, tent=2), waits(tent=1)),
        join(tent=1),
        Code.LIMIT_EXCEEDED,
        {
            "line": 0,
            "offering": "tent",
            "limit": "max_per_customer",
            "bound": 2,
            "requested": 1,
            "has": 2,
        },
    ),
    (
        "as many holds as a customer may have",
        given(offering(), offering("bed"), a_hold(by=BOB, bed=1), waits(tent=1), max_live_holds=1),
        join(tent=1),
        Code.LIMIT_EXCEEDED,
        {"limit": "max_live_holds", "bound": 1, "has": 1},
    ),
    (
        "a room that is taken",
        given(slot(needs={"room": 1}), pool(), lent("room", NOW, NOW + 3 * HOUR), waits(am=1)),
        join(am=1),
        Code.POOL_BUSY,
        {
            "line": 0,
            "offering": "am",
            "pool": "room",
            "pool_name": "The room",
            "requested": 1,
            "units": 1,
            "taken": 1,
            "busy_from": NOW + HOUR,
            "busy_until": NOW + 3 * HOUR,
        },
    ),
]


def told(state: State, command: Command) -> tuple[Any, ...]:
    (outcome,) = decided(state, command).outcomes
    assert isinstance(outcome, Accepted) and outcome.standing is not None
    return outcome.standing


@pytest.mark.parametrize(
    ("state", "command", "code", "facts"),
    [row[1:] for row in IN_THE_WAY],
    ids=[row[0] for row in IN_THE_WAY],
)
def test_who_waits_is_told_what_is_in_the_way(
    state: State, command: Command, code: Code, facts: dict[str, Any]
) -> None:
    position, refusal, ends = told(state, command)
    assert (position, ends) == (1, None)
    assert (refusal.code, refusal.facts) == (code, facts)


def test_who_comes_last_is_told_how_many_are_before() -> None:
    position, refusal, ends = told(given(FULL, *in_line(1, 2)), join(tent=1))
    assert (position, ends) == (3, None)
    assert (refusal.code, refusal.facts) == (Code.INSUFFICIENT_CAPACITY, NONE_LEFT)


OTHERS: list[tuple[str, State, Command, datetime | None]] = [
    ("offered at once", given(offering()), join(tent=1), NOW + 10 * MINUTE),
    ("offered before", given(offering(), *an_offer(tent=1)), join(tent=1), NOW + 9 * MINUTE),
    (
        "declining",
        given(offering(capacity=2, confirmed=1), *an_offer(tent=1)),
        leave(),
        NOW + 9 * MINUTE,
    ),
    ("leaving", given(FULL, waits(tent=1)), leave(), None),
    ("having left", given(FULL, waited(Wait.WITHDRAWN, tent=1)), leave(), None),
    (
        "having been offered in vain",
        given(FULL, waited(Wait.LAPSED, tent=1), an_ended(Status.EXPIRED, "offer:w", BOB, tent=1)),
        leave(),
        NOW - SECOND,
    ),
    ("with an offer long forgotten", given(FULL, waited(Wait.LAPSED, tent=1)), leave(), None),
]


@pytest.mark.parametrize(
    ("state", "command", "ends"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS]
)
def test_who_does_not_wait_has_no_place_and_nothing_in_the_way(
    state: State, command: Command, ends: datetime | None
) -> None:
    assert told(state, command) == (None, None, ends)
