"""Fixtures for tests of the audit on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.audit.book import Book, open_book
from tests.databases import Address


@pytest.fixture
async def book(database: Address) -> AsyncIterator[Book]:
    """An organization that keeps an audit, with nothing in it."""
    async with open_book(database) as book:
        yield book
