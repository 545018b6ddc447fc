"""Slots that take from the same pools."""

from __future__ import annotations

import pytest

from tests.simulation.scenarios import GROUPS
from tests.simulation.schedules import hold


@pytest.mark.parametrize("scenario", GROUPS["pools"])
def test_nothing_is_violated_whatever_the_schedule(scenario: str) -> None:
    hold(scenario)
