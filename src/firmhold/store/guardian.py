"""The process that owns one embedded PostgreSQL: starts it, restarts it, ends it after last use.

It is its own small process because nothing else can promise to act after ``kill -9``. Whoever uses
the server holds a shared kernel lock on the users file; the guardian waits for the exclusive one.
When the kernel grants it, the last user is gone, however it went, and the server is shut down. The
exclusive lock is kept until then, so that newcomers wait and start afresh.

Runs as a plain file (``python -I -S guardian.py ORDERS``) and imports a few standard modules only:
it starts in milliseconds and cannot be broken by the application's environment. It must never
import the rest of Firmhold, hold a users lock of its own, or write outside the data directory.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import fcntl

USERS_LOCK = "postgres.users.lock"  # shared: one per user; exclusive: the server is going down
START_LOCK = "postgres.start.lock"  # exclusive: one process prepares, starts or leaves at a time
DUTY_LOCK = "postgres.guardian.lock"  # exclusive: a guardian lives, and its id is in the file
CLUSTER = "postgres"
LOG = "postgres.log"

GAVE_UP = b"gave up"  # in the duty file: another guardian would fare no better
ALREADY_GUARDED = 3  # exit status: another guardian has this directory, which is just as good

_POLL = 0.01  # seconds; shorter than anything a person or a test notices
_DUTY_PATIENCE = 2.0  # seconds; those who only look hold the duty lock for microseconds
_LOG_LIMIT = 10_000_000  # bytes: days of trouble to read, twice that on the disk at most
_LOG_CHECK = 15.0  # seconds between looks at the log's size
_ORPHAN_PATIENCE = 10.0  # seconds for the kernel to finish a write that cannot be interrupted
_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>

# A fast shutdown ends sessions and writes a checkpoint, well below a second; 8 s allows for a slow
# disk. The immediate one needs crash recovery at the next start, but loses nothing either.
_SHUTDOWN = ((signal.SIGINT, 8.0), (getattr(signal, "SIGQUIT", 3), 5.0), (9, 5.0))

# Waits between starts that failed, 9 s in all: for a want of memory or disk that passes, and where
# orphans cannot be found (macOS), for them to leave ("shared memory block is still in use").
_RETRY_DELAYS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.0, 3.0)
_FIRST_RETRIES = 5  # a server that has never come up is likely misconfigured: say so in 3 s


class Orders(NamedTuple):
    """All a guardian needs to know; crosses the process boundary as one JSON argument."""

    data_dir: str
    command: list[str]
    socket_dir: str
    socket_dir_is_temporary: bool
    uid: int | None
    gid: int | None


class Postmaster(NamedTuple):
    """What ``postmaster.pid`` says. It may be stale: the server may have died without tidying."""

    pid: int
    socket_dir: str
    ready: bool


def read_postmaster(pgdata: Path) -> Postmaster | None:
    """Read ``postmaster.pid``; None when there is none or it is only half written."""
    try:
        lines = (pgdata / "postmaster.pid").read_text(errors="surrogateescape").split("\n")
        return Postmaster(int(lines[0]), lines[4], lines[7].strip() == "ready")
    except (OSError, ValueError, IndexError):
        return None


def is_postmaster(pid: int, pgdata: Path) -> bool:
    """Whether process `pid` is the server of `pgdata`, and not a stranger with a reused number."""
    program, line = _command_of(pid)
    return program == b"postgres" and os.fsencode(pgdata) in line


def _command_of(pid: int) -> tuple[bytes, bytes]:
    """Name of the program and its whole command line; both empty when gone or out of sight."""
    try:
        if Path("/proc/self/cmdline").exists():
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            program = line.split(b"\0", 1)[0]
        else:  # macOS; two questions, because a path may hold spaces
            ask = ["ps", "-ww", "-p", str(pid), "-o"]
            line = subprocess.run([*ask, "command="], capture_output=True, check=False).stdout
            program = subprocess.run([*ask, "comm="], capture_output=True, check=False).stdout
    except OSError:
        return b"", b""
    return os.path.basename(program.strip()), line


def _has_ended(pid: int) -> bool:
    """Whether a process is gone, or only waits for a parent that may never look (a container)."""
    if Path("/proc/self/stat").exists():
        try:
            state = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1]
        except OSError:
            state = b""
    else:
        ask = ["ps", "-p", str(pid), "-o", "stat="]
        state = subprocess.run(ask, capture_output=True, check=False).stdout.strip()[:1]
    return state in (b"", b"Z", b"X")


def stop_postmaster(pid: int, pgdata: Path) -> bool:
    """Shut down a server that is not our child; True when it is gone."""
    for number, patience in _SHUTDOWN:
        if not is_postmaster(pid, pgdata):
            # Its command line goes first, some time before the process.
            return _ends_within(pid, patience)
        os.kill(pid, number)
        if _ends_within(pid, patience):
            return True
    return False


def _ends_within(pid: int, patience: float) -> bool:
    return any(_has_ended(pid) for _ in ticks(patience))


def _orphans(pgdata: Path) -> list[int]:
    """Sessions and helpers of a server that is dead. Linux only; elsewhere the retries see to it.

    A server carries its own command line, also the single-user one of an administrator; only its
    children carry a title.
    """
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended meanwhile, or not ours to look at
            title = (entry / "cmdline").read_bytes()
            if title.startswith(b"postgres: ") and (entry / "cwd").readlink() == pgdata:
                found.append(int(entry.name))
    return found


def ticks(seconds: float) -> Iterator[None]:
    """Yield at once and then every poll interval until `seconds` have passed."""
    deadline = time.monotonic() + seconds
    yield
    while time.monotonic() < deadline:
        time.sleep(_POLL)
        yield


def try_lock(descriptor: int, mode: int, patience: float) -> bool:
    """Take a kernel lock within `patience` seconds; it lasts until released or process death."""
    for _ in ticks(patience):
        try:
            fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def _note(text: str) -> None:
    """One line into the server's log, which is this process's standard error."""
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    os.write(2, f"{now} UTC guardian [{os.getpid()}] {text}\n".encode())


class Guardian:
    """Starts the server and waits for one of two ends: the server's or that of its last user."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._pgdata = Path(orders.data_dir, CLUSTER)
        self._changed = threading.Condition()
        self._closing = False
        self._server: subprocess.Popen[bytes] | None = None
        self._users = os.open(Path(orders.data_dir, USERS_LOCK), os.O_RDWR)

    def run(self) -> bool:
        """Return when the server is down: True when unused, False when it cannot be started."""
        for job in (self._wait_for_last_user, self._keep_log_bounded):
            threading.Thread(target=job, daemon=True).start()
        failures, retries = 0, _FIRST_RETRIES
        while self._pgdata.exists() and (server := self._start()) is not None:
            status = server.wait()
            left = read_postmaster(self._pgdata)
            with self._changed:
                self._server = None
                self._changed.notify_all()
                if self._closing:
                    self._remove_temporary_socket_dir()
                    return True
                # Killed at work or told to end: begin counting anew. Only failed starts add up.
                was_ready = left is not None and left.ready and left.pid == server.pid
                failures = 1 if was_ready or status == 0 else failures + 1
                retries = len(_RETRY_DELAYS) if was_ready else retries
                if failures > retries:
                    _note("PostgreSQL does not start; giving up")
                    return False
                _note(f"PostgreSQL ended with status {status} while in use; starting it again")
                self._changed.wait_for(lambda: self._closing, _RETRY_DELAYS[failures - 1])
        return True

    def _start(self) -> subprocess.Popen[bytes] | None:
        """Start the server as a child of this thread; None when it is no longer wanted."""
        self._clear_the_way()
        with self._changed:
            if self._closing:
                return None
            self._server = subprocess.Popen(
                self._orders.command,
                stdin=subprocess.DEVNULL,
                cwd="/",  # certainly accessible; the server changes to its own directory
                user=self._orders.uid,
                group=self._orders.gid,
                extra_groups=None if self._orders.gid is None else [self._orders.gid],
                # Unsafe only where another thread holds a lock: ours sleep in the kernel.
                preexec_fn=_child_setup(),  # noqa: PLW1509
            )
            return self._server

    def _clear_the_way(self) -> None:
        """Remove what a killed server left behind and PostgreSQL itself would stumble over."""
        found = read_postmaster(self._pgdata)
        if found is not None:
            if is_postmaster(found.pid, self._pgdata):
                _note(f"stopping PostgreSQL [{found.pid}], which has lost its guardian")
                if not stop_postmaster(found.pid, self._pgdata):
                    return  # then the start fails on the lock file, and the retries decide
            if _has_ended(found.pid) or _command_of(found.pid)[0] not in (b"", b"postgres"):
                # A zombie, or another program that was given the number (after a restart of a
                # container): PostgreSQL takes either for a living server.
                (self._pgdata / "postmaster.pid").unlink(missing_ok=True)
            self._end_orphans()
        for stale in Path(self._orders.socket_dir).glob(".s.PGSQL.*"):
            stale.unlink(missing_ok=True)

    def _end_orphans(self) -> None:
        """Kill sessions that outlived their postmaster; they would keep a new one from starting."""
        orphans = _orphans(self._pgdata)
        for pid in orphans:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)  # crash recovery is due anyway
        for pid in orphans:
            if not _ends_within(pid, _ORPHAN_PATIENCE):
                _note(f"a session [{pid}] of the former server does not end")

    def _remove_temporary_socket_dir(self) -> None:
        if self._orders.socket_dir_is_temporary:
            with suppress(OSError):  # not empty after a hard end; the next start uses it again
                os.rmdir(self._orders.socket_dir)

    def _wait_for_last_user(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_EX)  # blocks, usually for the life of the application
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            for number, patience in _SHUTDOWN:
                if self._server is None:
                    return
                self._server.send_signal(number)
                self._changed.wait_for(lambda: self._server is None, patience)

    def _keep_log_bounded(self) -> None:
        """Move a large log aside by copying: the server holds the file open, and appends."""
        path = Path(self._orders.data_dir, LOG)
        while True:
            if os.fstat(2).st_size > _LOG_LIMIT:
                with suppress(OSError), path.open("rb") as log:  # a full disk: better lose it
                    log.seek(-_LOG_LIMIT, os.SEEK_END)
                    path.with_suffix(".log.1").write_bytes(log.read(_LOG_LIMIT))
                os.truncate(path, 0)
            time.sleep(_LOG_CHECK)


def _child_setup() -> Callable[[], None]:
    """Return what the child does last before it becomes PostgreSQL, privileges dropped already."""
    parent = os.getpid()
    prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None

    def setup() -> None:
        # Ignored signals survive exec: a shutdown in the first milliseconds would go unheard.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        if prctl is not None:
            # After the change of user, which clears it: a killed guardian takes the server along.
            prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return setup


def _take_duty(duty: int) -> bool:
    """Lock the duty file, against those who look whether it is locked but not against a rival."""
    for _ in ticks(_DUTY_PATIENCE):
        if try_lock(duty, fcntl.LOCK_EX, 0):
            return True
        if not try_lock(duty, fcntl.LOCK_SH, 0):
            return False  # who only looks shares the lock
    return False


def _sign(duty: int, text: bytes) -> None:
    os.ftruncate(duty, 0)
    os.pwrite(duty, text, 0)


def main(orders: Orders) -> int:
    """Go on duty in a process of its own; the first process ends as soon as the duty is taken."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # Ctrl-C and "kill" are for the users, not for us
    duty = os.open(Path(orders.data_dir, DUTY_LOCK), os.O_RDWR)
    if not _take_duty(duty):
        return ALREADY_GUARDED
    child = os.fork()  # the lock belongs to both; no child is left for the application to reap
    if child:
        _sign(duty, str(child).encode())
        os._exit(0)
    if not Guardian(orders).run():
        _sign(duty, GAVE_UP)
    os.close(duty)  # before the users lock, which the end of the process releases
    return 0


if __name__ == "__main__":
    sys.exit(main(Orders(**json.loads(sys.argv[1]))))
