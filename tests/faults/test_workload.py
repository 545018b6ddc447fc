"""Random work by several processes does what a small model of the specification does."""

from __future__ import annotations

import random

import pytest

from tests.databases import Address
from tests.engine.several import rounds
from tests.faults.workload import workload

PROCESSES, PEOPLE = 2, 16


@pytest.mark.parametrize("late", [None, 2.0], ids=["as they are", "that expire nothing in time"])
async def test_what_processes_do_and_say_under_random_work_is_what_the_model_does_and_says(
    database: Address, late: float | None
) -> None:
    seed, seconds = random.getrandbits(32), max(5, rounds(5))
    print(
        f"Once more: python -m tests.faults.workload --processes {PROCESSES} --people {PEOPLE} "
        f"--minutes {seconds / 60:.2f} --seed {seed}{f' --late {late}' if late else ''}"
    )
    report = await workload(
        database, processes=PROCESSES, people=PEOPLE, seconds=seconds, seed=seed, late=late
    )
    print("\n".join(report.lines()))
    assert report.wrong == []
    # What it is about has come up.
    refused, done = report.explained, report.effects
    assert refused["insufficient_capacity"] and refused["pool_busy"] and refused["hold_expired"]
    assert done["held"] and done["confirmed"] and done["moved"] and done["expired"]
    assert report.explained["replayed"]
