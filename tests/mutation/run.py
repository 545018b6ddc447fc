"""Changes the rules in small ways, one at a time, and sees whether the tests notice.

    python -m tests.mutation.run [--files PART …] [--sample N --seed S] [--jobs N] [--json FILE]

Shows each change that was not noticed, and says how many were, file by file.

The score is of the changes that only somebody who looks at what comes out can notice: those with
which a test first failed by a wrong answer (an assertion, or an error of the program's own), of
these and of those that no test noticed. It leaves out, and counts apart, what is noticed by whoever
runs the line at all: a TypeError or an AttributeError, as when an argument is left out; a module
that cannot be imported any more; and what does not come to its end.

What `equivalent.toml` says to make no difference is left out too; there is a second score with it.
Exits with 0 only if the first is high enough and what that file says still holds.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import firmhold
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.mutators import Mutant, members_of, mutants_of
from tests.mutation.trials import (
    ENDLESS,
    KILLED,
    NEVER_RUN,
    NOT_IMPORTABLE,
    SURVIVED,
    WRONG_TYPE,
    Ground,
    Trial,
    run,
)  # fmt: skip
from tests.origin import origin

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "firmhold"

LEAST = 90
"""The score has to be so high, of a hundred."""


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
    outcomes = Counter(trial.outcome for trial in trials)
    killed = outcomes[KILLED]
    survived = outcomes[SURVIVED] + outcomes[NEVER_RUN]
    equivalent = sum(not t.noticed and t.mutant.name in KNOWN for t in trials)
    return {
        "mutants": len(trials),
        "noticed": len(trials) - survived,
        "killed": killed,
        "wrong_type": outcomes[WRONG_TYPE],
        "not_importable": outcomes[NOT_IMPORTABLE],
        "endless": outcomes[ENDLESS],
        "survived": survived,
        "never_run": outcomes[NEVER_RUN],
        "equivalent": equivalent,
        "score": _percent(killed, killed + survived - equivalent),
        "score_with_equivalent": _percent(killed, killed + survived),
    }


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 100.0


def table(report: dict[str, Any]) -> str:
    """Scores by file, and of all."""
    columns = ("mutants", "killed", "wrong_type", "not_importable", "endless", "survived")
    heads = [*columns, "equivalent", "score", "of all"]
    lines = ["\n" + " " * 24 + "".join(f"{head.replace('_', ' '):>16}" for head in heads)]
    for name, counts in (*report["files"].items(), ("all", report)):
        cells = [str(counts[column]) for column in (*columns, "equivalent")]
        cells += [f"{counts['score']}%", f"{counts['score_with_equivalent']}%"]
        lines.append(f"{name:<24}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join([*lines, f"{report['seconds']} seconds"])


if __name__ == "__main__":
    sys.exit(main())
