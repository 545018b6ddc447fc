"""Owns: how a kept result came about: when, by which command, of which commit, on which machine."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.machine import machine

ROOT = Path(__file__).parents[1]
PACKAGES = ("asyncpg", "fastapi", "litestar", "msgspec", "redis", "uvicorn", "uvloop")

WHAT_RUNS = (
    *("src", "tests", "bench", "pyproject.toml", "requirements", "Makefile"),
    ":!bench/results",
)
"""What makes a tree another than its commit. Reports and pages do not."""


def now() -> str:
    """In UTC, as it can stand in a file's name."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H-%M-%SZ")


def command(module: str, arguments: Sequence[str]) -> str:
    """What to type to measure the same again."""
    return shlex.join([".venv/bin/python", "-m", module, *arguments])


def equipment() -> dict[str, str | float]:
    """The machine, with the versions of what is measured."""
    return {**machine(), **{name: version(name) for name in PACKAGES}}


def commit(root: Path = ROOT) -> str | None:
    """The commit that is checked out there, with a `+` if what runs has been changed since."""
    head = _git(root, "rev-parse", "--short=12", "HEAD")
    if head is None:
        return None
    return f"{head}+" if _git(root, "status", "--porcelain", "--", *WHAT_RUNS) else head


def _git(root: Path, *arguments: str) -> str | None:
    """What git says, or None if there is no git or nothing that it could say something about."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
