"""A lost commit is told by its own mark: no other transaction's entry may be taken for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmhold.engine.batch import Batch, Mark
from tests.engine.several import raw
from tests.shop import Shop


@pytest.mark.parametrize(
    ("difference", "was_written"),
    [
        ({}, True),
        ({"seq": 1}, False),
        ({"at": timedelta(microseconds=1)}, False),
        ({"xid": 1}, False),
    ],
    ids=["its own", "another entry", "another time", "another transaction"],
)
async def test_a_mark_matches_its_own_transaction_alone(
    shop: Shop, difference: dict[str, timedelta | int], was_written: bool
) -> None:
    """The number alone would be any engine's; a transaction's number is given out again after a
    crash; and two transactions may see the same time."""
    item = await shop.item(5)
    await shop.held((item, 1))
    entry = await shop.fetchrow(
        "SELECT seq, at, xid FROM ledger WHERE offering_id = $1 ORDER BY seq DESC LIMIT 1",
        item[-32:],
    )
    mark = Mark(
        item,
        **{name: value + difference.get(name, _zero(name)) for name, value in dict(entry).items()},
    )
    async with raw(shop.dsn) as connection:
        batch = Batch(connection, shop.organization.id[-32:], [])
        assert await batch.wrote(mark) is was_written


def _zero(name: str) -> timedelta | int:
    return timedelta() if name == "at" else 0
