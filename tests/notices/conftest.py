"""An organization that tells its customers by mail, and a mail server on this machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.notices.desk import Desk, Kept, mailer
from tests.notices.mail import MailBox, mail_server
from tests.shop import Shop


@pytest.fixture
async def box() -> AsyncIterator[MailBox]:
    async with mail_server() as box:
        yield box


@pytest.fixture
async def desk(shop: Shop, box: MailBox) -> AsyncIterator[Desk]:
    """Mail goes to the mail server."""
    carrier = mailer(box)
    desk = await Desk(shop, carrier).open()
    yield desk
    await desk.sender.stop(0)
    await desk.sender.settle()
    await carrier.close()


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def quiet(shop: Shop, kept: Kept) -> Desk:
    """Mail is kept by whoever carries it."""
    return await Desk(shop, kept).open()
