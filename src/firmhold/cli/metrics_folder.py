"""Where the processes of one server keep what they count, so that any of them can tell the sum.

Owns that folder's life. It is locked for as long as one of the processes lives, because a killed
supervisor cannot clear up behind itself: the next one to start does, here as for any other server
of the same user. Never touches a folder that is in use.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_PREFIX = "firmhold-metrics-"

_LOCK = "in-use"


class MetricsFolder(NamedTuple):
    """A folder, and the descriptor of its lock: whoever inherits that keeps the folder in use."""

    path: str
    lock: int


@contextmanager
def metrics_folder() -> Iterator[MetricsFolder]:
    """A folder of one's own; those that dead processes have left behind are removed first."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as path:
        lock = _locked(Path(path))
        try:
            yield MetricsFolder(path, lock)
        finally:
            os.close(lock)


def _locked(folder: Path) -> int:
    """The descriptor of the folder's lock, which nobody has seen without being locked."""
    fresh = folder / f"{_LOCK}.new"
    lock = os.open(fresh, os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    fresh.rename(folder / _LOCK)
    return lock


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{_PREFIX}*"):
        # What cannot be looked at is somebody else's, or has just been removed by somebody else.
        with contextlib.suppress(OSError):
            if folder.lstat().st_uid == os.getuid() and _is_abandoned(folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    """Whether nobody holds the lock. A folder that has none yet is only just being made."""
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
