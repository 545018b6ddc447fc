"""A report says where it comes from, and of which commit it is not quite."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.origin import commit, origin


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """With one commit."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "engine.py").write_text("one\n")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "-c", "user.name=Ada", "-c", "user.email=ada@localhost", "commit", "-qm", "One")
    return tmp_path


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_tree_as_it_was_committed_is_told_by_its_commit(repository: Path) -> None:
    assert commit(repository) == git(repository, "rev-parse", "HEAD")[:12]


@pytest.mark.parametrize("file", ["engine.py", "new.py"])
def test_a_tree_that_has_been_changed_since_says_so(repository: Path, file: str) -> None:
    (repository / "src" / file).write_text("two\n")
    assert commit(repository) == git(repository, "rev-parse", "HEAD")[:12] + "+"


def test_a_report_that_is_kept_does_not_change_what_runs(repository: Path) -> None:
    (repository / "docs").mkdir()
    (repository / "docs" / "report.json").write_text("{}\n")
    assert commit(repository) == git(repository, "rev-parse", "HEAD")[:12]


def test_outside_of_a_repository_no_commit_is_claimed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit(tmp_path) is None


def test_an_origin_has_all_that_it_takes_to_do_it_again() -> None:
    told = origin()
    assert told["command"].startswith("python ")
    assert set(told) == {"command", "date", "commit", "machine"}
    assert {"cpu", "cores", "memory_gb", "python"} <= set(told["machine"])
