"""Fixtures of the tests that start servers of their own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place for a server's data."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    folder.chmod(0o755)  # run by root, PostgreSQL's own account has to pass through
    yield folder
    shutil.rmtree(folder)
