"""Changes the rules in small ways, one at a time, and sees whether the tests notice.

    python -m tests.mutation.run [--files PART …] [--sample N --seed S] [--jobs N] [--json FILE]

Shows each change that was not noticed, and says how many were, file by file: of those that make a
difference, and of all (`equivalent.toml` has the others). Exits with 0 only if enough were noticed
and what that file says still holds.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import firmhold
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutators import Mutant, members_of, mutants_of
from tests.mutation.trials import Ground, Trial, run
from tests.origin import origin

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "firmhold"

LEAST = 90
"""Of a hundred changes, so many have to be noticed, of those that make a difference."""


class Part(NamedTuple):
    """Source that is changed, and the tests that have to notice."""

    source: str
    tests: str
    but: frozenset[str] = frozenset()


PARTS = {
    # The tables of cases have to notice by themselves. The random model finds much of it too, but
    # takes as long for one change as they take for a hundred.
    "domain": Part("domain/*.py", "tests/unit/test_*.py", frozenset({"test_model.py"})),
    "planning": Part("planning/*.py", "tests/unit/planning/test_*.py"),
    "lanes": Part("engine/lanes.py", "tests/unit/test_lanes.py"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Try the mutants that are asked for, and report."""
    options = _options(arguments)
    if Path(firmhold.__file__).parent != PACKAGE:
        raise RuntimeError(f"{firmhold.__file__} is imported, and not this checkout's package")
    whence = origin()
    started = time.monotonic()
    part = PARTS[options.part]
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.glob(part.source))}
    every = all_mutants(sources)
    mutants = [m for m in every if any(some in m.file for some in options.files or [""])]
    if options.sample:
        chance = random.Random(options.seed)
        mutants = chance.sample(mutants, min(options.sample, len(mutants)))
    print(f"{len(mutants)} of the {len(every)} mutants of {options.part}.", flush=True)
    tests = [str(t) for t in sorted(ROOT.glob(part.tests)) if t.name not in part.but]
    ground = Ground(sources, mutants, options.jobs, _Progress(len(mutants)))
    run(tests, ground)
    if ground.failed:
        raise RuntimeError(f"fails with nothing changed: {', '.join(ground.failed)}")
    wholly = set() if options.sample else {mutant.file for mutant in mutants}
    report = summary(ground.trials, wholly, time.monotonic() - started)
    if options.json:
        content = json.dumps({"origin": whence, **report}, indent=2)
        options.json.write_text(content + "\n", encoding="utf-8")
    print(table(report))
    for entry in report["obsolete"]:
        print(f"equivalent.toml has what is noticed, or is not there any more: {entry}")
    return 1 if report["obsolete"] or report["score"] < LEAST else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run")
    parser.add_argument("--part", choices=PARTS, default="domain", help="of the source")
    parser.add_argument("--files", nargs="+", metavar="PART", help="those with this in their names")
    parser.add_argument("--sample", type=int, metavar="N", help="try so many, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="how many are tried at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what came of each")
    return parser.parse_args(arguments)


def all_mutants(sources: dict[Path, str]) -> list[Mutant]:
    """Those of these files, in their order."""
    members: dict[str, list[str]] = {}
    for path in PACKAGE.glob("domain/*.py"):
        members |= members_of(path.read_text(encoding="utf-8"))
    return [
        mutant
        for path, source in sources.items()
        for mutant in mutants_of(path.relative_to(PACKAGE).as_posix(), source, members)
    ]


class _Progress:
    """Shows what was not noticed at once, and now and then how far it is."""

    EVERY = 100

    def __init__(self, count: int) -> None:
        self._count = count
        self._done = 0
        self._noticed = 0

    def __call__(self, trial: Trial) -> None:
        self._done += 1
        self._noticed += trial.noticed
        if not trial.noticed and trial.mutant.name not in KNOWN:
            print(f"\n{told(trial)}", flush=True)
        if self._done % self.EVERY == 0:
            print(f"{self._done}/{self._count} tried, {self._noticed} noticed", flush=True)


def told(trial: Trial) -> str:
    """The change, as a difference of lines."""
    mutant = trial.mutant
    old = "\n".join(f"- {line}" for line in mutant.before.splitlines())
    new = "\n".join(f"+ {line}" for line in mutant.after.splitlines() or [""])
    where = f"{mutant.file}:{mutant.line} {mutant.scope}"
    return f"{where}  ({trial.outcome})\n{old}\n{new}"


KNOWN = {entry.name for entry in EQUIVALENT}


def summary(trials: Iterable[Trial], wholly: Collection[str], seconds: float) -> dict[str, Any]:
    """The run in JSON's types. Of files of which all was tried, also what is known to make no
    difference and was noticed all the same, or is not there."""
    trials = list(trials)
    survivors = [t for t in trials if not t.noticed]
    names = {t.mutant.name for t in survivors}
    caught = {t.mutant.name for t in trials if t.noticed}
    return {
        "seconds": round(seconds, 1),
        **_counts(trials),
        "files": {
            file: _counts([t for t in trials if t.mutant.file == file])
            for file in dict.fromkeys(sorted(t.mutant.file for t in trials))
        },
        "obsolete": [
            " | ".join(entry.name)
            for entry in EQUIVALENT
            if (entry.file in wholly and entry.name not in names) or entry.name in caught
        ],
        "survivors": [told(t) for t in survivors if t.mutant.name not in KNOWN],
    }


def _counts(trials: Sequence[Trial]) -> dict[str, Any]:
    noticed = sum(t.noticed for t in trials)
    equivalent = sum(not t.noticed and t.mutant.name in KNOWN for t in trials)
    return {
        "mutants": len(trials),
        "noticed": noticed,
        "endless": sum(t.outcome == "endless" for t in trials),
        "never_run": sum(t.outcome == "never run" for t in trials),
        "equivalent": equivalent,
        "score": _percent(noticed, len(trials) - equivalent),
        "score_with_equivalent": _percent(noticed, len(trials)),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def table(report: dict[str, Any]) -> str:
    """Scores by file, and of all."""
    lines = [f"\n{'':<24}{'mutants':>8}{'noticed':>9}{'equivalent':>12}{'score':>8}{'of all':>8}"]
    for name, counts in (*report["files"].items(), ("all", report)):
        lines.append(
            f"{name:<24}{counts['mutants']:>8}{counts['noticed']:>9}{counts['equivalent']:>12}"
            f"{counts['score']:>7}%{counts['score_with_equivalent']:>7}%"
        )
    return "\n".join([*lines, f"{report['seconds']} seconds"])


if __name__ == "__main__":
    sys.exit(main())
