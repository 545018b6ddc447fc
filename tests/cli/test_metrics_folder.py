"""Where the processes of one server count: a folder for as long as one of them lives."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from firmhold.cli.metrics_folder import metrics_folder

OWNER = """
import os, subprocess, sys
from firmhold.cli.metrics_folder import metrics_folder

with metrics_folder() as folder:
    if "worker" in sys.argv:
        command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
        subprocess.Popen(command, pass_fds=[folder.lock])
    print(folder.path, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary things, here and in the processes that are started."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def owner(*more: str) -> tuple[subprocess.Popen[str], Path]:
    """A process with a folder in which something was counted."""
    command = [sys.executable, "-c", OWNER, *more]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    (folder / "counter_1.db").write_bytes(b"5")
    return process, folder


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def end(process: subprocess.Popen[str]) -> None:
    """Let whoever reads its standard input, it or its child, go home."""
    assert process.stdin is not None
    process.stdin.close()


def test_a_folder_is_gone_with_whoever_had_it(temporary: Path) -> None:
    with metrics_folder() as folder:
        assert Path(folder.path).parent == temporary
    assert not Path(folder.path).exists()


def test_the_folder_of_one_that_was_killed_is_removed_by_the_next() -> None:
    process, folder = owner()
    kill(process)
    assert folder.exists()
    with metrics_folder():
        assert not folder.exists()
    end(process)


def test_a_folder_stays_while_its_owner_lives() -> None:
    process, folder = owner()
    with metrics_folder():
        assert (folder / "counter_1.db").exists()
    end(process)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()
    assert not folder.exists()


def test_a_folder_stays_while_a_worker_of_a_killed_owner_lives() -> None:
    process, folder = owner("worker")
    kill(process)
    with metrics_folder():
        assert (folder / "counter_1.db").exists()
    end(process)


def test_a_folder_that_is_only_being_made_or_is_a_link_elsewhere_stays(temporary: Path) -> None:
    new, elsewhere = temporary / "firmhold-metrics-new", temporary / "elsewhere"
    new.mkdir()
    elsewhere.mkdir()
    (elsewhere / "in-use").touch()
    os.symlink(elsewhere, temporary / "firmhold-metrics-link")
    with metrics_folder():
        assert new.exists()
        assert (elsewhere / "in-use").exists()
