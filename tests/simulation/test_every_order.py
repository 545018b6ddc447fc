"""Two who want one unit: every order of their messages that departs from the plainest by no more
than `DELAYS`, and every single fault at every message of the plainest.

A delay is one place that a message has to wait behind those that came after it. `DELAYS` more makes
about fifteen times as many schedules.
"""

from __future__ import annotations

import pytest

from tests.simulation.duels import DUELS, duel
from tests.simulation.exploring import Outcome, exhaust, replayed, shortened
from tests.simulation.faults import (
    Fault,
    Planned,
    crash,
    cut_after,
    fail_over,
    lost_commit,
    restart,
)
from tests.simulation.run import story_of

DELAYS = 2
MOST = 4_000
"""Schedules of one duel; there are fewer, or the test fails."""


def clear(name: str, outcome: Outcome) -> None:
    if outcome.violation is not None:
        raise AssertionError(story_of(name, shortened(duel(name), outcome)))


@pytest.mark.parametrize("name", DUELS)
def test_nothing_is_violated_in_any_order(name: str) -> None:
    number = 0
    for outcome in exhaust(duel(name), DELAYS, MOST):
        clear(name, outcome)
        number += 1
    assert number > 100


@pytest.mark.parametrize("fault", [lost_commit, crash, restart, cut_after, fail_over])
@pytest.mark.parametrize("name", DUELS)
def test_nothing_is_violated_wherever_one_fault_happens(name: str, fault: Fault) -> None:
    plain = replayed(duel(name), [])
    clear(name, plain)
    happened = 0
    for at in range(1, plain.counts["messages"] + 1):
        for choice in (0, 1):
            outcome = replayed(duel(name, {at: Planned(fault, choice)}), [])
            assert outcome.violation is None, (name, at, choice, str(outcome.violation))
            happened += sum(outcome.counts.values()) - outcome.counts["messages"]
    assert happened > 0
