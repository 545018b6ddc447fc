"""Expiry is exact, whoever is asleep: the clock is read after the lock, due holds end as a whole,
and what they held is sold at once."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

import firmhold.engine.batch
from firmhold.domain.commands import Confirm, Extend, Release, SetCapacity
from firmhold.engine.ticket import Answer
from tests.engine.several import (
    blocked,
    clean,
    end_holds,
    locked,
    many_items,
    outcomes,
    raw,
    statuses,
)
from tests.shop import OPERATOR, Shop, refused


@pytest.mark.parametrize(
    "command",
    [
        lambda id: Confirm(id, OPERATOR),
        lambda id: Extend(id, OPERATOR, 600),
        lambda id: Release(id, OPERATOR),
    ],
    ids=["confirm", "extend", "release"],
)
async def test_a_command_that_waited_past_the_end_of_its_hold_comes_too_late(
    shop: Shop, command: object
) -> None:
    item = await shop.item(1)
    hold = await shop.held((item, 1))
    async with locked(shop.dsn, item) as holder:
        late = asyncio.create_task(shop.submit(command(hold.id)))  # type: ignore[operator]
        await blocked(shop.dsn)
        # It was in time when it was asked, and still is when it begins to wait.
        await end_holds(shop.dsn, [hold.id], [-1])
        following = asyncio.create_task(shop.hold((item, 1)))
        await holder.execute("COMMIT")
    assert refused(await late) == "hold_expired"
    assert isinstance(await following, Answer)
    assert await shop.counts(item) == (1, 1, 0)
    assert await statuses(shop.dsn, [hold.id]) == ["expired"]
    await clean(shop)


async def test_a_hold_that_waited_lasts_as_long_as_one_that_did_not(shop: Shop) -> None:
    item = await shop.item(1)
    async with locked(shop.dsn, item) as holder:
        waiting = asyncio.create_task(shop.hold((item, 1), ttl_seconds=60))
        await blocked(shop.dsn)
        released = await holder.fetchval("SELECT clock_timestamp()")
        await holder.execute("COMMIT")
    reply = await waiting
    assert isinstance(reply, Answer) and reply.subject is not None
    assert reply.subject.expires_at >= released + timedelta(seconds=60)  # type: ignore[union-attr]


async def test_the_units_of_a_due_hold_go_to_whoever_asks_in_the_same_transaction(
    shop: Shop,
) -> None:
    item = await shop.item(3)
    due = await shop.held((item, 3))
    await end_holds(shop.dsn, [due.id], [-1])
    assert isinstance(await shop.hold((item, 3)), Answer)
    async with raw(shop.dsn) as connection:
        entries = await connection.fetch(
            "SELECT kind, xid FROM ledger WHERE offering_id = $1 ORDER BY seq", item[-32:]
        )
    assert [entry["kind"] for entry in entries] == ["created", "held", "expired", "held"]
    assert entries[2]["xid"] == entries[3]["xid"]
    await clean(shop)


async def test_a_due_hold_of_several_lines_ends_as_a_whole(shop: Shop) -> None:
    """A command that touches one of its items frees the units of all of them."""
    items = sorted(await many_items(shop, 5, 2))
    due = await shop.held(*((item, 2) for item in items))
    await end_holds(shop.dsn, [due.id], [-1])
    # By one in the middle, so that the others have to be locked before it and after it.
    assert isinstance(await shop.hold((items[2], 1)), Answer)
    assert [await shop.counts(item) for item in items] == [
        (2, 1 if item == items[2] else 0, 0) for item in items
    ]
    assert await statuses(shop.dsn, [due.id]) == ["expired"]
    await clean(shop)


async def test_holds_that_chain_items_together_all_end(shop: Shop) -> None:
    """A–B, B–C, C–D: touching A ends the first of them, and nothing is half done."""
    items = await many_items(shop, 4, 2)
    holds = [await shop.held((items[n], 1), (items[n + 1], 1)) for n in range(3)]
    await end_holds(shop.dsn, [hold.id for hold in holds], [-1] * 3)
    assert isinstance(await shop.hold((items[0], 2)), Answer)
    after = await statuses(shop.dsn, [hold.id for hold in holds])
    assert after[0] == "expired"
    await clean(shop)
    for item in items[1:]:
        assert isinstance(await shop.hold((item, 2)), Answer)
    await clean(shop)


@pytest.mark.parametrize("at_once", [1, 2, 5])
async def test_more_due_holds_than_fit_one_transaction_hide_no_unit(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(firmhold.engine.batch, "DUE_AT_ONCE", at_once)
    first, second = await many_items(shop, 2, 12)
    holds = [await shop.held((first, 1), (second, 1)) for _ in range(12)]
    await end_holds(shop.dsn, [hold.id for hold in holds], [-1] * 12)
    # All freed units are needed, at once and by a single hold.
    assert isinstance(await shop.hold((first, 12)), Answer)
    assert await shop.counts(first) == (12, 12, 0)
    assert isinstance(await shop.hold((second, 12)), Answer)
    await clean(shop)


async def test_nobody_overtakes_while_more_due_holds_end_than_fit_one_transaction(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmhold.engine.batch, "DUE_AT_ONCE", 2)
    item = await shop.item(12)
    holds = [await shop.held((item, 1)) for _ in range(12)]
    await end_holds(shop.dsn, [hold.id for hold in holds], [-1] * 12)
    first, second = await asyncio.gather(shop.hold((item, 12)), shop.hold((item, 1)))
    assert isinstance(first, Answer) and refused(second) == "insufficient_capacity"
    await clean(shop)


async def test_more_due_holds_than_fit_one_transaction_do_not_keep_capacity_up(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmhold.engine.batch, "DUE_AT_ONCE", 2)
    item = await shop.item(7)
    holds = [await shop.held((item, 1)) for _ in range(7)]
    await end_holds(shop.dsn, [hold.id for hold in holds], [-1] * 7)
    assert isinstance(await shop.submit(SetCapacity(item, OPERATOR, 0)), Answer)
    assert await shop.counts(item) == (0, 0, 0)
    await clean(shop)


async def test_a_reacquisition_gets_what_more_due_holds_than_fit_set_free(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(firmhold.engine.batch, "DUE_AT_ONCE", 2)
    item = await shop.item(8)
    late = await shop.held((item, 8))
    await end_holds(shop.dsn, [late.id], [-1])
    others = [await shop.held((item, 1)) for _ in range(8)]
    await end_holds(shop.dsn, [hold.id for hold in others], [-1] * 8)
    reply = await shop.submit(Confirm(late.id, OPERATOR, reacquire=True))
    assert isinstance(reply, Answer)
    assert await shop.counts(item) == (8, 0, 8)
    await clean(shop)


async def test_what_a_draining_item_gets_back_is_never_shown_as_available(shop: Shop) -> None:
    item = await shop.item(10, "A")
    due, _ = await shop.held((item, 4)), await shop.held((item, 3))
    await shop.submit(SetCapacity(item, OPERATOR, 2, drain=True))
    await shop.make_due(due.id)
    (seen,) = await shop.services.catalogue.find(shop.organization.id, skus=["A"])
    assert (seen.capacity, seen.held, seen.available, seen.draining_to) == (3, 3, 0, 2)
    before_it_is_recorded = seen.now
    assert refused(await shop.hold((item, 1))) == "insufficient_capacity"
    assert await shop.counts(item) == (3, 3, 0)
    (again,) = await shop.services.catalogue.find(shop.organization.id, skus=["A"])
    assert again._replace(now=seen.now, version=seen.version) == seen
    counts = await shop.services.reader.counts_at(shop.organization.id, item, before_it_is_recorded)
    assert counts is not None and (counts.capacity, counts.held) == (3, 3)
    await clean(shop)


async def test_rows_that_changed_while_a_batch_waited_for_them_are_still_found(
    shop: Shop,
) -> None:
    """PostgreSQL looks again at each row that was updated while it was waited for. A plan that
    cannot find it the second time makes items vanish, and their customers hear `not_found`."""
    items = await many_items(shop, 8, 5)
    holds = [await shop.held((item, 1)) for item in items]
    await end_holds(shop.dsn, [hold.id for hold in holds], [-1] * 8)
    async with raw(shop.dsn.replace("//firmhold@", "//postgres@")) as connection:
        await connection.execute("ANALYZE")  # which leads to the plans of tables in use
    async with locked(shop.dsn, *items) as holder:
        waiting = asyncio.create_task(shop.hold(*((item, 1) for item in items)))
        await blocked(shop.dsn)
        await holder.execute(
            "UPDATE offering SET held = held WHERE id = ANY ($1)", [item[-32:] for item in items]
        )
        await holder.execute("COMMIT")
    assert outcomes([await waiting]) == {"accepted": 1}
    await clean(shop)


HOLD_IN_ANOTHER_ZONE = """
import asyncio, sys
from tests.shop import Shop, open_shop
async def main():
    async with open_shop(sys.argv[1]) as shop:
        hold = await shop.held((sys.argv[2], 1), ttl_seconds=120)
        print(hold.expires_at.isoformat())
        await shop.held((sys.argv[3], 1))
asyncio.run(main())
"""


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata"])
async def test_the_time_zone_of_the_host_shifts_nothing(shop: Shop, zone: str) -> None:
    """Fourteen hours ahead or eight behind: a hold lasts what it lasts, and a sale that is open
    here is open there."""
    now = datetime.now(UTC)
    item = await shop.item(1)
    window = await shop.item(
        1, sale_starts_at=now - timedelta(minutes=5), sale_ends_at=now + timedelta(minutes=5)
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", HOLD_IN_ANOTHER_ZONE, shop.dsn, item, window],
        env={**os.environ, "TZ": zone, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expires_at = datetime.fromisoformat(done.stdout.strip().splitlines()[-1])
    row = await shop.fetchrow(
        "SELECT expires_at, created_at FROM reservation WHERE id IN (SELECT "
        "reservation_id FROM reservation_line WHERE offering_id = $1)",
        item[-32:],
    )
    assert expires_at == row["expires_at"] == row["created_at"] + timedelta(seconds=120)
    assert expires_at.utcoffset() == timedelta(0)
    assert refused(await shop.hold((item, 1))) == "insufficient_capacity"
    await clean(shop)
