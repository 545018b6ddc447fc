"""Reports are what the ledger adds up to, whatever of it has been counted already."""

from __future__ import annotations

import random

import pytest

from firmhold.reports.counting import Counter
from firmhold.reports.steps import Every
from tests.reports.market import Market


@pytest.mark.parametrize("seed", range(4))
async def test_reports_are_what_the_ledger_adds_up_to_whatever_is_counted_already(
    market: Market, seed: int
) -> None:
    dice = random.Random(seed)
    await market.live(dice, 150)
    await market.stretch()
    counter = Counter(market.database, at_once=1)
    await counter.run_once()  # what was there is cleared, which is nothing
    await market.assert_right(Every.HOUR)
    for _ in range(60):
        await counter.run_once()
    await market.assert_right(Every.DAY)
    await market.assert_sales_right()
    await market.count()
    await market.assert_right(Every.HOUR)
    await market.assert_sales_right()
