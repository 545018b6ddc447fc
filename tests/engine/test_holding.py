"""The shortest ways through the engine, on a real database."""

from __future__ import annotations

from firmhold.domain.commands import Cancel, Confirm, Release
from firmhold.domain.model import Status
from firmhold.engine.ticket import Answer
from tests.shop import OPERATOR, Shop, refused


async def test_a_hold_is_confirmed_and_cancelled(shop: Shop) -> None:
    item = await shop.item(10)
    held = await shop.held((item, 3))
    assert await shop.counts(item) == (10, 3, 0)
    confirmed = await shop.submit(Confirm(held.id, OPERATOR))
    assert isinstance(confirmed, Answer)
    assert await shop.counts(item) == (10, 0, 3)
    for _ in range(3):
        cancelled = await shop.submit(Cancel(held.id, OPERATOR, "changed my mind"))
        assert isinstance(cancelled, Answer)
        assert cancelled.subject.status is Status.CANCELLED
        assert await shop.counts(item) == (10, 0, 0)
    assert (await shop.verify()).ok


async def test_an_expired_hold_is_sold_to_the_next_customer_without_any_worker(
    shop: Shop,
) -> None:
    item = await shop.item(1)
    late = await shop.held((item, 1))
    assert refused(await shop.hold((item, 1))) == "insufficient_capacity"
    await shop.make_due(late.id)
    await shop.held((item, 1))
    assert refused(await shop.submit(Confirm(late.id, OPERATOR))) == "hold_expired"
    assert refused(await shop.submit(Release(late.id, OPERATOR))) == "hold_expired"
    assert await shop.counts(item) == (1, 1, 0)
    assert (await shop.verify()).ok
