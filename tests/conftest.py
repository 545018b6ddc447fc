"""Fixtures for all tests: one PostgreSQL per run of pytest, one database and shop per test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import settings

from tests.databases import Address, Server, running_server
from tests.shop import Shop, open_shop

# An example that takes long on a busy machine is not a wrong one.
settings.register_profile("firmhold", deadline=None)
settings.load_profile("firmhold")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A real PostgreSQL."""
    with running_server() as server:
        yield server


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Address]:
    """A migrated database with nothing in it."""
    address = await server.clone()
    yield address
    await server.drop(address)


@pytest.fixture
async def shop(database: Address) -> AsyncIterator[Shop]:
    """An organization on the real engine, without background workers."""
    async with open_shop(database.dsn) as shop:
        yield shop
