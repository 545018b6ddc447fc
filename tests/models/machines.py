"""How the state machines are run: mostly worlds that are the same each time, and some new ones.

If one fails that is new, what is printed brings it again: `MODELS_SEED=… make tests …`.
"""

from __future__ import annotations

import os
import random

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.engine.several import rounds

NEW = 5
"""One of so many worlds is a new one."""


def run_machine(machine: type[RuleBasedStateMachine], examples: int, steps: int) -> None:
    """Run so many examples, times `SOAK_ROUNDS`, of so many steps."""
    number = int(os.environ.get("MODELS_SEED") or random.getrandbits(32))
    new = type(machine.__name__, (machine,), {})
    _run(machine, rounds(examples - examples // NEW), steps, derandomize=True)
    print(f"MODELS_SEED={number}")
    _run(seed(number)(new), rounds(examples // NEW), steps, derandomize=False)


def _run(
    machine: type[RuleBasedStateMachine], examples: int, steps: int, *, derandomize: bool
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            deadline=None,
            derandomize=derandomize,
            database=None,
            max_examples=examples,
            stateful_step_count=steps,
            # Each run takes a tenth of a second, and finding the smallest that fails thousands.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
