"""The doors, on the real engine and a real database.

One database serves a whole module, because cloning one takes longer than most of these tests. Each
test has an organization of its own in it, so that nobody sees what another test has done.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from firmhold.limits.policy import WIDE
from tests.databases import Server
from tests.doors.client import FLASH, Api, fresh
from tests.shop import Shop, open_shop


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(server: Server) -> AsyncIterator[Api]:
    """The default organization, with an item that does not sell out: for tests that change
    nothing, or only what is theirs."""
    address = await server.clone()
    async with open_shop(address.dsn, limits=WIDE) as shop:
        api = Api(shop)
        async with api.http:
            await api.open()
            await api.item(1_000_000, sku=FLASH, price={"amount": 4900, "currency": "EUR"})
            yield api
    await server.drop(address)


@pytest_asyncio.fixture(loop_scope="module")
async def api(stage: Api) -> AsyncIterator[Api]:
    """An organization with nothing in it but people. Requests without a token name it."""
    services = stage.shop.services
    slug = fresh("shop")
    organization = await services.directory.ensure_organization(
        slug, slug.title(), guest_holds=True, public_catalogue=True, open_registration=True
    )
    api = Api(Shop(services, organization, stage.shop.dsn), stage.app)
    async with api.http:
        await api.open()
        yield api
