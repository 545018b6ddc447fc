"""The doors, on the real engine and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.databases import Server
from tests.doors.client import FLASH, Api
from tests.shop import Shop, open_shop


@pytest.fixture
async def api(shop: Shop) -> AsyncIterator[Api]:
    """The application with nothing in it but people."""
    api = Api(shop)
    async with api.http:
        await api.open()
        yield api


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(server: Server) -> AsyncIterator[Api]:
    """The same for a whole module, with an item that does not sell out: for tests that change
    nothing, or only what is theirs."""
    address = await server.clone()
    async with open_shop(address.dsn) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            await api.item(1_000_000, sku=FLASH, price={"amount": 4900, "currency": "EUR"})
            yield api
    await server.drop(address)
