"""The databases of the store's own tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.databases import Address, Server, looking
from tests.store.books import ORGANIZATION, keep_books


@pytest.fixture(scope="session")
def books_template(server: Server) -> str:
    """Made once, for many tests to make a mess of their own copy."""

    async def make(name: str) -> None:
        address = await server.clone(name=name)
        await keep_books(address.dsn, address.superuser)

    asyncio.run(make("with_books"))
    return "with_books"


@pytest.fixture
async def books(server: Server, books_template: str) -> AsyncIterator[Address]:
    """A database with a life behind it: see `tests.store.books`."""
    address = await server.clone(books_template)
    yield address
    await server.drop(address)


@pytest.fixture
async def connection(database: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database with nothing in it, as the application has it."""
    opened = await looking(database.dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def stockroom(connection: asyncpg.Connection) -> asyncpg.Connection:
    await connection.execute(
        "INSERT INTO organization (id, slug, name) VALUES ($1::uuid, 'shop', 'Shop')",
        ORGANIZATION[-32:],
    )
    return connection
