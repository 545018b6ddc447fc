"""Fixtures of the simulation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.world import without_chance


@pytest.fixture(autouse=True)
def nothing_is_left_to_chance() -> Iterator[None]:
    with without_chance():
        yield
