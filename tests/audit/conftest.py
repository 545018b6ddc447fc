"""Fixtures for tests of the audit on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import firmhold.audit
from tests.audit.book import Book, open_book
from tests.databases import Address, Server, connected

MIGRATION = Path(firmhold.audit.__file__).parent / "MIGRATION.sql"


@pytest.fixture
async def database(server: Server) -> AsyncIterator[Address]:
    """A database with the audit's tables."""
    address = await server.clone()

    async def migrate(connection: Any) -> None:
        if await connection.fetchval("SELECT to_regclass('act')") is None:
            await connection.execute(MIGRATION.read_text(encoding="utf-8"))

    await connected(address.dsn, migrate)
    yield address
    await server.drop(address)


@pytest.fixture
async def book(database: Address) -> AsyncIterator[Book]:
    """An organization that keeps an audit, with nothing in it."""
    async with open_book(database) as book:
        yield book
