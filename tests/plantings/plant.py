"""Plants each defect in a copy of the source and runs the tests that should notice.

    python -m tests.plantings.plant [part of a name …]

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
from tests.plantings.defects_of_time import DEFECTS_OF_TIME

ROOT = Path(__file__).parents[2]
PYTEST = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--no-header"]
# The tables of cases have to notice by themselves: the random model finds most of this too, but
# takes its time to find the smallest example.
PYTEST += ["--ignore=tests/unit/test_model.py"]


def main() -> int:
    """Plant them one after the other, and report."""
    wanted = [
        defect
        for defect in (*DEFECTS, *DEFECTS_OF_TIME, *DEFECTS_OF_FILES, *DEFECTS_OF_DOORS)
        if not sys.argv[1:] or any(part in defect.name for part in sys.argv[1:])
    ]
    for tests in dict.fromkeys(defect.tests for defect in wanted):
        if fails(tests, None):
            raise RuntimeError(f"{', '.join(tests)}: fails with nothing planted")
    missed = []
    for number, defect in enumerate(wanted, 1):
        started = time.monotonic()
        noticed = fails(defect.tests, defect)
        print(
            f"{number:>3}/{len(wanted)}  {'noticed' if noticed else 'MISSED '}  "
            f"{time.monotonic() - started:5.1f} s  {defect.name}",
            flush=True,
        )
        if not noticed:
            missed.append(defect)
    print(f"{len(wanted) - len(missed)} of {len(wanted)} planted defects noticed.")
    return 1 if missed else 0


def fails(tests: tuple[str, ...], defect: Defect | None) -> bool:
    """Whether one of the tests fails with the defect planted. Raises if it cannot be planted, or if
    a test that is to notice it does not exist."""
    name = defect.name if defect else "nothing planted"
    if missing := [test for test in tests if not (ROOT / test.split("::")[0]).exists()]:
        raise RuntimeError(f"{name}: there is no {', '.join(missing)}")
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
            [*PYTEST, *tests],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root / "src")},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
    # 1 is "tests failed". Anything else says that the run itself was broken.
    if done.returncode not in {0, 1}:
        raise RuntimeError(f"{name}: pytest ended with {done.returncode}\n{done.stdout}")
    return done.returncode == 1


def plant(defect: Defect, file: Path) -> None:
    """Make the edit, exactly once."""
    text = file.read_text(encoding="utf-8")
    if (found := text.count(defect.old)) != 1:
        raise RuntimeError(f"{defect.name}: the place to edit occurs {found} times in {file.name}")
    file.write_text(text.replace(defect.old, defect.new), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
