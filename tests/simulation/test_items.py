"""Items: bought, forgotten, moved, in carts, restocked."""

from __future__ import annotations

import pytest

from tests.simulation.schedules import SCHEDULES, hold


@pytest.mark.parametrize("scenario", ["hot_item", "expiry", "carts", "moving", "elsewhere"])
def test_nothing_is_violated_whatever_the_schedule(scenario: str) -> None:
    hold(scenario, SCHEDULES)
