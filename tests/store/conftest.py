"""One real PostgreSQL for this directory, and a database of its own for each test.

Cloning a template takes a few hundredths of a second, migrating many times that.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import pytest

from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate
from tests.store.books import keep_books

MIGRATED, WITH_BOOKS = "migrated", "with_books"


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

    async def clone(self, template: str, name: str | None = None) -> Address:
        name = name or f"test_{next(self._numbers)}"
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


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="firmhold-store-"))
    folder.chmod(0o755)  # run by root, the server's own account has to pass through
    attached = EmbeddedServer.attach(folder / "data")
    try:
        found = Server(attached.dsn)
        asyncio.run(_make_templates(found))
        yield found
    finally:
        attached.detach()
        shutil.rmtree(folder)


async def _make_templates(server: Server) -> None:
    migrated = await server.clone("template0", MIGRATED)
    await _with(migrated.dsn, migrate)
    books = await server.clone(MIGRATED, WITH_BOOKS)
    await keep_books(books.dsn, books.superuser)


async def _with(dsn: str, act: Callable[[asyncpg.Connection[Any]], Awaitable[object]]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await act(connection)
    finally:
        await connection.close()


@pytest.fixture
async def empty(server: Server) -> AsyncIterator[Address]:
    """A migrated database with nothing in it."""
    address = await server.clone(MIGRATED)
    yield address
    await server.drop(address)


@pytest.fixture
async def books(server: Server) -> AsyncIterator[Address]:
    """A database with a life behind it: see `tests.store.books`."""
    address = await server.clone(WITH_BOOKS)
    yield address
    await server.drop(address)
