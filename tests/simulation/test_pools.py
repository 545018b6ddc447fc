"""Slots that take from the same pools."""

from __future__ import annotations

import pytest

from tests.simulation.schedules import SCHEDULES, hold


@pytest.mark.parametrize("scenario", ["rooms", "equipment", "another_room"])
def test_nothing_is_violated_whatever_the_schedule(scenario: str) -> None:
    hold(scenario, SCHEDULES)
