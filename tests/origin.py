"""Where a report comes from: the command, the date, the commit and the machine.

Every run that writes a report with `--json` asks as it begins, because the tree may be changed
before it ends. A figure whose origin is not told can be repeated by nobody.
"""

from __future__ import annotations

import shlex
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.machine import machine

ROOT = Path(__file__).parents[1]

WHAT_RUNS = ("src", "tests", "bench", "pyproject.toml", "requirements", "Makefile")
"""What makes a tree another than its commit. Reports and pages do not."""


def origin() -> dict[str, Any]:
    """Of what runs now, in JSON's types; `commit` is None outside of a repository."""
    return {
        "command": shlex.join(["python", *sys.orig_argv[1:]]),
        "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(ROOT),
        "machine": machine(),
    }


def commit(root: Path) -> str | None:
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
