"""Plants each defect in a copy of the source and runs the tests that should notice.

    python -m tests.plantings.plant [part of a name …]
    python -m tests.plantings.plant --with-simulation [part of a name …]

The second asks of what lies in the simulation's reach whether it alone would notice, by running a
fixed number of its schedules; only of `DEFECTS_OF_SCHEDULES` it has to find each.

First the same tests run with nothing planted, and have to pass: a test that fails anyhow notices
nothing. Exits with 0 only if every defect was noticed. Nothing in the checkout is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.plantings.defects import DEFECTS, Defect
from tests.plantings.defects_of_doors import DEFECTS_OF_DOORS
from tests.plantings.defects_of_files import DEFECTS_OF_FILES
from tests.plantings.defects_of_models import DEFECTS_OF_MODELS
from tests.plantings.defects_of_schedules import DEFECTS_OF_SCHEDULES
from tests.plantings.defects_of_time import DEFECTS_OF_TIME

ALL = (
    *DEFECTS,
    *DEFECTS_OF_TIME,
    *DEFECTS_OF_FILES,
    *DEFECTS_OF_DOORS,
    *DEFECTS_OF_SCHEDULES,
    *DEFECTS_OF_MODELS,
)

ROOT = Path(__file__).parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"]
# The tables of cases have to notice by themselves: the random model finds most of this too, but
# takes its time to find the smallest example.
PYTEST += ["--ignore=tests/unit/test_model.py"]


SIMULATION = [
    *(sys.executable, "-m", "tests.simulation.run"),
    *("--seed", "0", "--schedules", "4800", "--processes", "1"),
]
SIMULATED = (
    *("domain/", "engine/answers", "engine/batch", "engine/customers", "engine/engine"),
    *("engine/faults", "engine/flight", "engine/lanes", "engine/lending", "engine/lookup"),
    *("engine/rows", "engine/ticket", "engine/transaction", "engine/waitlist.", "store/database"),
    *("store/queries/batch", "store/queries/lending", "workers/expirer", "workers/waitlist"),
)
"""Where the simulation runs what stands there. Of statements it reads the clock and the locks."""


def main() -> int:
    """Plant them one after the other, and report."""
    names = [name for name in sys.argv[1:] if name != "--with-simulation"]
    alone = len(names) < len(sys.argv[1:])
    wanted = [
        defect
        for defect in ALL
        if (not names or any(part in defect.name for part in names))
        and (not alone or defect.file.startswith(SIMULATED))
    ]
    notices = simulation_finds if alone else lambda defect: fails(defect.tests, defect)
    for tests in () if alone else dict.fromkeys(defect.tests for defect in wanted):
        if fails(tests, None):
            raise RuntimeError(f"{', '.join(tests)}: fails with nothing planted")
    if alone and simulation_finds(None):
        raise RuntimeError("the simulation finds something with nothing planted")
    missed = []
    for number, defect in enumerate(wanted, 1):
        started = time.monotonic()
        noticed = notices(defect)
        print(
            f"{number:>3}/{len(wanted)}  {'noticed' if noticed else 'MISSED '}  "
            f"{time.monotonic() - started:5.1f} s  {defect.name}",
            flush=True,
        )
        if not noticed:
            missed.append(defect)
    print(f"{len(wanted) - len(missed)} of {len(wanted)} planted defects noticed.")
    if alone:
        missed = [defect for defect in missed if defect in DEFECTS_OF_SCHEDULES]
    return 1 if missed else 0


def fails(tests: tuple[str, ...], defect: Defect | None) -> bool:
    """Whether one of the tests fails with the defect planted. Raises if it cannot be planted, or if
    a test that is to notice it does not exist."""
    if missing := [test for test in tests if not (ROOT / test.split("::")[0]).exists()]:
        raise RuntimeError(f"{_name(defect)}: there is no {', '.join(missing)}")
    return _run([*PYTEST, *tests], defect)


def simulation_finds(defect: Defect | None) -> bool:
    """Whether the simulation finds a violation with the defect planted."""
    return _run(SIMULATION, defect)


def _name(defect: Defect | None) -> str:
    return defect.name if defect else "nothing planted"


def _run(command: list[str], defect: Defect | None) -> bool:
    """Whether the command ends with 1 in a copy of the source with the defect planted."""
    with tempfile.TemporaryDirectory(prefix="firmhold-planting-") as folder:
        root = Path(folder)
        # Run by root, the database's own account must be able to pass through.
        root.chmod(0o755)
        for part in ("src", "tests"):
            shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", root)
        shutil.copytree(ROOT / "bench", root / "bench", ignore=shutil.ignore_patterns("results"))
        if defect is not None:
            plant(defect, root / "src" / "firmhold" / defect.file)
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root / "src")},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    # 1 is "tests failed". Anything else says that the run itself was broken.
    if done.returncode not in {0, 1}:
        output = f"{done.stdout}\n{done.stderr}"
        raise RuntimeError(f"{_name(defect)}: {command[2]} ended with {done.returncode}\n{output}")
    return done.returncode == 1


def plant(defect: Defect, file: Path) -> None:
    """Make the edit, exactly once."""
    text = file.read_text(encoding="utf-8")
    if (found := text.count(defect.old)) != 1:
        raise RuntimeError(f"{defect.name}: the place to edit occurs {found} times in {file.name}")
    file.write_text(text.replace(defect.old, defect.new), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
