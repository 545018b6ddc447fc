"""Fixtures for tests that need more than one engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import Address
from tests.engine.clinic import Clinic
from tests.engine.office import Office
from tests.engine.several import several
from tests.shop import Shop


@pytest.fixture
async def shops(database: Address) -> AsyncIterator[list[Shop]]:
    """One shop on four engines."""
    async with several(database.dsn, 4) as shops:
        yield shops


@pytest.fixture
async def pair(database: Address) -> AsyncIterator[tuple[Shop, Shop]]:
    """One shop on two engines."""
    async with several(database.dsn, 2) as (first, second):
        yield first, second


@pytest.fixture
async def office(shop: Shop) -> Office:
    """A clinic with schedules."""
    return await Office(await Clinic(shop).open()).open()
