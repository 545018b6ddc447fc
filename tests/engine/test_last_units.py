"""Many customers at once and too few units: exactly as many are sold as there are."""

from __future__ import annotations

import asyncio

import pytest

from firmhold.engine.ticket import Answer
from tests.engine.several import clean, outcomes, rounds
from tests.shop import Shop


@pytest.mark.parametrize("engines", [1, 4])
async def test_of_100_customers_one_gets_the_last_unit(shops: list[Shop], engines: int) -> None:
    for _ in range(rounds(200)):
        item = await shops[0].item(1)
        replies = await asyncio.gather(
            *(shops[n % engines].hold((item, 1), customer=f"c{n}@example.org") for n in range(100))
        )
        assert outcomes(replies) == {"accepted": 1, "insufficient_capacity": 99}
        assert await shops[0].counts(item) == (1, 1, 0)
    await clean(shops[0])


async def test_of_10_000_requests_100_get_the_100_units(shops: list[Shop]) -> None:
    item = await shops[0].item(100)
    replies = await asyncio.gather(
        *(shops[n % 4].hold((item, 1), customer=f"c{n}@example.org") for n in range(10_000))
    )
    assert outcomes(replies) == {"accepted": 100, "insufficient_capacity": 9_900}
    assert await shops[0].counts(item) == (100, 100, 0)
    winners = {reply.subject.id for reply in replies if isinstance(reply, Answer)}
    assert len(winners) == 100
    await clean(shops[0])


async def test_mixed_quantities_never_pass_the_capacity(shops: list[Shop]) -> None:
    item = await shops[0].item(1_000)
    asked = [1 + n % 7 for n in range(2_000)]
    replies = await asyncio.gather(
        *(shops[n % 4].hold((item, units)) for n, units in enumerate(asked))
    )
    got = sum(
        units for units, reply in zip(asked, replies, strict=True) if isinstance(reply, Answer)
    )
    # All of them, because requests for a single unit keep coming until the end.
    assert got == 1_000
    assert await shops[0].counts(item) == (1_000, 1_000, 0)
    await clean(shops[0])
