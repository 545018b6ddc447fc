"""Where histories are made for real, with what goes wrong there.

Owns the set-up of engines and server processes on a database whose clock stands, and the faults:
connections to PostgreSQL that break, server processes that are killed and come back.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from random import Random

from firmhold.identity.actors import Role
from tests.databases import Address, Server
from tests.faults.proxy import Fault, Rule, proxied
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


def breaking(dice: Random) -> Rule:
    """Lets a connection break around some messages."""

    def rule(kind: int, body: bytes) -> Fault | None:
        often = CUT_COMMIT if body.rstrip(b"\0") == b"COMMIT" else CUT_OTHER
        return dice.choice(CUTS) if dice.random() < often else None

    return rule


@asynccontextmanager
async def servers(server: Server, dice: Random, number: int = 4) -> AsyncIterator[Stage]:
    """Server processes on one database."""
    async with stopped(server) as (database, clock):
        running = [ExitStack() for _ in range(number)]
        try:
            began = [stack.enter_context(serving(database)) for stack in running]
            token = await make_token(database, Role.OPERATOR)
            counter = Servers([it.url for it in began], token, Random(dice.getrandbits(64)))
            stage = Stage(database, clock, counter)

            async def disturb() -> None:
                n = dice.randrange(number)
                stage.faults += 1
                counter.urls.remove(began[n].url)
                began[n].process.kill()
                await asyncio.to_thread(running[n].close)
                began[n] = await asyncio.to_thread(running[n].enter_context, serving(database))
                counter.urls.append(began[n].url)

            stage.disturb = disturb
            yield stage
            await counter.close()
        finally:
            for stack in running:
                stack.close()
