"""Plants each defect in a copy of the source and runs the tests that should notice.

    python -m tests.plantings.plant [--jobs N] [--json FILE] [part of a name …]
    python -m tests.plantings.plant --with-simulation [part of a name …]

The second asks of what lies in the simulation's reach whether it alone would notice, by running a
fixed number of its schedules; only of `DEFECTS_OF_SCHEDULES` it has to find each.

Before, the same tests run with nothing planted, and have to pass: a test that fails anyhow notices
nothing. Exits with 0 only if every defect was noticed. Nothing in the checkout is touched, and what
is changed in it meanwhile changes nothing here.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from tests.origin import origin
from tests.plantings.defects import DEFECTS, Defect
from tests.plantings.defects_of_doors import DEFECTS_OF_DOORS
from tests.plantings.defects_of_files import DEFECTS_OF_FILES
from tests.plantings.defects_of_models import DEFECTS_OF_MODELS
from tests.plantings.defects_of_schedules import DEFECTS_OF_SCHEDULES
from tests.plantings.defects_of_time import DEFECTS_OF_TIME
from tests.plantings.published import DEFECTS_PUBLISHED
from tests.plantings.tree import Trees

ALL: tuple[Defect, ...] = (
    *DEFECTS,
    *DEFECTS_OF_TIME,
    *DEFECTS_OF_FILES,
    *DEFECTS_OF_DOORS,
    *DEFECTS_OF_SCHEDULES,
    *DEFECTS_OF_MODELS,
    *DEFECTS_PUBLISHED,
)

SIMULATED = (
    *("domain/", "engine/answers", "engine/batch", "engine/customers", "engine/engine"),
    *("engine/faults", "engine/flight", "engine/lanes", "engine/lending", "engine/lookup"),
    *("engine/rows", "engine/ticket", "engine/transaction", "engine/waitlist.", "store/database"),
    *("store/queries/batch", "store/queries/lending", "workers/expirer", "workers/waitlist"),
)
"""Where the simulation runs what stands there. Of statements it reads the clock and the locks."""


class Trial(NamedTuple):
    """What came of one planting."""

    defect: Defect
    noticed_by: tuple[str, ...]
    """Tests that failed; none if the defect was missed."""
    broken: str | None
    """Why nothing can be said about it, if so."""
    seconds: float

    @property
    def outcome(self) -> str:
        return "broken" if self.broken else "noticed" if self.noticed_by else "missed"


def main(arguments: Sequence[str] | None = None) -> int:
    """Plant the defects that are asked for, and report."""
    options = _options(arguments)
    wanted = chosen(options.names)
    if options.with_simulation:
        wanted = [defect for defect in wanted if defect.file.startswith(SIMULATED)]
    if not wanted:
        print("No defect has such a name.", file=sys.stderr)
        return 2
    whence = origin()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="firmhold-planting-") as folder:
        # Run by root, the database's own account must be able to pass through.
        Path(folder).chmod(0o755)
        trials = []
        for trial in _tried(
            Field(Path(folder), alone=options.with_simulation), wanted, options.jobs
        ):
            trials.append(trial)
            print(_line(trial, len(trials), len(wanted)), flush=True)
            report = summary(trials, time.monotonic() - started)
            if options.json:
                told = {"origin": whence, **report}
                options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"{report['noticed']} of {report['planted']} planted defects noticed.")
    need_not_find = set(ALL) - set(DEFECTS_OF_SCHEDULES) if options.with_simulation else set()
    missed = {trial.defect for trial in trials if trial.outcome != "noticed"}
    return 1 if missed - need_not_find or any(trial.broken for trial in trials) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.plantings.plant")
    parser.add_argument("names", nargs="*", metavar="part of a name", help="plant these alone")
    parser.add_argument(
        "--with-simulation", action="store_true", help="whether the simulation alone notices"
    )
    parser.add_argument("--jobs", type=int, default=1, help="how many are tried at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what came of each")
    return parser.parse_args(arguments)


def chosen(names: Sequence[str]) -> list[Defect]:
    """The defects whose names have one of these parts; all of them if no part is given."""
    return [d for d in ALL if not names or any(part in d.name for part in names)]


class Field:
    """Where defects are planted, and what is known of the tests without any."""

    def __init__(self, folder: Path, *, alone: bool) -> None:
        """`alone`: whether the simulation has to notice, and no test."""
        self._trees = Trees(folder)
        self._alone = alone
        self._pass: set[tuple[str, ...]] = set()
        """Tests that were seen to."""
        self._guard = Lock()
        self._turns: dict[tuple[str, ...], Lock] = defaultdict(Lock)

    def plant(self, defect: Defect) -> Trial:
        """See the tests pass, and then whether they notice."""
        failed: tuple[str, ...] = ()
        broken = None
        started = time.monotonic()
        try:
            self._see_them_pass(() if self._alone else defect.tests)
            started = time.monotonic()
            failed = self._noticing(defect)
        except RuntimeError as error:
            broken = str(error)
        return Trial(defect, failed, broken, time.monotonic() - started)

    def _noticing(self, defect: Defect) -> tuple[str, ...]:
        if not self._alone:
            return self._trees.run(defect.tests, defect)
        return ("the simulation",) if self._trees.simulate(defect) else ()

    def _see_them_pass(self, tests: tuple[str, ...]) -> None:
        """Once. What fails on a busy machine may pass a second time, and is named."""
        with self._guard:
            turn = self._turns[tests]
        with turn:
            if tests in self._pass:
                return
            if self._alone and self._trees.simulate():
                raise RuntimeError("the simulation finds something with nothing planted")
            for failed in () if self._alone else self._trees.run(tests):
                print(f"Fails with nothing planted: {failed}. Once more, by itself.", flush=True)
                if self._trees.run((failed,)):
                    raise RuntimeError(f"fails with nothing planted: {failed}")
            self._pass.add(tests)


def _tried(field: Field, defects: Sequence[Defect], jobs: int) -> Iterator[Trial]:
    """So many at a time; what is done first comes first."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(field.plant, defect) for defect in defects]
        for future in as_completed(futures):
            yield future.result()


def _line(trial: Trial, number: int, count: int) -> str:
    word = trial.outcome if trial.outcome == "noticed" else trial.outcome.upper()
    line = f"{number:>3}/{count}  {word:<7}  {trial.seconds:5.1f} s  {trial.defect.name}"
    return f"{line}\n{trial.broken}" if trial.broken else line


def summary(trials: Sequence[Trial], seconds: float) -> dict[str, object]:
    """The whole run in JSON's types: counts first, then each trial, in the order of the lists."""
    place = {defect.name: number for number, defect in enumerate(ALL)}
    return {
        "planted": len(trials),
        "noticed": sum(trial.outcome == "noticed" for trial in trials),
        "missed": [trial.defect.name for trial in trials if trial.outcome == "missed"],
        "broken": [trial.defect.name for trial in trials if trial.outcome == "broken"],
        "seconds": round(seconds, 1),
        "defects": [
            {
                "name": trial.defect.name,
                "file": trial.defect.file,
                "tests": list(trial.defect.tests),
                "outcome": trial.outcome,
                "noticed_by": list(trial.noticed_by),
                "seconds": round(trial.seconds, 1),
            }
            for trial in sorted(trials, key=lambda trial: place[trial.defect.name])
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
