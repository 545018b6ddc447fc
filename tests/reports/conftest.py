"""A shop with slots as well, whose reports are compared with its ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import Address
from tests.reports.market import Market, open_market


@pytest.fixture
async def market(database: Address) -> AsyncIterator[Market]:
    async with open_market(database) as market:
        yield market
