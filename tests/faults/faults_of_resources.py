"""What a machine runs out of. All goes on without a restart as soon as there is some again."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path

import asyncpg

from tests.engine.several import eventually
from tests.faults.postgres import is_alive, send, terminate_sessions, until
from tests.faults.registry import Fault, fault, only_root
from tests.faults.world import World

SPARE = 6
"""File descriptors that each server process may still open."""

IDLE = 60
"""Connections per server process that do nothing but exist."""


@fault
class DescriptorsExhausted(Fault):
    """No process of the server may open one more file, and many want to connect, PostgreSQL's
    sessions among them."""

    name = "file descriptors exhausted"
    lasts = (0.5, 2.0)
    silent = True

    def __init__(self) -> None:
        self._before: dict[int, tuple[int, int]] = {}
        self._idle: list[asyncio.Task[None]] = []

    def cannot(self) -> str | None:
        return None if Path("/proc/self/fd").exists() else "only Linux can limit other processes"

    async def strike(self, world: World) -> None:
        for pid in world.server.processes():
            self._before[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            most = len(os.listdir(f"/proc/{pid}/fd")) + SPARE
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, self._before[pid][1]))
        number = IDLE * len(self._before)
        self._idle = [asyncio.create_task(self._crowd_in(world)) for _ in range(number)]
        await terminate_sessions(world.address)
        for pid in self._before:
            await asyncio.to_thread(until, lambda pid=pid: _has_no_more(pid))

    async def mend(self, world: World) -> None:
        for pid, limits in self._before.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
        for task in self._idle:
            task.cancel()
        await asyncio.gather(*self._idle, return_exceptions=True)
        self._before, self._idle = {}, []

    async def _crowd_in(self, world: World) -> None:
        """Take a descriptor whenever there is one."""
        while True:
            with suppress(OSError):
                there = await asyncio.open_connection(world.server.host, world.server.port)
                try:
                    await there[0].read()
                finally:
                    there[1].transport.abort()
            await asyncio.sleep(0.01)


def _has_no_more(pid: int) -> bool:
    """Whether every file descriptor that the process may have is in use."""
    most, _ = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    return {int(fd) for fd in os.listdir(f"/proc/{pid}/fd")} >= set(range(most))


class _DiskFull(Fault):
    """PostgreSQL cannot make a file longer any more. Root mounts a disk that is small enough."""

    world = "small disk"

    def cannot(self) -> str | None:
        return only_root("mount a disk of its own to fill")

    async def strike(self, world: World) -> None:
        refused, postmaster = world.book.answers["overloaded"], world.node.postmaster()
        await asyncio.to_thread(_fill, world.folder / "filling")

        async def is_full() -> bool:
            try:
                await world.sql("CREATE TEMP TABLE more AS SELECT generate_series(1, 100000)")
            except asyncpg.DiskFullError:
                return True
            except (OSError, asyncpg.PostgresError):
                # What it could not write may have been its journal.
                return world.node.postmaster() != postmaster
            return False

        await eventually(is_full)
        await asyncio.to_thread(until, lambda: world.book.answers["overloaded"] > refused)

    async def mend(self, world: World) -> None:
        (world.folder / "filling").unlink(missing_ok=True)


def _fill(path: Path) -> None:
    """Take what there is, and then what little is left."""
    with path.open("wb", buffering=0) as file:
        for piece in (8 << 20, 4096):
            with suppress(OSError):
                while True:
                    os.posix_fallocate(file.fileno(), path.stat().st_size, piece)


@fault
class DiskFull(_DiskFull):
    """Until it has been told to everybody who asks."""

    name = "disk full"
    lasts = (0.0, 2.0)


@fault
class DiskFullForLong(_DiskFull):
    """PostgreSQL is killed meanwhile, and its guardian gives up starting it again."""

    name = "disk full for long"
    needs_time = True

    async def strike(self, world: World) -> None:
        guardian = world.node.guardian()
        await super().strike(world)
        if postmaster := world.node.postmaster():
            send([postmaster], signal.SIGKILL)
        await asyncio.to_thread(until, lambda: not is_alive(guardian))
