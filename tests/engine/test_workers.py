"""The background rounds: what they do, what they leave alone, and when they want to be woken."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from firmhold.engine.ticket import Key
from firmhold.workers import expirer
from firmhold.workers.expirer import LONGEST_SLEEP, SHORTEST_SLEEP, Expirer
from firmhold.workers.pruner import PAUSE, Pruner
from tests.databases import Address
from tests.engine.several import (
    clean,
    end_holds,
    eventually,
    locked,
    many_items,
    outcome,
    raw,
    rows_in_tables,
    several,
    statuses,
    superuser,
)
from tests.shop import OPERATOR, Shop, open_shop


async def test_due_holds_of_all_organizations_are_recorded_as_expired(database: Address) -> None:
    async with (
        open_shop(database.dsn) as shop,
        open_shop(database.dsn, slug="second") as second,
        open_shop(database.dsn, slug="third") as third,
    ):
        due, live = [], []
        for one in (shop, second, third):
            item = await one.item(10)
            due += [(await one.held((item, 2))).id for _ in range(2)]
            live.append((await one.held((item, 1))).id)
        await end_holds(database.dsn, due, [-1] * len(due))
        worker = Expirer(shop.services.engine)
        await worker.run_once()
        assert worker.expired == 6
        assert set(await statuses(database.dsn, due)) == {"expired"}
        assert set(await statuses(database.dsn, live)) == {"held"}
        await clean(shop)


async def test_two_expirers_at_once_record_each_expiry_once(database: Address) -> None:
    async with several(database.dsn, 2) as shops:
        items = await many_items(shops[0], 40, 2)
        holds = [await shops[0].held((items[n], 1), (items[39 - n], 1)) for n in range(20)]
        await end_holds(database.dsn, [hold.id for hold in holds], [-1] * 20)
        await asyncio.gather(
            *(Expirer(shop.services.engine).run_once() for shop in shops for _ in range(2))
        )
        async with raw(database.dsn) as connection:
            entries = await connection.fetchval(
                "SELECT count(*) FROM ledger WHERE kind = 'expired'"
            )
        assert entries == 40
        assert set(await statuses(database.dsn, [hold.id for hold in holds])) == {"expired"}
        await clean(shops[0])


async def test_it_sleeps_until_the_next_hold_ends(shop: Shop) -> None:
    item = await shop.item(10)
    worker = Expirer(shop.services.engine)
    assert await worker.run_once() == LONGEST_SLEEP
    hold = await shop.held((item, 1))
    assert await worker.run_once() == LONGEST_SLEEP
    await end_holds(shop.dsn, [hold.id], [700])
    assert SHORTEST_SLEEP <= await worker.run_once() <= 0.7
    assert worker.expired == 0


async def test_more_due_holds_than_one_round_takes_follow_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expirer, "AT_ONCE", 3)
    items = await many_items(shop, 7, 1)  # whoever touches an item ends all that is due on it
    holds = [(await shop.held((item, 1))).id for item in items]
    await end_holds(shop.dsn, holds, [-1] * 7)
    worker = Expirer(shop.services.engine)
    pauses = [await worker.run_once() for _ in range(3)]
    assert pauses[:2] == [0.0, 0.0] and pauses[2] > 0
    assert set(await statuses(shop.dsn, holds)) == {"expired"}
    await clean(shop)


async def test_an_organization_whose_rows_are_locked_delays_no_other(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even if it has the oldest holds, and more of them than one round takes."""
    monkeypatch.setattr(expirer, "AT_ONCE", 2)
    monkeypatch.setattr(expirer, "SLOW", 0.2)
    async with (
        open_shop(database.dsn) as stuck,
        open_shop(database.dsn, slug="second") as second,
    ):
        locked_item, item = await stuck.item(10), await second.item(10)
        waiting = [(await stuck.held((locked_item, 1))).id for _ in range(3)]
        await end_holds(database.dsn, waiting, [-1000] * 3)
        worker = Expirer(second.services.engine)
        async with locked(database.dsn, locked_item) as holder:
            for _ in range(3):
                due = (await second.held((item, 1))).id
                await end_holds(database.dsn, [due], [-1])
                await worker.run_once()
                await worker.run_once()
                assert await statuses(database.dsn, [due]) == ["expired"]
            assert set(await statuses(database.dsn, waiting)) == {"held"}
            await holder.execute("COMMIT")

        async def recorded() -> bool:
            await worker.run_once()
            return set(await statuses(database.dsn, waiting)) == {"expired"}

        await eventually(recorded)
        await clean(stuck)


async def test_only_answers_that_are_old_enough_are_forgotten(shop: Shop) -> None:
    item = await shop.item(100)
    keys = [Key.of(OPERATOR.label, "place_hold", f"{n}", b"") for n in range(4)]
    for key in keys:
        await shop.held((item, 1), key=key)
    async with raw(superuser(shop.dsn)) as connection:
        # Back in time with all of them, or the books would no longer agree.
        for key, age in zip(keys, ("49 hours", "48 hours", "47 hours", "0"), strict=True):
            await connection.execute(
                "UPDATE idempotency SET created_at = created_at - $2::text::interval "
                "WHERE key = $1",
                key.scope,
                age,
            )
    before = await rows_in_tables(shop.dsn)
    pruner = Pruner(shop.services.database)
    assert await pruner.run_once() == PAUSE
    assert pruner.pruned == 2
    assert await rows_in_tables(shop.dsn) == {**before, "idempotency": 2}
    assert [outcome(await shop.hold((item, 1), key=key)) for key in keys] == [
        "accepted",
        "accepted",
        "replayed",
        "replayed",
    ]


async def test_two_pruners_share_the_work(shop: Shop) -> None:
    item = await shop.item(100)
    for n in range(10):
        await shop.held((item, 1), key=Key.of("a", "place_hold", f"{n}", b""))
    pruners = [Pruner(shop.services.database, timedelta(0)) for _ in range(2)]
    await asyncio.gather(*(pruner.run_once() for pruner in pruners))
    assert sum(pruner.pruned for pruner in pruners) == 10
    assert (await rows_in_tables(shop.dsn))["idempotency"] == 0
    await clean(shop)
