"""Databases for tests: each test gets its own, cloned from a migrated template on one real server.

Cloning takes a few hundredths of a second, migrating many times that.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

from firmhold.store.connections import ACROSS, SETTING
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate

MIGRATED = "migrated"

IN_MEMORY = Path("/dev/shm")
"""A file system in memory, on Linux. Making and dropping a database is three hundred files: there a
few hundredths of a second, on a disk up to a fifth, a few thousand times."""

ROOM = 4 << 30
"""Bytes that have to be free there: journal and databases of two runs."""


class Address(NamedTuple):
    """How to reach one database: as the application does, and as someone nothing can stop."""

    dsn: str
    superuser: str


class Server:
    """Databases on one PostgreSQL, made by cloning."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._numbers = itertools.count(1)

    def address(self, name: str) -> Address:
        dsn = self._dsn.replace("@/firmhold?", f"@/{name}?")
        return Address(dsn, dsn.replace("//firmhold@", "//postgres@"))

    async def clone(self, template: str = MIGRATED, name: str | None = None) -> Address:
        name = name or f"test_{os.getpid()}_{next(self._numbers)}"
        await self.admin(f"CREATE DATABASE {name} OWNER firmhold TEMPLATE {template}")
        return self.address(name)

    async def drop(self, address: Address) -> None:
        name = address.dsn.split("@/")[1].split("?")[0]
        await self.admin(f"DROP DATABASE {name} WITH (FORCE)")

    async def admin(self, sql: str) -> None:
        connection = await asyncpg.connect(self.address("postgres").superuser)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@contextmanager
def running_server() -> Iterator[Server]:
    """A PostgreSQL of the tests' own, with the migrated template."""
    is_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free >= ROOM
    folder = Path(tempfile.mkdtemp(prefix="firmhold-test-", dir=IN_MEMORY if is_room else None))
    folder.chmod(0o755)  # run by root, the server's own account has to pass through
    attached = EmbeddedServer.attach(folder / "data")
    try:
        server = Server(attached.dsn)
        asyncio.run(_make_template(server))
        yield server
    finally:
        attached.detach()
        shutil.rmtree(folder)


async def _make_template(server: Server) -> None:
    migrated = await server.clone("template0", MIGRATED)
    await connected(migrated.dsn, migrate)


async def looking(dsn: str, **settings: str) -> asyncpg.Connection[Any]:
    """A connection of the tests' own, which looks across organizations."""
    return await asyncpg.connect(dsn, server_settings={SETTING: ACROSS, **settings})


async def connected(dsn: str, act: Callable[[asyncpg.Connection[Any]], Awaitable[Any]]) -> Any:
    """What `act` makes of a connection of its own, which looks across organizations."""
    connection = await looking(dsn)
    try:
        return await act(connection)
    finally:
        await connection.close()
