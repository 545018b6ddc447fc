"""A server of several processes, its database and its customers: where a fault is struck.

There are several worlds, because a fault needs its surroundings: at home PostgreSQL is embedded and
brought back by its guardian; in a pair it has a synchronous standby; along wires everything goes
through pipes that can be cut; on a small disk there is little room. What is the same in all of
them: who asks keeps book, and the books can be compared at any time.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from firmhold.store.embedded import EmbeddedServer
from firmhold.store.verify import verify
from tests.databases import connected
from tests.faults.actor import Actor
from tests.faults.audit_of_time import audit_of_time
from tests.faults.book import Book, Wrong, audit, unbalanced
from tests.faults.pair import Pair
from tests.faults.patients import Patients
from tests.faults.pipe import Pipe, piped
from tests.faults.postgres import Node, until
from tests.faults.registry import Fault
from tests.faults.servers import Customers, Server, stock

CUSTOMERS = 24
SKUS = {f"soak-{n}": 5 + 15 * n for n in range(6)}
"""What is on sale, and how many of each: some always sold out, some never."""

PATIENCE_SECONDS = 120.0
"""For operations to be acknowledged again after a fault. Far more than any recovery takes."""

DISK_BYTES = 1_200_000_000
"""Of the small disk: a cluster, and what its journal grows to before it is reused."""


class World:
    """One server and all that is around it."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder = folder
        self.workers = workers
        self.server = Server(folder / "data", "--workers", str(workers))
        self.book = Book()
        self.token = ""
        self.customers: Customers
        self.actors: list[Actor] = []
        self.pair: Pair | None = None
        self.wires: dict[str, Pipe] = {}
        """Between server and PostgreSQL (`database`), and between customers and server."""
        self.faults: Counter[str] = Counter()
        self.clean = 0
        """How often the books were compared and nothing was wrong."""
        self.wrong: list[Wrong] = []

    @property
    def node(self) -> Node:
        """Its PostgreSQL; of a pair the primary."""
        return Node(self.folder / "data") if self.pair is None else self.pair.primary

    @property
    def address(self) -> Any:
        return self.server.database

    async def open(self) -> None:
        """Start the server and put things on sale."""
        await asyncio.to_thread(self.server.start)
        await self.people()

    async def people(self) -> None:
        """Put things on sale, and let there be who wants them."""
        self.token = await self.server.token()
        await stock(self.server, self.token, SKUS)
        self.customers = Customers(self.server, self.token, list(SKUS), self.book)
        self.actors = [make(self) for make in ACTORS]
        for actor in self.actors:
            await actor.open()

    def begin(self) -> None:
        """Let everybody work."""
        for actor in self.actors:
            actor.begin(CUSTOMERS)

    async def compare(self) -> bool:
        """Let everybody finish, and compare what they know with the database."""
        for actor in self.actors:
            await actor.finish()
        self.wrong = await audit(self.address.dsn, self.book)
        self.wrong += await audit_of_time(self.address.dsn, self.book)
        self.wrong += unbalanced(await connected(self.address.dsn, verify))
        self.clean += not self.wrong
        return not self.wrong

    async def strike(self, fault: Fault, *, operations: int = 0) -> None:
        """Let so many operations pass, strike, mend, and wait until it works again."""
        self.customers.impatient = fault.silent
        await self.progress(operations)
        await asyncio.sleep(random.random() * 0.02)
        try:
            await fault.strike(self)
            self.faults[fault.name] += 1
            await asyncio.sleep(random.uniform(*fault.lasts))
        finally:
            await fault.mend(self)
        if fault.silent:
            self.customers.forgiven_until = time.monotonic()
        await self.progress(1)
        self.customers.impatient = False

    async def progress(self, operations: int) -> None:
        """Return when so many more operations have been acknowledged."""
        target = self.book.acknowledged + operations
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.book.acknowledged < target:
            for actor in self.actors:
                actor.check()
            assert time.monotonic() < deadline, f"no progress any more: {self.book.answers}"
            await asyncio.sleep(0.002)

    async def sql(self, sql: str) -> Any:
        """One value, asked by someone nothing can stop."""
        return await connected(self.address.superuser, lambda it: it.fetchval(sql))


def _customers(world: World) -> Actor:
    return world.customers


def _patients(world: World) -> Actor:
    return Patients(world.server, world.token, world.customers)


ACTORS: list[Callable[[World], Actor]] = [_customers, _patients]
"""Who works on every world. Each is made once the server is ready."""


@asynccontextmanager
async def home(folder: Path, workers: int) -> AsyncIterator[World]:
    """`firmhold serve` as it is used without a database of one's own."""
    world = World(folder, workers)
    try:
        await world.open()
        yield world
    finally:
        await asyncio.to_thread(world.server.end)


@asynccontextmanager
async def pair(folder: Path, workers: int) -> AsyncIterator[World]:
    """On a database with a synchronous standby, reached by a URL that names both."""
    world = World(folder, workers)
    world.pair = both = Pair(folder)
    options = ("--workers", str(workers))
    world.server = Server(folder / "data", *options, url=both.url)
    world.server.address = both.address
    try:
        await both.open()
        await world.open()
        yield world
    finally:
        await asyncio.to_thread(world.server.end)
        await asyncio.to_thread(both.close)


@asynccontextmanager
async def wires(folder: Path, workers: int) -> AsyncIterator[World]:
    """With pipes before and behind the server."""
    world = World(folder, workers)
    attached = await asyncio.to_thread(EmbeddedServer.attach, folder / "data")
    try:
        near = world.node
        async with (
            piped(lambda: f"{near.sockets}/.s.PGSQL.5432") as database,
            piped(lambda: listening) as clients,
        ):
            url = f"postgresql://firmhold@{database.host}:{database.port}/firmhold"
            world.server = Server(folder / "server", "--workers", str(workers), url=url)
            world.server.address = near.address
            world.wires = {"database": database, "clients": clients}
            try:
                await asyncio.to_thread(world.server.start)
                listening = (world.server.host, world.server.port)
                world.server.host, world.server.port = clients.host, clients.port
                await world.people()
                yield world
            finally:
                await asyncio.to_thread(world.server.end)
    finally:
        await asyncio.to_thread(attached.detach)
        await asyncio.to_thread(until, world.node.is_over)


@asynccontextmanager
async def small_disk(folder: Path, workers: int) -> AsyncIterator[World]:
    """At home, on a file system of its own. Takes root."""
    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        async with home(disk, workers) as world:
            yield world
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


WORLDS = {"home": home, "pair": pair, "wires": wires, "small disk": small_disk}
