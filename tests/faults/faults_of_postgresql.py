"""PostgreSQL that is stopped, killed, frozen and closed to us; its guardian brings it back."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import Any

import asyncpg

from tests.faults.postgres import freeze, is_alive, is_refused, send, terminate_sessions, until
from tests.faults.registry import Fault, fault
from tests.faults.world import World


class _Stopped(Fault):
    number: signal.Signals

    async def strike(self, world: World) -> None:
        await asyncio.to_thread(world.node.stop, self.number)


@fault
class Quit(_Stopped):
    """The immediate stop: crash recovery at the next start."""

    name = "postgresql stopped at once"
    number = signal.SIGQUIT


@fault
class Killed(_Stopped):
    """The postmaster alone; its sessions see that it has gone and end."""

    name = "postgresql killed"
    number = signal.SIGKILL


@fault
class Restarted(_Stopped):
    """The fast stop: sessions are ended and told why."""

    name = "postgresql restarted"
    number = signal.SIGINT


@fault
class Frozen(Fault):
    """All of it stands still: connections stay and nothing answers."""

    name = "postgresql frozen"
    lasts = (0.5, 4.0)

    async def strike(self, world: World) -> None:
        # The postmaster first, so that none is added meanwhile.
        self.frozen = [until(world.node.postmaster)]
        freeze(self.frozen)
        self.frozen = world.node.processes()
        freeze(self.frozen)

    async def mend(self, world: World) -> None:
        send(self.frozen, signal.SIGCONT)


@fault
class FrozenForLong(Frozen):
    """Longer than the engine waits for a statement."""

    name = "postgresql frozen for long"
    lasts = (10.5, 12.0)
    needs_time = True


@fault
class BackendKilled(Fault):
    """One session is killed from outside; PostgreSQL then ends all the others and recovers."""

    name = "session killed"

    async def strike(self, world: World) -> None:
        pid = await world.sql(
            "SELECT pid FROM pg_stat_activity WHERE usename = 'firmhold' ORDER BY random() LIMIT 1"
        )
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(until, lambda: not is_alive(pid))


@fault
class SessionsTerminated(Fault):
    """About half of the sessions are ended by an administrator."""

    name = "sessions terminated"

    async def strike(self, world: World) -> None:
        await terminate_sessions(world.address, 0.5)


@fault
class ConnectionsRefused(Fault):
    """Nobody is let in, and who is inside is put out."""

    name = "connections refused"
    lasts = (0.2, 2.0)

    async def strike(self, world: World) -> None:
        await self._let_in(world, 0)
        await terminate_sessions(world.address)
        await is_refused(world.address.dsn, "SELECT 1", asyncpg.TooManyConnectionsError)

    async def mend(self, world: World) -> None:
        await self._let_in(world, -1)

    async def _let_in(self, world: World, most: int) -> None:
        await world.sql(f"ALTER ROLE firmhold CONNECTION LIMIT {most}")


@fault
class ConnectionsUsedUp(Fault):
    """Others have taken all of PostgreSQL's connections but those kept for its administrators."""

    name = "connections used up"
    lasts = (0.5, 2.0)

    def __init__(self) -> None:
        self._others: list[asyncpg.Connection[Any]] = []

    async def strike(self, world: World) -> None:
        await terminate_sessions(world.address, 0.8)
        with suppress(asyncpg.TooManyConnectionsError):
            while True:
                self._others.append(await asyncpg.connect(world.address.dsn))

    async def mend(self, world: World) -> None:
        for other in self._others:
            other.terminate()
        self._others = []
