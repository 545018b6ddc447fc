"""An organization with a webhook, whose receiver is on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.shop import Shop
from tests.webhooks.desk import Desk
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def desk(shop: Shop, receiver: Receiver) -> AsyncIterator[Desk]:
    desk = Desk(shop, receiver)
    await desk.open()
    yield desk
    desk.sender.cancel()
    await desk.sender.settle()
    await desk.poster.close()
