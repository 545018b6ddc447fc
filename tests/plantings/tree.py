"""Copies of the checkout in which tests run, with a defect planted or without.

Never touches the checkout itself. All copies are made of one, taken at the start.
"""

from __future__ import annotations

import compileall
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.plantings.defects import Defect

ROOT = Path(__file__).parents[2]
PARTS = ("src", "tests", "bench", "pyproject.toml")
LONGEST = 1800
"""Seconds for the tests of one planting; many times what they take. A test that hangs is no test
that fails."""

PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-header", "-rfE"]

RANDOM_MODEL = "tests/unit/test_model.py"
"""The tables of cases have to notice by themselves: the random model finds most of this too, but
takes its time to find the smallest example."""

SIMULATION = [
    *(sys.executable, "-m", "tests.simulation.run"),
    *("--seed", "0", "--schedules", "4800", "--processes", "1"),
]

_FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


class Trees:
    """Copies of the checkout below one folder."""

    def __init__(self, folder: Path, checkout: Path = ROOT) -> None:
        self._folder = folder
        self._clean = folder / "clean"
        self._clean.mkdir()
        leave_out = shutil.ignore_patterns("__pycache__", "results", ".hypothesis")
        for part in PARTS:
            source = checkout / part
            if source.is_dir():
                shutil.copytree(source, self._clean / part, ignore=leave_out)
            else:
                shutil.copy2(source, self._clean)

        compileall.compile_dir(self._clean / "src", quiet=2)

    def run(self, tests: Sequence[str], defect: Defect | None = None) -> tuple[str, ...]:
        """The tests that fail; with a defect planted, the first one is enough. Raises if it cannot
        be planted, if a test that is to notice it does not exist, or if they cannot be run."""
        name = defect.name if defect else "nothing planted"
        if missing := [test for test in tests if not (self._clean / test.split("::")[0]).exists()]:
            raise RuntimeError(f"{name}: there is no {', '.join(missing)}")
        with self._copy(defect) as root:
            options = () if defect is None else ("-x",)
            done = _done(name, root, [*PYTEST, *options, *self._files(tests)])
        failed = tuple(_FAILED.findall(done.stdout))
        if bool(failed) != (done.returncode == 1):
            raise RuntimeError(f"{name}: cannot tell which tests fail\n{done.stdout}")
        return failed

    def simulate(self, defect: Defect | None = None) -> bool:
        """Whether the simulation alone finds a violation, in a fixed number of schedules. Raises if
        the defect cannot be planted, or if the simulation cannot be run."""
        name = defect.name if defect else "nothing planted"
        with self._copy(defect) as root:
            return _done(name, root, SIMULATION).returncode == 1

    @contextmanager
    def _copy(self, defect: Defect | None) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder) as copied:
            root = Path(copied)
            root.chmod(0o755)
            # With the times of its files, by which compiled files are known to be good.
            shutil.copytree(self._clean, root, dirs_exist_ok=True)
            if defect is not None:
                plant(defect, root / "src" / "firmhold" / defect.file)
            yield root

    def _files(self, tests: Sequence[str]) -> list[str]:
        """The tests with the files of each folder in its place: those that stand in it directly,
        since what has a folder of its own within it is about something else."""
        return [
            file
            for test in tests
            for file in (
                sorted(
                    found.relative_to(self._clean).as_posix()
                    for found in (self._clean / test).glob("test_*.py")
                )
                if (self._clean / test).is_dir()
                else [test]
            )
            if file != RANDOM_MODEL
        ]


def _done(name: str, root: Path, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """The command at its end: with 0 if it found nothing, with 1 if it did."""
    try:
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root / "src")},
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"{name}: not at its end after {LONGEST} seconds") from error
    # Anything else says that the run itself was broken.
    if done.returncode not in {0, 1}:
        said = f"{done.stdout}\n{done.stderr}"
        raise RuntimeError(f"{name}: {command[2]} ended with {done.returncode}\n{said}")
    return done


def plant(defect: Defect, file: Path) -> None:
    """Make the edit, exactly once."""
    text = file.read_text(encoding="utf-8")
    if (found := text.count(defect.old)) != 1:
        raise RuntimeError(f"{defect.name}: the place to edit occurs {found} times in {file.name}")
    file.write_text(text.replace(defect.old, defect.new), encoding="utf-8")
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
