"""Until when a customer can give a reservation back or move it, as every answer about one says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from firmhold.domain.commands import Command
from firmhold.domain.errors import Code, Refusal
from firmhold.domain.model import Status
from firmhold.domain.state import Accepted, State
from tests.unit.build import (
    DAY,
    HOUR,
    NOW,
    TICK,
    a_confirmed,
    a_hold,
    an_ended,
    cancel,
    check_in,
    confirm,
    extend,
    given,
    hold,
    move,
    offering,
    release,
    slot,
)
from tests.unit.then import decided

tent = offering("tent")
am = slot("am", starts=NOW + HOUR)
strict = slot("strict", starts=NOW + 3 * DAY, cutoff=DAY)
late = slot("late", starts=NOW + HOUR, cutoff=DAY)
AM, STRICT, LATE = NOW + HOUR, NOW + 2 * DAY, NOW + HOUR - DAY

CASES: list[tuple[str, State, Command, datetime | None]] = [
    ("an item is given back at any time", given(tent), hold(tent=1), None),
    ("a slot without cut-off until it begins", given(am), hold(am=1), AM),
    ("a slot with one until then", given(strict), hold(strict=1), STRICT),
    ("a slot that is confirmed at once", given(strict), hold(confirm=True, strict=1), STRICT),
    ("a slot of which it is too late at once", given(late), hold(late=1), LATE),
    ("of several the first", given(am, strict, tent), hold(am=1, strict=1, tent=1), AM),
    ("what is confirmed", given(strict, a_hold(strict=1)), confirm(), STRICT),
    ("what was confirmed before", given(strict, a_confirmed(strict=1)), confirm(), STRICT),
    ("what is extended", given(strict, a_hold(strict=1)), extend(ttl=600), STRICT),
    ("what is moved", given(strict, am, a_confirmed(strict=1)), move(am=1), AM),
    ("what is moved to an item", given(strict, tent, a_confirmed(strict=1)), move(tent=1), None),
    (
        "what is left of it",
        given(am, strict, a_confirmed(am=1, strict=1)),
        cancel(am=1),
        STRICT,
    ),
    ("nothing of what is released", given(strict, a_hold(strict=1)), release(), None),
    ("nothing of what is cancelled", given(strict, a_confirmed(strict=1)), cancel(), None),
    (
        "nothing of what was cancelled before",
        given(strict, an_ended(Status.CANCELLED, strict=1)),
        cancel(),
        None,
    ),
    ("nothing of what was used", given(am, a_confirmed(am=1)), check_in(), None),
]


@pytest.mark.parametrize(
    ("state", "command", "until"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_answer_about_a_reservation_says_until_when_it_can_be_given_back(
    state: State, command: Command, until: datetime | None
) -> None:
    (outcome,) = decided(state, command).outcomes
    assert isinstance(outcome, Accepted)
    assert outcome.cancellable_until == until


@pytest.mark.parametrize("later", [-TICK, 0 * TICK])
def test_what_is_said_is_what_holds(later: timedelta) -> None:
    begins = slot("begins", starts=NOW + DAY - later, cutoff=DAY)
    state = given(begins, a_confirmed(begins=1))
    again, given_back = decided(state, confirm(), cancel()).outcomes
    assert isinstance(again, Accepted) and again.cancellable_until is not None
    assert (NOW < again.cancellable_until) == isinstance(given_back, Accepted)
    if isinstance(given_back, Refusal):
        assert given_back.code is Code.TOO_LATE_TO_CANCEL
        assert given_back.facts["cancellable_until"] == again.cancellable_until
