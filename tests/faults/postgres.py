"""A PostgreSQL of a data directory as those see it who stop, freeze and kill it.

Owns the ways to bring it down. Never starts one: that is its guardian's duty.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from firmhold.store import guardian
from tests.databases import Address, connected
from tests.engine.several import eventually


class Node:
    """The cluster in one data directory, and its processes."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._pgdata = data_dir / guardian.CLUSTER

    @property
    def sockets(self) -> str:
        """The folder that its socket is in."""
        return str((self.data_dir / "run").resolve())

    @property
    def address(self) -> Address:
        dsn = f"postgresql://firmhold@/firmhold?host={quote(self.sockets, safe='')}&port=5432"
        return Address(dsn, dsn.replace("//firmhold@", "//postgres@"))

    def postmaster(self) -> int:
        """Process id of PostgreSQL, 0 while there is none."""
        found = guardian.read_postmaster(self._pgdata)
        if found is None or not guardian.is_postmaster(found.pid, self._pgdata):
            return 0
        return found.pid

    def guardian(self) -> int:
        """Process id of whoever starts it again."""
        return parent_of(until(self.postmaster))

    def is_over(self) -> bool:
        """Whether there is none, and nobody left who would start it again."""
        duty = self.data_dir / guardian.DUTY_LOCK
        signed = duty.read_text() if duty.exists() else ""
        return self.postmaster() == 0 and not (signed.isdigit() and is_alive(int(signed)))

    def processes(self) -> list[int]:
        """The postmaster and all that it has started."""
        postmaster = self.postmaster()
        return [postmaster, *children_of(postmaster)] if postmaster else []

    def stop(self, number: signal.Signals) -> None:
        """End it: SIGINT is its fast stop, SIGQUIT the immediate one, SIGKILL not even that."""
        pid = until(self.postmaster)
        os.kill(pid, number)
        until(lambda: self.postmaster() != pid)

    def kill_for_good(self) -> None:
        """Kill it and its guardian, so that nobody starts it again."""
        guarded_by = self.guardian()
        os.kill(guarded_by, signal.SIGSTOP)
        processes = self.processes()
        send(processes, signal.SIGKILL)
        send([guarded_by], signal.SIGKILL)
        # Only then it is certain that none of them answers anybody any more.
        until(lambda: not any(map(is_alive, (*processes, guarded_by))))


async def terminate_sessions(address: Address, share: float = 1.0) -> None:
    """End so many of the server's sessions as an administrator does, one at least."""
    sql = (
        "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) > 0 FROM pg_stat_activity "
        f"WHERE usename = 'firmhold' AND random() < {share}"
    )

    async def some_are_ended() -> bool:
        return bool(await connected(address.superuser, lambda it: it.fetchval(sql)))

    await eventually(some_are_ended)


async def is_refused(dsn: str, sql: str, error: type[Exception]) -> None:
    """Raise unless PostgreSQL answers with this error."""
    try:
        await connected(dsn, lambda it: it.execute(sql))
    except error:
        return
    raise AssertionError(f"no {error.__name__} is answered to {sql}")


def send(pids: list[int], number: signal.Signals) -> None:
    """Signal those of the processes that are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def children_of(pid: int) -> list[int]:
    """The processes that this one has started."""
    try:
        return [int(it) for it in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def parent_of(pid: int) -> int:
    """The process that has started this one."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[1])


def is_alive(pid: int) -> bool:
    """Whether the process still runs; one that only waits to be reaped does not."""
    return _state(pid) not in "ZX"


def freeze(pids: list[int]) -> None:
    """Let processes stand still; returns when they do."""
    send(pids, signal.SIGSTOP)
    until(lambda: all(_state(pid) in "TZX" for pid in pids))
    assert any(_state(pid) == "T" for pid in pids), "none was there to be frozen"


def _state(pid: int) -> str:
    """As the kernel names it: `T` stands still, `Z` waits to be reaped, `X` is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return "X"


def until(fact: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true value of `fact`."""
    deadline = time.monotonic() + seconds
    while not (value := fact()):
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.005)
    return value
