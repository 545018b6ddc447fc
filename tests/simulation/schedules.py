"""How tests run schedules: the same ones each time, and a few that nobody has seen yet."""

from __future__ import annotations

import random
from collections import Counter

from tests.simulation.exploring import explore
from tests.simulation.faults import FAULTS, name_of
from tests.simulation.run import failure
from tests.simulation.scenarios import SCENARIOS, SHOWS

SCHEDULES = 12_600 // len(SCENARIOS)
"""Of each scenario in a run of the tests: more than 20,000 in all, with those of
`test_every_order`. There is time for millions in `run`."""

FRESH = 50
"""New schedules per scenario and run: what is always the same finds nothing new."""


def hold(name: str, schedules: int = SCHEDULES) -> None:
    """Run so many schedules of a scenario; fail with the story of the first that fails, or if it
    was about nothing."""
    counts: Counter[str] = Counter()
    shows: Counter[str] = Counter()
    fresh = random.SystemRandom().randrange(1 << 40)
    for seeds in (range(schedules - FRESH), range(fresh, fresh + FRESH)):
        for seed, outcome in explore(SCENARIOS[name], seeds):
            counts.update(outcome.counts)
            shows.update(outcome.shows)
            if outcome.violation is not None:
                raise AssertionError(f"{name}, schedule {seed}:\n{failure(name, seed)}")
    missing = [what for what in SHOWS[name] if not shows[what]]
    missing += [fault for fault in map(name_of, FAULTS) if not counts[fault]]
    assert not missing, (name, missing, shows)
    assert counts["answers acknowledged"] > schedules
