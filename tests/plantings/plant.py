"""Plants each defect in a copy of the source and runs the tests that should notice.

    python -m tests.plantings.plant [--jobs N] [--json FILE] [part of a name …]
    python -m tests.plantings.plant --with-simulation [part of a name …]

The second asks of what lies in the simulation's reach whether it alone would notice, by running a
fixed number of its schedules; it has to find those whose tests are the simulation's.

Before, the same tests run with nothing planted, and have to pass: a test that fails anyhow notices
nothing. The test that then fails is run twice more, with the defect, where it has to fail again,
and without, where it has to pass: one that fails by chance is left out, and the others are asked.

Exits with 0 only if every defect was noticed by each of its tests, and nothing was broken. Nothing
in the checkout is touched, and what is changed in it meanwhile changes nothing here.
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
from tests.plantings.defects import DEFECTS, SIMULATION, Defect
from tests.plantings.defects_of_access import DEFECTS_OF_ACCESS
from tests.plantings.defects_of_doors import DEFECTS_OF_DOORS
from tests.plantings.defects_of_files import DEFECTS_OF_FILES
from tests.plantings.defects_of_graphql import DEFECTS_OF_GRAPHQL
from tests.plantings.defects_of_guarding import DEFECTS_OF_GUARDING
from tests.plantings.defects_of_limits import DEFECTS_OF_LIMITS
from tests.plantings.defects_of_live import DEFECTS_OF_LIVE
from tests.plantings.defects_of_models import DEFECTS_OF_MODELS
from tests.plantings.defects_of_notices import DEFECTS_OF_NOTICES
from tests.plantings.defects_of_oidc import DEFECTS_OF_OIDC
from tests.plantings.defects_of_schedules import DEFECTS_OF_SCHEDULES
from tests.plantings.defects_of_seeing import DEFECTS_OF_SEEING
from tests.plantings.defects_of_tenants import DEFECTS_OF_TENANTS
from tests.plantings.defects_of_time import DEFECTS_OF_TIME
from tests.plantings.published import DEFECTS_PUBLISHED
from tests.plantings.tree import Trees

ALL: tuple[Defect, ...] = (
    *DEFECTS,
    *DEFECTS_OF_TIME,
    *DEFECTS_OF_FILES,
    *DEFECTS_OF_ACCESS,
    *DEFECTS_OF_LIMITS,
    *DEFECTS_OF_TENANTS,
    *DEFECTS_OF_OIDC,
    *DEFECTS_OF_DOORS,
    *DEFECTS_OF_GRAPHQL,
    *DEFECTS_OF_GUARDING,
    *DEFECTS_OF_LIVE,
    *DEFECTS_OF_SEEING,
    *DEFECTS_OF_NOTICES,
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

ALONE = "the simulation"


class Trial(NamedTuple):
    """What came of one planting."""

    defect: Defect
    noticed_by: tuple[str, ...]
    """Tests that failed."""
    missed_by: tuple[str, ...]
    """Those of its tests that should have."""
    broken: str | None
    """Why nothing can be said about it, if so."""
    seconds: float

    @property
    def outcome(self) -> str:
        if self.broken or self.missed_by:
            return "broken" if self.broken else "missed"
        return "noticed" if self.noticed_by else "left to others"


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
            Field(Trees(Path(folder)), alone=options.with_simulation), wanted, options.jobs
        ):
            trials.append(trial)
            print(_line(trial, len(trials), len(wanted)), flush=True)
            report = summary(trials, time.monotonic() - started)
            if options.json:
                told = {"origin": whence, **report}
                options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(f"{report['noticed']} of {report['planted']} planted defects noticed.")
    return 1 if report["missed"] or report["broken"] else 0


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

    def __init__(self, trees: Trees, *, alone: bool) -> None:
        """`alone`: whether the simulation has to notice, and no test."""
        self._trees = trees
        self._alone = alone
        self._pass: set[str] = set()
        """Tests that were seen to."""
        self._guard = Lock()
        self._turns: dict[str, Lock] = defaultdict(Lock)

    def plant(self, defect: Defect) -> Trial:
        """See the tests pass, and then whether each of them notices."""
        noticed: list[str] = []
        missed: list[str] = []
        broken = None
        started = time.monotonic()
        tests = (ALONE,) if self._alone else defect.tests
        try:
            for test in tests:
                self._see_it_pass(test)
            started = time.monotonic()
            for test in tests:
                if by := self._noticing(test, defect):
                    noticed.append(by)
                elif not self._alone or SIMULATION in defect.tests:
                    missed.append(test)
        except RuntimeError as error:
            broken = str(error)
        return Trial(defect, (*noticed,), (*missed,), broken, time.monotonic() - started)

    def _noticing(self, test: str, defect: Defect) -> str | None:
        """Who fails there because of the defect."""
        if self._alone:
            return ALONE if self._trees.simulate(defect) else None
        by_chance: list[str] = []
        while test not in by_chance and (failed := self._trees.run(test, defect, but=by_chance)):
            if self._trees.run(failed[0], defect) and not self._trees.run(failed[0]):
                return failed[0]
            print(f"Fails by chance: {failed[0]}", flush=True)
            by_chance.append(failed[0])
        return None

    def _see_it_pass(self, test: str) -> None:
        """Once. What fails on a busy machine may pass a second time, and is named."""
        with self._guard:
            turn = self._turns[test]
        with turn:
            if test in self._pass:
                return
            if self._alone and self._trees.simulate():
                raise RuntimeError("the simulation finds something with nothing planted")
            for failed in () if self._alone else self._trees.run(test):
                print(f"Fails with nothing planted: {failed}. Once more, by itself.", flush=True)
                if self._trees.run(failed):
                    raise RuntimeError(f"fails with nothing planted: {failed}")
            self._pass.add(test)


def _tried(field: Field, defects: Sequence[Defect], jobs: int) -> Iterator[Trial]:
    """So many at a time; what is done first comes first."""
    with ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(field.plant, defect) for defect in defects]
        for future in as_completed(futures):
            yield future.result()


def _line(trial: Trial, number: int, count: int) -> str:
    word = trial.outcome if trial.outcome == "noticed" else trial.outcome.upper()
    line = f"{number:>3}/{count}  {word:<7}  {trial.seconds:5.1f} s  {trial.defect.name}"
    missed = "".join(f"\n{'':<25}not by {test}" for test in trial.missed_by)
    return f"{line}{missed}\n{trial.broken}" if trial.broken else f"{line}{missed}"


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
                "missed_by": list(trial.missed_by),
                "broken": trial.broken,
                "seconds": round(trial.seconds, 1),
            }
            for trial in sorted(trials, key=lambda trial: place[trial.defect.name])
        ],
    }


if __name__ == "__main__":
    sys.exit(main())
