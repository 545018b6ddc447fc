"""The embedded PostgreSQL as its users see it: attach, connect, detach.

Owns the agreement between the processes of one data directory, made of kernel locks alone, so that
``kill -9`` of anybody at any moment needs no repair:

* the users lock, shared, is held by everyone attached; the guardian waits for the exclusive one;
* the start lock, exclusive, is held while looking, preparing and starting, and while leaving;
* the duty lock, exclusive, is held by the guardian for its life.

Never signals a server that somebody uses, never waits without bound, and never imports the
database driver: attaching comes before any connection. All of it blocks; call it in a thread.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from json import dumps
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from firmhold.store import account, cluster, guardian
from firmhold.store.binaries import PostgresUnavailable
from firmhold.store.guardian import CLUSTER, DUTY_LOCK, LOG, START_LOCK, USERS_LOCK

if sys.platform != "win32":
    import fcntl

__all__ = ["EmbeddedServer", "PostgresUnavailable", "default_data_dir"]

# Crash recovery replays at most max_wal_size (2 GB), about a minute on a slow disk; doubled.
_START_SECONDS = 120.0

# A guardian needs 8 + 5 + 5 s in the worst case to end a server that does not want to.
_SHUTDOWN_SECONDS = 20.0

# The promise of `detach`: a program that wants to end is not kept longer by a stubborn server.
_DETACH_SECONDS = 10.0

_SPAWN_SECONDS = 15.0  # an interpreter starts in 0.05 s, on a crowded machine in a few seconds
_ATTEMPTS = 3  # guardians lost while starting, by kill -9 or just leaving; one is rare already
_LOG_LINES = 12  # enough of the log to see the cause below the symptom


def default_data_dir(demo: bool = False) -> Path:
    """Where data goes when nobody says: the system's place for root, else the user's own."""
    name = "firmhold-demo" if demo else "firmhold"
    if sys.platform != "win32" and os.geteuid() == 0:
        return Path("/var/lib", name)
    base = os.environ.get("XDG_DATA_HOME", "")
    # The XDG specification has relative paths ignored.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".local" / "share") / name


class EmbeddedServer:
    """The PostgreSQL of one data directory: started when nobody runs it, joined when somebody does.

    Any number of processes may be attached at once. The server stops when the last one detaches or
    dies, and comes back by itself when it is killed; clients only have to reconnect.
    """

    dsn: str
    """For asyncpg: an unprivileged role that owns the database, over a private socket."""

    def __init__(self, data_dir: Path) -> None:
        """Open the lock files; use `attach`."""
        self.data_dir = data_dir
        self._pgdata = data_dir / CLUSTER
        self._process = os.getpid()
        self._start = self._open(START_LOCK)
        self._users = self._open(USERS_LOCK)
        self._duty = self._open(DUTY_LOCK)

    @classmethod
    def attach(cls, data_dir: Path) -> Self:
        """Start or join the server of `data_dir`; blocks until it answers.

        Raises `PostgresUnavailable` with a text for the operator.
        """
        if sys.platform == "win32":
            raise PostgresUnavailable(
                "The embedded PostgreSQL needs Linux or macOS. Set FIRMHOLD_DATABASE_URL to a "
                "PostgreSQL server of version 15 or newer."
            )
        path = account.open_data_dir(data_dir)
        try:
            server = cls(path)
        except PermissionError as error:
            raise PostgresUnavailable(
                f"The data directory {path} belongs to another user ({error.strerror}: "
                f"{error.filename}). Run as that user, or choose another --data-dir."
            ) from error
        try:
            server.revive()
        except (OSError, subprocess.SubprocessError) as error:
            server._close()
            raise PostgresUnavailable(f"PostgreSQL cannot be started in {path}: {error}") from error
        except BaseException:
            server._close()
            raise
        return server

    def revive(self) -> None:
        """Make sure that the server runs and answers; harmless and quick when it does.

        For the rare case that its guardian was killed or gave up: the guardian alone restarts a
        server that dies. Raises like `attach`.
        """
        self._lock(self._start, fcntl.LOCK_EX, _START_SECONDS, "another process is starting it")
        try:
            # Granted at once unless a server is just going down.
            self._lock(self._users, fcntl.LOCK_SH, _SHUTDOWN_SECONDS, "it does not shut down")
            found = None
            for _ in range(_ATTEMPTS):
                if not self._is_guarded():
                    self._start_guardian()
                found = self._wait_until_ready()
                if found is not None or self._signed() == guardian.GAVE_UP:
                    break
            if found is None:
                raise PostgresUnavailable(self._failure())
            host = quote(found.socket_dir, safe="")
            # The port, though the default, keeps PGPORT in the environment out of it.
            self.dsn = (
                f"postgresql://{cluster.ROLE}@/{cluster.ROLE}?host={host}&port={cluster.PORT}"
            )
        finally:
            fcntl.flock(self._start, fcntl.LOCK_UN)

    @property
    def pid(self) -> int:
        """Process id of the postmaster; another one after a restart."""
        found = guardian.read_postmaster(self._pgdata)
        if found is None:
            raise PostgresUnavailable(f"PostgreSQL is not running in {self.data_dir}")
        return found.pid

    def detach(self) -> None:
        """Stop using the server; the last user returns when it has shut down, or about 10 s later.

        Close all connections before. A second call does nothing, and so does one in a forked
        child: the lock belongs to its parent.
        """
        if self._users < 0:
            return
        if os.getpid() != self._process:
            self._close()
            return
        guardian_on_duty = self._signed()
        # One at a time, or two who leave together would each take the other for one who stays.
        guardian.try_lock(self._start, fcntl.LOCK_EX, _DETACH_SECONDS)
        last = self._release_users_lock()
        fcntl.flock(self._start, fcntl.LOCK_UN)
        if last:
            for _ in guardian.ticks(_DETACH_SECONDS):
                if not self._is_guarded() or self._signed() != guardian_on_duty:
                    break
            self._stop_unguarded()
        self._close()

    def _release_users_lock(self) -> bool:
        """Let go of the users lock, and tell whether nobody else held it."""
        # Exchanging the shared lock for the exclusive one fails while others share it, or when the
        # guardian was quicker; then not even a shared lock can be had.
        last = guardian.try_lock(self._users, fcntl.LOCK_EX, 0)
        if not last:
            last = not guardian.try_lock(self._users, fcntl.LOCK_SH, 0)
        fcntl.flock(self._users, fcntl.LOCK_UN)
        return last

    def _stop_unguarded(self) -> None:
        """End a server whose guardian was killed, where the kernel has not (macOS) or not yet."""
        # Who holds the start lock instead of us is a newcomer, and sees to it.
        if guardian.try_lock(self._start, fcntl.LOCK_EX, 0) and not self._is_guarded():
            found = guardian.read_postmaster(self._pgdata)
            if found is not None:
                guardian.stop_postmaster(found.pid, self._pgdata)

    def _start_guardian(self) -> None:
        """Prepare the cluster and put a guardian on duty, detached from us in every way."""
        runner = account.choose_account(self.data_dir)
        binaries = cluster.ready_cluster(self.data_dir, runner)
        sockets, temporary = cluster.socket_dir(self.data_dir, runner)
        orders = guardian.Orders(
            data_dir=str(self.data_dir),
            command=cluster.server_command(binaries, self._pgdata, sockets),
            socket_dir=str(sockets),
            socket_dir_is_temporary=temporary,
            uid=runner.uid,
            gid=runner.gid,
        )
        log = self._open(LOG, os.O_APPEND)
        try:
            status = subprocess.run(
                # As a file, isolated and without site-packages: quick, and deaf to PYTHONPATH.
                [sys.executable, "-I", "-S", guardian.__file__, dumps(orders._asdict())],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=account.environment(),
                start_new_session=True,  # Ctrl-C in the terminal is for us, not for the server
                timeout=_SPAWN_SECONDS,
                check=False,
            ).returncode
        finally:
            os.close(log)
        if status not in (0, guardian.ALREADY_GUARDED):
            raise PostgresUnavailable(self._failure())

    def _wait_until_ready(self) -> guardian.Postmaster | None:
        """Wait for the server to answer; None when its guardian has given up or died."""
        for _ in guardian.ticks(_START_SECONDS):
            found = guardian.read_postmaster(self._pgdata)
            if found is not None and found.ready and _answers(found):
                return found
            if not self._is_guarded():
                break
        return None

    def _is_guarded(self) -> bool:
        """Whether a guardian lives: its lock cannot be had. Ours lasts an instant."""
        if guardian.try_lock(self._duty, fcntl.LOCK_SH, 0):
            fcntl.flock(self._duty, fcntl.LOCK_UN)
            return False
        return True

    def _signed(self) -> bytes:
        """What the last guardian wrote: its process id, or that it gave up."""
        return os.pread(self._duty, 32, 0)

    def _lock(self, descriptor: int, mode: int, patience: float, obstacle: str) -> None:
        if not guardian.try_lock(descriptor, mode, patience):
            raise PostgresUnavailable(
                f"Gave up waiting for the PostgreSQL in {self.data_dir}: {obstacle}. See "
                f"{self.data_dir / LOG}."
            )

    def _open(self, name: str, flags: int = 0) -> int:
        """Open or create a file that belongs to whom the data directory belongs to."""
        path = self.data_dir / name
        flags |= os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        descriptor = os.open(path, flags, 0o600)
        if os.geteuid() == 0:  # a visit by root must not lock out the user who owns the directory
            owner = self.data_dir.stat()
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
        return descriptor

    def _failure(self) -> str:
        """What to tell when the server does not come up: the end of its own log."""
        path = self.data_dir / LOG
        lines = path.read_text(errors="replace").splitlines()[-_LOG_LINES:] if path.exists() else []
        return "\n".join([f"PostgreSQL did not start; the end of {path}:", *lines])

    def _close(self) -> None:
        """Close the lock files, which releases what this process holds of them."""
        for descriptor in (self._users, self._start, self._duty):
            os.close(descriptor)
        self._users = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.detach()


def _answers(found: guardian.Postmaster) -> bool:
    """Whether something listens on the server's socket; a killed one leaves the file behind."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(os.path.join(found.socket_dir, f".s.PGSQL.{cluster.PORT}"))
        except OSError:
            return False
    return True
