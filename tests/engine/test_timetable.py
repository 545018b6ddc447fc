"""Looking at slots: pages, filters, and why something cannot be had."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from firmhold.domain.commands import Confirm, Release, SetCapacity
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor
from firmhold.engine.places import SiteFields
from firmhold.engine.pools import PoolKind
from firmhold.engine.timetable import PublishedSlot, SlotFilter
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, contents, insisted, refusal
from tests.engine.several import clean, end_holds, raw, rounds, superuser
from tests.shop import OPERATOR, Shop, new_id, refused

ADA = Actor("user:ada", "ada")


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


async def listed(clinic: Clinic, **where: Any) -> list[str]:
    found = await clinic.timetable.page(clinic.organization, SlotFilter(**where), limit=1_000)
    return [slot.id for slot in found]


async def test_slots_come_in_the_order_of_time_in_pages(clinic: Clinic) -> None:
    times = [NINE + random.randrange(30) * HOUR for _ in range(40)]
    ids = await clinic.published(*(clinic.new(at) for at in times))
    ordered = [id for _, id in sorted(zip(times, ids, strict=True))]
    assert await listed(clinic) == ordered
    for limit in (1, 7, 40):
        seen: list[str] = []
        after = None
        while page := await clinic.timetable.page(
            clinic.organization, SlotFilter(), after=after, limit=limit
        ):
            assert len(page) <= limit
            seen += [slot.id for slot in page]
            after = page[-1].position
        assert seen == ordered


async def test_slots_are_found_by_what_is_known_of_them(clinic: Clinic) -> None:
    room, kits = await clinic.room(), await clinic.pool(5)
    elsewhere = await clinic.new_site("Elsewhere")
    early, with_room, with_kit, far = await clinic.published(
        clinic.new(NINE),
        clinic.new(NINE + HOUR, slot=[room]),
        clinic.new(NINE + 2 * HOUR, each=[kits]),
        clinic.new(NINE + HOUR, site=elsewhere, slot=[(kits, 1)]),
    )
    assert set(await listed(clinic)) == {early, with_room, with_kit, far}
    assert await listed(clinic, site=elsewhere) == [far]
    assert await listed(clinic, site=clinic.site) == [early, with_room, with_kit]
    assert await listed(clinic, pool=room) == [with_room]
    assert await listed(clinic, pool=kits) == [far, with_kit]
    assert await listed(clinic, pool=kits, site=clinic.site) == [with_kit]
    assert await listed(clinic, since=NINE + HOUR, site=clinic.site) == [with_room, with_kit]
    assert await listed(clinic, until=NINE + HOUR) == [early]
    assert await listed(clinic, since=NINE, until=NINE) == []
    assert await listed(clinic, pool=new_id("pool")) == []
    assert await listed(clinic, schedule=new_id("sched")) == []
    found = await clinic.timetable.find(clinic.organization, [far, new_id("slot"), early])
    assert [slot.id for slot in found] == [far, early]


async def why(clinic: Clinic, slot: str) -> tuple[str | None, dict[str, Any]]:
    """What is said of a slot in lists and by itself, which is the same, and what whoever tries to
    hold it is told."""
    seen = await clinic.seen(slot)
    alone = await clinic.timetable.availability(clinic.organization, slot)
    assert alone is not None
    assert (alone.refusal, alone.next_expiry) == (seen.refusal, seen.next_expiry)
    assert alone.offering == seen.offering
    units = seen.fields.terms.min_quantity
    tried = await clinic.shop.hold((slot, units), actor=ADA, customer="ada")
    if seen.refusal is None:
        insisted(tried)
        return None, {}
    assert refusal(tried) == seen.refusal
    return seen.reason, seen.refusal.facts


async def test_it_is_said_why_a_slot_cannot_be_booked(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(1, before_minutes=15)
    strict = await clinic.new_site("Strict", horizon_days=3, notice_minutes=60)
    soon = datetime.now(UTC) + 30 * MINUTE
    one, rival = await clinic.published(
        clinic.new(NINE, each=[kits]), clinic.new(NINE + 30 * MINUTE, each=[kits])
    )
    sold_out, ended, unborn, closed, far, late, two = await clinic.published(
        clinic.new(NINE + DAY),
        clinic.new(NINE, sale_ends_at=datetime(2020, 1, 1, tzinfo=UTC)),
        clinic.new(NINE, sale_starts_at=NINE),
        clinic.new(NINE),
        clinic.new(NINE, site=strict),
        clinic.new(soon, site=strict),
        clinic.new(NINE, capacity=1, min_quantity=2, max_quantity=2),
    )
    await shop.held((sold_out, 1))
    hold = await shop.held((rival, 1))
    insisted(await clinic.change(closed, open=False))
    assert await why(clinic, sold_out) == (
        "sold_out",
        {"line": 0, "offering": sold_out, "requested": 1, "available": 0},
    )
    assert await why(clinic, two) == (
        "sold_out",
        {"line": 0, "offering": two, "requested": 2, "available": 1},
    )
    assert (await why(clinic, ended))[0] == "sale_ended"
    assert (await why(clinic, closed))[1]["closed"]
    assert (await why(clinic, unborn))[1]["sale_starts_at"] == NINE
    assert (await why(clinic, far))[1]["bookable_from"] == NINE - 3 * DAY
    assert (await why(clinic, late))[1]["bookable_until"] == soon - HOUR
    reason, facts = await why(clinic, one)
    assert reason == "pool_busy"
    assert (facts["pool"], facts["busy_from"], facts["busy_until"]) == (
        kits,
        NINE + 15 * MINUTE,
        NINE + 90 * MINUTE,
    )
    # From the very instant of its end, the hold is in nobody's way.
    await end_holds(shop.dsn, [hold.id], [-0.001])
    assert await why(clinic, one) == (None, {})
    assert await clinic.timetable.availability(clinic.organization, new_id("slot")) is None
    await clean(shop)


async def test_items_explain_themselves_too(clinic: Clinic) -> None:
    shop = clinic.shop
    item = await shop.item(1)
    later = await shop.item(1, sale_starts_at=NINE)
    free = await clinic.timetable.availability(clinic.organization, item)
    assert free is not None
    assert (free.reason, free.offering.capacity, free.offering.slot) == (None, 1, None)
    hold = await shop.held((item, 1))
    taken = await clinic.timetable.availability(clinic.organization, item)
    assert taken is not None
    assert (taken.reason, taken.next_expiry) == ("sold_out", hold.expires_at)
    not_yet = await clinic.timetable.availability(clinic.organization, later)
    assert not_yet is not None and not_yet.reason == "not_on_sale_yet"
    as_slot = f"slot_{item[-32:]}"
    assert await clinic.timetable.availability(clinic.organization, as_slot) is None


async def test_counts_are_without_holds_that_have_ended(clinic: Clinic) -> None:
    shop = clinic.shop
    slot = await clinic.slot(capacity=5)
    first, second = await shop.held((slot, 1)), await shop.held((slot, 2))
    seen = await clinic.seen(slot)
    assert (seen.offering.held, seen.available, seen.next_expiry) == (3, 2, first.expires_at)
    await end_holds(shop.dsn, [first.id], [-1])
    seen = await clinic.seen(slot)
    assert (seen.offering.held, seen.available, seen.next_expiry) == (2, 3, second.expires_at)
    # Units that come back while it drains are not on sale again.
    await shop.submit(SetCapacity(slot, OPERATOR, 1, drain=True))
    await shop.submit(Confirm(second.id, OPERATOR))
    third = await clinic.slot(NINE + DAY, capacity=5)
    hold = await shop.held((third, 4))
    await shop.submit(SetCapacity(third, OPERATOR, 2, drain=True))
    await end_holds(shop.dsn, [hold.id], [-1])
    seen = await clinic.seen(third)
    assert (seen.offering.capacity, seen.available, seen.offering.drain_to) == (2, 2, None)


async def test_what_can_be_booked_is_the_same_in_lists_as_by_the_rules(clinic: Clinic) -> None:
    """Slots of all kinds, some of them reserved: the list of bookable ones has those of which the
    rules say so, and those can be held."""
    shop = clinic.shop
    now = datetime.now(UTC).replace(microsecond=0)
    rng = random.Random(7)
    sites = [
        await clinic.new_site(f"{n}", horizon_days=days, notice_minutes=minutes)
        for n, (days, minutes) in enumerate([(None, None), (2, None), (None, 120), (400, 0)])
    ]
    for _ in range(rounds(4)):
        pools = [await clinic.pool(n) for n in (1, 2, 3)]
        room = await clinic.room(before_minutes=10)
        new = []
        for _ in range(120):
            low = rng.choice([1, 1, 2])
            new.append(
                clinic.new(
                    now + rng.choice([HOUR, 3 * HOUR, DAY, DAY, DAY, 3 * DAY, 100 * DAY]),
                    rng.choice([30, 60]) * MINUTE,
                    rng.choice([0, 1, 2, 5]),
                    each=rng.sample([(pools[0], 1), (pools[1], 2), (pools[2], 1), (room, 1)], k=k)
                    if (k := rng.choice([0, 0, 1, 2]))
                    else [],
                    site=rng.choice(sites),
                    min_quantity=low,
                    sale_starts_at=rng.choice([None, None, now - DAY, now + DAY]),
                    sale_ends_at=rng.choice([None, None, now + 2 * DAY]),
                )
            )
        ids = await clinic.published(*new)
        holds = []
        for id in rng.sample(ids, 60):
            reply = await shop.hold((id, rng.choice([1, 2])))
            if not isinstance(reply, Refusal):
                holds.append(reply.body.decode())
        await end_holds(shop.dsn, holds[::3], [-1] * len(holds[::3]))
        for id in holds[1::3]:
            await shop.submit(Confirm(id, OPERATOR))
        for id in rng.sample(ids, 10):
            insisted(await clinic.change(id, open=False))
        for id in rng.sample(ids, 10):
            await clinic.withdraw(id)
        seen = await everything(clinic, SlotFilter())
        bookable = await everything(clinic, SlotFilter(bookable=True))
        assert [slot.id for slot in bookable] == [slot.id for slot in seen if not slot.refusal]
        with_places = await everything(clinic, SlotFilter(has_places=True))
        assert [slot.id for slot in with_places] == [
            slot.id for slot in seen if slot.reason in {None, "pool_busy"}
        ]
        assert len(with_places) > len(bookable)
        assert len({slot.reason for slot in seen}) >= 6, "not much of a mixture"
        for slot in rng.sample(seen, 60):
            units = slot.fields.terms.min_quantity
            tried = await shop.hold((slot.id, units), actor=ADA, customer="ada")
            if slot.refusal is not None:
                assert refused(tried) == slot.refusal.code
            else:
                answer = insisted(tried)
                await shop.submit(Release(answer.body.decode(), OPERATOR))
    await clean(shop)


async def everything(clinic: Clinic, where: SlotFilter) -> list[PublishedSlot]:
    return await clinic.timetable.page(clinic.organization, where, limit=10_000)


async def test_looking_locks_nothing_and_changes_nothing(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(1)
    slot = await clinic.slot(each=[kits])
    hold = await shop.held((slot, 1))
    await end_holds(shop.dsn, [hold.id], [-1])
    before = await contents(shop)
    async with raw(shop.dsn) as holder:
        await holder.execute("BEGIN")
        for table in ("offering", "pool", "reservation", "slot", "loan"):
            await holder.execute(f"SELECT FROM {table} FOR UPDATE")
        assert (await clinic.seen(slot)).reason is None
        assert await listed(clinic, bookable=True) == [slot]
        assert (await clinic.timetable.availability(clinic.organization, slot)) is not None
        assert await clinic.pools.lent(clinic.organization, kits, NINE, NINE + DAY) == []
        await holder.execute("ROLLBACK")
    assert await contents(shop) == before


async def test_a_horizon_is_counted_in_days_of_24_hours(clinic: Clinic) -> None:
    """Whatever time zone the server believes in: some of its days have 23 hours."""
    shop = clinic.shop
    async with raw(superuser(shop.dsn)) as connection:
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET timezone = 'America/New_York'")
    site = await clinic.places.create(
        clinic.organization,
        SiteFields("A year ahead", "Europe/Berlin", horizon_days=365),
        lambda site: (201, site.id.encode()),
    )
    id = insisted(site).body.decode()
    now = datetime.now(UTC)
    # A summer time begins or ends within each of these horizons.
    near, far = await clinic.published(
        clinic.new(now + 365 * DAY - 30 * MINUTE, site=id),
        clinic.new(now + 365 * DAY + 30 * MINUTE, site=id),
    )
    assert await listed(clinic, bookable=True) == [near]
    assert (await clinic.seen(far)).reason == "too_far_ahead"


async def test_kinds_of_pools_are_told_apart(clinic: Clinic) -> None:
    pools = {kind: await clinic.pool(1, kind) for kind in PoolKind}
    slot = await clinic.slot(slot=list(pools.values()))
    seen = await clinic.seen(slot)
    for kind, pool in pools.items():
        assert [it.pool for it in seen.of_kind(kind)] == [pool]
