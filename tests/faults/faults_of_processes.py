"""Server processes that are killed and frozen."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from typing import ClassVar

from tests.faults.postgres import freeze, until
from tests.faults.registry import Fault, fault
from tests.faults.world import World


@fault
class ServerKilled(Fault):
    """All processes of the server at once, as when a container is killed."""

    name = "server killed"

    async def strike(self, world: World) -> None:
        await asyncio.to_thread(world.server.kill, whole=True)
        await asyncio.to_thread(world.server.start)


@fault
class SupervisorKilled(Fault):
    """Only the process that was started; those below it must not stay."""

    name = "supervisor killed"

    async def strike(self, world: World) -> None:
        below = world.server.children()
        await asyncio.to_thread(world.server.kill)
        await asyncio.to_thread(world.server.start)
        await asyncio.to_thread(until, lambda: not set(below) & set(map(_existing, below)))


def _existing(pid: int) -> int:
    return pid if os.path.exists(f"/proc/{pid}") else 0


@fault
class WorkerKilled(Fault):
    """One of the server processes, which is replaced."""

    name = "worker killed"

    async def strike(self, world: World) -> None:
        before = world.server.children()
        victim = random.choice(before)
        os.kill(victim, signal.SIGKILL)

        def is_replaced() -> bool:
            return len(set(world.server.children()) - {victim}) == len(before)

        await asyncio.to_thread(until, is_replaced)


class _Frozen(Fault):
    async def strike(self, world: World) -> None:
        self.victim = random.choice(world.server.children())
        await asyncio.to_thread(freeze, [self.victim])

    async def mend(self, world: World) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.victim, signal.SIGCONT)


@fault
class WorkerPaused(_Frozen):
    """Stands still for a moment with locks in its hands, and goes on as if nothing had been."""

    name = "worker paused"
    lasts = (0.2, 2.0)


@fault
class WorkerFrozen(_Frozen):
    """For so long that PostgreSQL has ended its transaction before it goes on."""

    name = "worker frozen"
    lasts = (5.5, 7.0)
    needs_time = True
    silent: ClassVar[bool] = True
