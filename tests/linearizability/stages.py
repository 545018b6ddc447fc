"""Where histories are made for real, with what goes wrong there.

Owns the set-up of engines and server processes on a database whose clock stands, and the faults:
connections to PostgreSQL that break, server processes that are killed and come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from random import Random

from firmhold.identity.roles import Role
from tests.databases import Address, Server
from tests.faults.proxy import Fault, Proxy, Rule, proxied
from tests.linearizability.counters import Engines, Servers
from tests.linearizability.people import Counter
from tests.models.clock import StoppedClock, stopped
from tests.processes import make_token, serving
from tests.shop import open_shop

CUTS = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.CUT_AT_ONCE)

CUT_COMMIT, CUT_OTHER = 0.03, 0.003
"""How often a connection breaks around a commit, and around anything else."""


class Stage:
    """Somewhere to ask, its clock, and how to disturb it."""

    def __init__(
        self,
        database: Address,
        clock: StoppedClock,
        counter: Counter,
        disturb: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.counter = counter
        self.disturb = disturb
        """Kills a server, and starts it again."""
        self.faults = 0
        self.killed: list[list[str]] = []
        """Of each server that was killed, the paths of the requests that it had not answered."""


@asynccontextmanager
async def engines(server: Server, dice: Random, number: int = 4) -> AsyncIterator[Stage]:
    """Engines in this process. Connections of every second one break now and then."""
    async with AsyncExitStack() as stack:
        database, clock = await stack.enter_async_context(stopped(server))
        shops = []
        proxies = []
        for n in range(number):
            dsn = database.dsn
            if n % 2:
                proxy = await stack.enter_async_context(proxied(dsn))
                proxy.rule = breaking(Random(dice.getrandbits(64)))
                proxies.append(proxy)
                dsn = proxy.dsn
            shops.append(await stack.enter_async_context(open_shop(dsn)))
        stage = Stage(database, clock, Engines(shops, Random(dice.getrandbits(64))))
        yield stage
        for proxy in proxies:
            # What is closed is closed in peace.
            proxy.rule = None
            stage.faults += proxy.faults


def breaking(dice: Random, times: int = 1) -> Rule:
    """Lets a connection break around some messages, or around so many times as many."""

    def rule(kind: int, body: bytes) -> Fault | None:
        often = CUT_COMMIT if body.rstrip(b"\0") == b"COMMIT" else CUT_OTHER
        return dice.choice(CUTS) if dice.random() < times * often else None

    return rule


class Process:
    """A server process, which can be killed. Its connections to PostgreSQL break now and then."""

    def __init__(self, database: Address, proxy: Proxy, dice: Random) -> None:
        self._address = Address(proxy.dsn, database.superuser)
        self._proxy = proxy
        # Few processes with much to do have large batches, and few messages.
        self._rule = breaking(dice, 4)
        self._running = ExitStack()
        self.url = ""

    async def start(self) -> None:
        self._proxy.rule = None
        serving_now = serving(self._address)
        self._serving = await asyncio.to_thread(self._running.enter_context, serving_now)
        self.url = self._serving.url
        self._proxy.rule = self._rule

    async def kill(self) -> None:
        self._serving.process.kill()
        await self.close()

    async def close(self) -> None:
        # What is closed is closed in peace.
        self._proxy.rule = None
        await asyncio.to_thread(self._running.close)


@asynccontextmanager
async def servers(server: Server, dice: Random, number: int = 4) -> AsyncIterator[Stage]:
    """Server processes on one database."""
    async with AsyncExitStack() as stack:
        database, clock = await stack.enter_async_context(stopped(server))
        proxies = [await stack.enter_async_context(proxied(database.dsn)) for _ in range(number)]
        processes = [Process(database, proxy, Random(dice.getrandbits(64))) for proxy in proxies]
        for process in processes:
            stack.push_async_callback(process.close)
            await process.start()
        token = await make_token(database, Role.OPERATOR)
        urls = [process.url for process in processes]
        counter = Servers(urls, token, Random(dice.getrandbits(64)))
        stack.push_async_callback(counter.close)
        stage = Stage(database, clock, counter)

        async def disturb() -> None:
            """While people ask it, and before they know that it is gone."""
            process = dice.choice(processes)
            gone = process.url
            await process.kill()
            counter.urls.remove(gone)
            await process.start()
            stage.killed.append([path for url, path in counter.broken if url == gone])
            counter.urls.append(process.url)

        stage.disturb = disturb
        yield stage
        stage.faults = sum(proxy.faults for proxy in proxies) + len(stage.killed)
