"""Fixtures for tests of the relay on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import Address
from tests.relay.book import Book, open_book


@pytest.fixture
async def book(database: Address) -> AsyncIterator[Book]:
    """An organization of which nothing is told yet."""
    async with open_book(database) as book:
        yield book
