"""A schedule is one and the same wherever and whenever it runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.simulation.exploring import (
    from_token,
    replayed,
    run,
    strategy_of,
    token_of,
)  # fmt: skip
from tests.simulation.scenarios import SCENARIOS

SCRIPT = """
from tests.simulation.exploring import run, strategy_of
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.world import without_chance

with without_chance():
    for name, scenario in SCENARIOS.items():
        for seed in range(4):
            outcome = run(scenario, strategy_of(seed), trace=True)
            print(name, outcome.values, outcome.trace)
"""


def test_another_process_runs_it_the_same_way() -> None:
    """Strings have other hashes there, and sets another order."""
    told = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": hashes},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hashes in ("1", "2", "3")
    }
    assert len(told) == 1


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_its_choices_are_all_there_is_to_it(name: str) -> None:
    outcome = run(SCENARIOS[name], strategy_of(7), trace=True)
    same, values = from_token(token_of(name, outcome))
    assert same == name
    assert replayed(SCENARIOS[name], values, trace=True).trace == outcome.trace
