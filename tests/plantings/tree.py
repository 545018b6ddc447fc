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
from collections.abc import Collection, Iterator, Sequence
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

_FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)
_NOT_RUN = re.compile(r"^ERROR (.+?)(?: - .*)?$", re.MULTILINE)
"""Tests of which what they need has failed, and not what they ask."""
_VIOLATED = re.compile(r"^Violated: ", re.MULTILINE)


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

    def run(
        self, test: str, defect: Defect | None = None, *, but: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """The tests that fail there, leaving some out; with a defect planted, the first one is
        enough, and it has to be the test itself that fails. Raises if the defect cannot be planted,
        if there is no such test, or if it cannot be run."""
        name = _name(defect)
        if not (self._clean / test.partition("::")[0]).exists():
            raise RuntimeError(f"{name}: there is no {test}")
        with self._copy(defect) as root:
            options = [f"--deselect={it}" for it in but]
            if defect is not None:
                options.append("-x")
            # 5: there is none, once some are left out.
            codes = {0, 1, 5} if but else {0, 1}
            done = _done(name, root, [*PYTEST, *options, *self._files(test)], codes)
        failed = tuple(_FAILED.findall(done.stdout))
        if defect is None:
            failed += tuple(_NOT_RUN.findall(done.stdout))
        if bool(failed) != (done.returncode == 1):
            raise RuntimeError(f"{name}: cannot tell which tests fail\n{done.stdout}")
        return failed

    def simulate(self, defect: Defect | None = None) -> bool:
        """Whether the simulation alone finds a violation, in a fixed number of schedules. Raises if
        the defect cannot be planted, or if the simulation cannot be run: 1 is also what Python ends
        with after an error that nobody has caught."""
        name = _name(defect)
        with self._copy(defect) as root:
            done = _done(name, root, SIMULATION)
        violated = _VIOLATED.search(done.stdout) is not None
        if violated != (done.returncode == 1):
            raise _broken(name, SIMULATION, done)
        return violated

    @contextmanager
    def _copy(self, defect: Defect | None) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self._folder) as copied:
            root = Path(copied)
            root.chmod(0o755)
            # With the times of its files, by which compiled files are known to be good.
            shutil.copytree(self._clean, root, dirs_exist_ok=True)
            if defect is not None:
                plant(defect, root)
            yield root

    def _files(self, test: str) -> list[str]:
        """Of a folder the files that stand in it directly, since what has a folder of its own
        within it is about something else."""
        if not (self._clean / test).is_dir():
            return [test]
        found = (self._clean / test).glob("test_*.py")
        files = sorted(file.relative_to(self._clean).as_posix() for file in found)
        return [file for file in files if file != RANDOM_MODEL]


def _name(defect: Defect | None) -> str:
    return defect.name if defect else "nothing planted"


def _done(
    name: str, root: Path, command: Sequence[str], codes: Collection[int] = (0, 1)
) -> subprocess.CompletedProcess[str]:
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
    if done.returncode not in codes:
        raise _broken(name, command, done)
    return done


def _broken(
    name: str, command: Sequence[str], done: subprocess.CompletedProcess[str]
) -> RuntimeError:
    said = f"{done.stdout}\n{done.stderr}"
    return RuntimeError(f"{name}: {command[2]} ended with {done.returncode}\n{said}")


def planted_text(defect: Defect, checkout: Path = ROOT) -> tuple[str, str]:
    """The defect's file, without it and with it: the edit has to apply exactly once."""
    text = (checkout / "src" / "firmhold" / defect.file).read_text(encoding="utf-8")
    if (found := text.count(defect.old)) != 1:
        raise RuntimeError(
            f"{defect.name}: the place to edit occurs {found} times in {defect.file}"
        )
    return text, text.replace(defect.old, defect.new)


def plant(defect: Defect, checkout: Path) -> None:
    """Make the edit."""
    file = checkout / "src" / "firmhold" / defect.file
    file.write_text(planted_text(defect, checkout)[1], encoding="utf-8")
    for compiled in (file.parent / "__pycache__").glob(f"{file.stem}.*.pyc"):
        compiled.unlink()
