"""What a machine runs out of. All goes on without a restart as soon as there is some again."""

from __future__ import annotations

import asyncio
import os
import resource
from contextlib import suppress
from pathlib import Path

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
        await world.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE usename = 'firmhold'"
        )

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


class _DiskFull(Fault):
    """PostgreSQL cannot write its journal any more. Root mounts a disk that is small enough."""

    world = "small disk"

    def cannot(self) -> str | None:
        return only_root("mount a disk of its own to fill")

    async def strike(self, world: World) -> None:
        await asyncio.to_thread(_fill, world.folder / "filling")

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
    """For seconds."""

    name = "disk full"
    lasts = (1.0, 4.0)


@fault
class DiskFullForLong(_DiskFull):
    """For so long that PostgreSQL's guardian has given up starting it again."""

    name = "disk full for long"
    lasts = (14.0, 16.0)
