"""Everything that takes long, for as long as wanted: `make soak ARGS='--minutes 60'`.

Each step is a program of its own, which gets its share of the time, shows how it goes and writes a
report; a step whose report says that something is wrong does not keep the others from running. At
the end there is one table, and `soak.json` with all reports. To add a step, enter it into `STEPS`.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.faults.endurance import LEAST_SECONDS
from tests.origin import origin

ROOT = Path(__file__).parents[2]

TOLD = ("seconds", "wrong", "lost", "oversold", "otherwise_wrong")
"""Of a report, what is in the table of all of them."""


class Step(NamedTuple):
    """A part of the soak."""

    name: str
    module: str
    share: float
    """Of the time. Those without one take what they take."""
    arguments: Callable[[float, int], Sequence[str]]
    """By seconds and seed."""
    least: float = 0.0
    """Seconds below which it cannot judge all that it looks at. It gets them, unless they are more
    than half of what there is."""


def _faults(seconds: float, seed: int) -> list[str]:
    # A kill takes about four seconds on two cores, a stop three and a failover eight.
    third = seconds / 3
    return [
        *("--kills", f"{max(1, third / 2 / 4):.0f}"),
        *("--postgres-stops", f"{max(1, third / 4 / 3):.0f}"),
        *("--failovers", f"{max(1, third / 4 / 8):.0f}"),
        *("--seconds", f"{third * 2:.0f}"),
        *("--seed", str(seed)),
    ]


def _as_many_as_fit(of: str, seconds: float, seed: int) -> list[str]:
    return [of, "1000000000", "--seconds", f"{seconds:.0f}", "--seed", str(seed)]


def _webhooks(seconds: float, seed: int) -> list[str]:
    # A kill takes a second and a half, and at least fifty deliveries are made in a second.
    events = max(1000, seconds / 2 * 50)
    return [
        *("--events", f"{events:.0f}"),
        *("--kills", f"{max(5, seconds / 2 / 1.5):.0f}"),
        *("--seed", str(seed)),
    ]


STEPS = (
    Step("faults", "tests.faults.soak", 5, _faults),
    Step("failpoints", "tests.faults.failpoints", 0, lambda seconds, seed: []),
    Step(
        "endurance",
        "tests.faults.endurance",
        3,
        lambda seconds, seed: ["--seconds", f"{seconds:.0f}"],
        least=LEAST_SECONDS,
    ),
    Step(
        "workload",
        "tests.faults.workload",
        1,
        lambda seconds, seed: ["--minutes", f"{seconds / 60:.2f}", "--seed", str(seed)],
    ),
    Step(
        "simulation",
        "tests.simulation.run",
        2,
        lambda seconds, seed: _as_many_as_fit("--schedules", seconds, seed),
    ),
    Step(
        "linearizability",
        "tests.linearizability.run",
        2,
        lambda seconds, seed: _as_many_as_fit("--histories", seconds, seed),
    ),
    Step("webhooks", "tests.webhooks.kills", 1, _webhooks),
    Step("plantings", "tests.plantings.plant", 0, lambda seconds, seed: []),
    Step("mutation", "tests.mutation.run", 0, lambda seconds, seed: []),
)


class Outcome(NamedTuple):
    """How a step went."""

    name: str
    code: int
    seconds: float
    report: dict[str, Any]

    def line(self) -> str:
        """A row of the table."""
        shown = {
            name: value
            for name, value in self.report.items()
            if isinstance(value, int | float) and name not in TOLD
        }
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in shown.items())
        said = "well" if self.code == 0 else "WRONG"
        line = f"{self.name:18}{said:8}{self.seconds:>7.0f} s  {told}"
        return "\n".join((line, *(f"{'':18}NOT JUDGED: {what}" for what in self.not_judged)))

    @property
    def not_judged(self) -> list[str]:
        """What the report says that it cannot tell."""
        found: list[str] = self.report.get("not_judged", [])
        return found


def divided(steps: Sequence[Step], seconds: float) -> dict[str, float]:
    """How long each step may take: its least, if it has one that is more than its share; of what
    remains, the others get theirs."""
    shares = {step.name: step.share for step in steps}
    given = {}
    for step in sorted(steps, key=lambda it: -it.least):
        rest, of = seconds - sum(given.values()), sum(shares.values()) or 1.0
        given[step.name] = max(rest * step.share / of, min(step.least, seconds / 2))
        del shares[step.name]
    return given


def take(step: Step, seconds: float, seed: int) -> Outcome:
    """Run it to its end."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="firmhold-soak-report-") as folder:
        path = Path(folder, "report.json")
        command = [sys.executable, "-m", step.module, *step.arguments(seconds, seed)]
        command += ["--json", str(path)]
        print(f"\n== {step.name}: {' '.join(command[1:])}", flush=True)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        report = json.loads(path.read_text()) if path.exists() else {}
    return Outcome(step.name, code, time.monotonic() - began, report)


def is_there(step: Step) -> bool:
    """Whether this checkout has it."""
    try:
        return importlib.util.find_spec(step.module) is not None
    except ModuleNotFoundError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--steps", help=f"of {', '.join(step.name for step in STEPS)}, by commas")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--json", type=Path, default=Path("soak.json"), help="file for the report")
    given = parser.parse_args()
    names = given.steps.split(",") if given.steps else [step.name for step in STEPS]
    if unknown := set(names) - {step.name for step in STEPS}:
        parser.error(f"there is no step called {', '.join(sorted(unknown))}")
    steps = [step for step in STEPS if step.name in names and is_there(step)]
    seed = given.seed if given.seed is not None else random.getrandbits(32)
    print(f"Seed {seed}", flush=True)
    whence = origin()
    times = divided(steps, given.minutes * 60)
    outcomes = []
    for step in steps:
        outcomes.append(take(step, times[step.name], seed))
        # After each, so that nothing is lost if the rest is cut short.
        _write(given.json, whence, seed, outcomes)
    print()
    for outcome in outcomes:
        print(outcome.line())
    reports = [outcome.report for outcome in outcomes]
    for what in ("faults_injected", "acknowledged", "lost", "oversold", "otherwise_wrong"):
        total = sum(report.get(what, 0) for report in reports)
        print(f"{what.replace('_', ' '):18}{total:>15}")
    # A step that was killed has a negative code.
    return 1 if any(outcome.code for outcome in outcomes) else 0


def _write(path: Path, whence: dict[str, Any], seed: int, outcomes: Sequence[Outcome]) -> None:
    steps = {
        it.name: {"code": it.code, "seconds": round(it.seconds, 1), **it.report} for it in outcomes
    }
    path.write_text(
        json.dumps({"origin": whence, "seed": seed, "steps": steps}, indent=2) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
