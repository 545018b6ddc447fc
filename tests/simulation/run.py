"""Runs schedules of the simulation until there have been enough, or one finds a violation.

    python -m tests.simulation.run --schedules 1000000 [--seconds N] [--seed S] [--scenario NAME]
                                   [--processes N] [--json FILE]
    python -m tests.simulation.run --replay TOKEN

A schedule is told by its scenario and its number: the seed, and up from there. One that fails is
made shorter and printed as a story, with the token that replays it. Exits with 0 if nothing was
violated and, given a thousand schedules, each kind of fault has happened.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.origin import origin
from tests.simulation.exploring import (
    Outcome,
    explore,
    from_token,
    replayed,
    run,
    shortened,
    strategy_of,
    token_of,
)  # fmt: skip
from tests.simulation.faults import FAULTS, name_of
from tests.simulation.scenarios import SCENARIOS
from tests.simulation.world import without_chance

AT_ONCE = 100
"""Schedules that one process runs before it reports."""

REPORT_EVERY = 2.0
"""Seconds."""


class Portion(NamedTuple):
    """Schedules for one process to run."""

    scenario: str
    seed: int
    number: int


class Result(NamedTuple):
    """What has become of them."""

    schedules: int
    steps: int
    counts: Counter[str]
    failed: tuple[str, int, str] | None
    """Scenario, seed and violation of the first that failed."""


def carry_out(portion: Portion) -> Result:
    """Run a portion, up to the first that fails."""
    counts: Counter[str] = Counter()
    schedules = steps = 0
    seeds = range(portion.seed, portion.seed + portion.number)
    with without_chance():
        for seed, outcome in explore(SCENARIOS[portion.scenario], seeds):
            schedules += 1
            steps += outcome.steps
            counts.update(outcome.counts)
            if outcome.violation is not None:
                failed = (portion.scenario, seed, str(outcome.violation))
                return Result(schedules, steps, counts, failed)
    return Result(schedules, steps, counts, None)


def portions(names: list[str], seed: int, schedules: int) -> Iterator[Portion]:
    """So many schedules in all, of each scenario as many as of any other."""
    each, more = divmod(schedules, len(names))
    left = {name: each + (index < more) for index, name in enumerate(names)}
    while any(left.values()):
        for name in names:
            number = min(AT_ONCE, left[name])
            if number:
                yield Portion(name, seed, number)
            left[name] -= number
        seed += AT_ONCE


def story_of(name: str, outcome: Outcome) -> str:
    """A schedule as it went, and how to see it again."""
    token = token_of(name, outcome)
    return "\n".join(
        (
            *outcome.trace,
            f"Violated: {outcome.violation}",
            f"Again: python -m tests.simulation.run --replay {token}",
        )
    )


def failure(name: str, seed: int) -> str:
    """The story of a schedule that fails, as short as it can be made."""
    with without_chance():
        outcome = run(SCENARIOS[name], strategy_of(seed))
        if outcome.violation is None:
            return f"{name}: schedule {seed} fails no more, so something is left to chance."
        return story_of(name, shortened(SCENARIOS[name], outcome))


def replay(token: str) -> int:
    """Run one schedule and tell it."""
    name, values = from_token(token)
    with without_chance():
        outcome = replayed(SCENARIOS[name], values, trace=True)
    print(story_of(name, outcome))
    return 1 if outcome.violation is not None else 0


def many(arguments: argparse.Namespace) -> int:
    """Run schedules, with progress."""
    names = [arguments.scenario] if arguments.scenario else list(SCENARIOS)
    seed = random.randrange(1 << 40) if arguments.seed is None else arguments.seed
    print(f"seed {seed}, {len(names)} scenarios, {arguments.processes} processes", flush=True)
    whence = origin()
    started = reported = time.monotonic()
    schedules = steps = 0
    counts: Counter[str] = Counter()
    failed = None
    with multiprocessing.get_context("fork").Pool(arguments.processes) as pool:
        for result in pool.imap_unordered(carry_out, portions(names, seed, arguments.schedules)):
            schedules += result.schedules
            steps += result.steps
            counts.update(result.counts)
            failed = failed or result.failed
            now = time.monotonic()
            if now - reported > REPORT_EVERY:
                reported = now
                rate = schedules / (now - started)
                print(f"{schedules:>9} schedules, {rate:6.0f}/s, nothing violated", flush=True)
            if failed or (arguments.seconds and now - started > arguments.seconds):
                break
        pool.terminate()
    summary = {
        "origin": whence,
        "seed": seed,
        "schedules": schedules,
        "steps": steps,
        "seconds": round(time.monotonic() - started, 1),
        "counts": dict(sorted(counts.items())),
        "violation": None if failed is None else failed[2],
    }
    return report(summary, failed, arguments.json)


def report(summary: dict[str, Any], failed: Any, file: str | None) -> int:
    """Tell what there was."""
    for name, count in summary["counts"].items():
        print(f"{count:>9}  {name}")
    rate = summary["schedules"] / max(0.1, summary["seconds"])
    print(f"{summary['schedules']} schedules, {summary['steps']} steps, {rate:.0f} schedules/s")
    if failed is not None:
        print(failure(failed[0], failed[1]))
        print(f"Or: --scenario {failed[0]} --seed {failed[1]} --schedules 1")
    missing = [name_of(fault) for fault in FAULTS if not summary["counts"].get(name_of(fault))]
    if missing:
        print(f"Never happened: {', '.join(missing)}")
    if file is not None:
        with open(file, "w", encoding="utf-8") as out:
            json.dump(summary, out, indent=2)
    return 1 if failed is not None else 2 if missing and summary["schedules"] >= 1000 else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--schedules", type=int, default=20_000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--scenario", choices=sorted(SCENARIOS))
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--replay", metavar="TOKEN")
    arguments = parser.parse_args()
    return replay(arguments.replay) if arguments.replay else many(arguments)


if __name__ == "__main__":
    sys.exit(main())
