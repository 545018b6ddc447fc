"""Sites and pools: what may be said about them, and that nothing changes when it may not."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.domain.commands import Cancel, Confirm
from firmhold.domain.model import CustomerLimit, Per
from firmhold.engine.places import Closure, OpeningHours, Site, SiteFields
from firmhold.engine.pools import PoolFields, PoolKind, PoolSeen
from firmhold.engine.ticket import Answer, Key, Reply
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, contents, insisted, refusal, under
from tests.engine.several import clean, end_holds, statuses
from tests.shop import OPERATOR, Shop, new_id, open_shop, refused


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


def shown(site: Site) -> tuple[int, bytes]:
    return 200, site.id.encode()


def pool_shown(pool: PoolSeen) -> tuple[int, bytes]:
    return 200, pool.id.encode()


async def create_site(clinic: Clinic, fields: SiteFields, key: Key | None = None) -> Reply:
    return await clinic.places.create(clinic.organization, fields, shown, under(key))


async def change_pool(clinic: Clinic, id: str, **fields: Any) -> Reply:
    return await clinic.pools.update(
        clinic.organization, id, lambda pool: pool.fields._replace(**fields), pool_shown
    )


async def test_a_site_is_read_as_it_was_written(clinic: Clinic) -> None:
    fields = SiteFields(
        "Heart centre",
        "Asia/Kolkata",
        "1 Long Road\nMumbai",
        45,
        (OpeningHours("MO", "09:00", "17:30"), OpeningHours("FR", "22:00", "06:00")),
        (
            Closure("2026-12-24T12:00", "2026-12-27", "Holidays"),
            Closure("2027-01-01", "2027-01-02"),
        ),
        30,
        120,
        1440,
        CustomerLimit(2, 7),
        {"floor": 3},
    )
    answer = insisted(await create_site(clinic, fields))
    found = await clinic.places.find(clinic.organization, ids=[answer.body.decode()])
    assert [site.fields for site in found] == [fields]
    assert found[0].created_at == found[0].updated_at <= found[0].now
    others = await clinic.places.find(clinic.organization)
    assert [site.id for site in others] == [clinic.site, found[0].id]
    assert await clinic.places.find(clinic.organization, after=found[0].id) == []
    assert [s.id for s in await clinic.places.find(clinic.organization, limit=1)] == [clinic.site]
    await clean(clinic.shop)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"address": "x" * 1001}, "address"),
        ({"slot_minutes": 0}, "slot_minutes"),
        ({"slot_minutes": 1441}, "slot_minutes"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"horizon_days": 3651}, "horizon_days"),
        ({"notice_minutes": -1}, "notice_minutes"),
        ({"cutoff_minutes": 525601}, "cutoff_minutes"),
        ({"customer_limit": CustomerLimit(0, 7)}, "customer_limit.units"),
        ({"customer_limit": CustomerLimit(1, 0)}, "customer_limit.days"),
        ({"opening_hours": (OpeningHours("XX", "09:00", "10:00"),)}, "opening_hours[0].day"),
        ({"opening_hours": (OpeningHours("MO", "09:00", "25:00"),)}, "opening_hours[0]"),
        ({"blackouts": (Closure("2026-02-30", "2026-03-01"),)}, "blackouts[0].starts"),
        ({"blackouts": (Closure("2026-03-02", "2026-03-01"),)}, "blackouts[0].ends"),
        ({"opening_hours": (OpeningHours("MO", "9:00", "10:00"),) * 501}, "opening_hours"),
    ],
)
async def test_a_site_that_cannot_be_meant_is_refused_by_its_field(
    clinic: Clinic, fields: dict[str, Any], field: str
) -> None:
    before = await contents(clinic.shop)
    asked = SiteFields("Another", "Europe/Berlin")._replace(**fields)
    said = refusal(await create_site(clinic, asked))
    assert (said.code, said.facts["field"]) == ("malformed_request", field)
    changed = await clinic.places.update(
        clinic.organization, clinic.site, lambda site: site.fields._replace(**fields), shown
    )
    assert refusal(changed).facts["field"] == field
    assert await contents(clinic.shop) == before


async def test_names_of_sites_are_taken_once_per_organization(
    clinic: Clinic, database: Address
) -> None:
    fields = SiteFields("Clinic", "Europe/Berlin")
    assert refused(await create_site(clinic, fields)) == "already_exists"
    second = await clinic.new_site("Second")
    before = await contents(clinic.shop)
    renamed = await clinic.places.update(
        clinic.organization, second, lambda site: site.fields._replace(name="Clinic"), shown
    )
    assert refused(renamed) == "already_exists"
    assert await contents(clinic.shop) == before
    async with open_shop(database.dsn, slug="other") as shop:
        other = Clinic(shop)
        assert isinstance(await create_site(other, fields), Answer)
        # Another tenant's site is not there.
        assert await other.places.find(other.organization, ids=[clinic.site]) == []
        theirs = await other.places.update(
            other.organization, clinic.site, lambda site: site.fields, shown
        )
        assert refused(theirs) == "not_found"


async def test_a_site_is_changed_once_per_key(clinic: Clinic) -> None:
    key = Key.of("test", "change_site", "a", b"")

    async def rename(name: str) -> Reply:
        return await clinic.places.update(
            clinic.organization,
            clinic.site,
            lambda site: site.fields._replace(name=name),
            shown,
            under(key),
        )

    assert not insisted(await rename("First")).replayed
    assert insisted(await rename("Second")).replayed
    found = await clinic.places.find(clinic.organization)
    assert found[0].fields.name == "First"
    await clean(clinic.shop)


async def test_a_pool_is_read_as_it_was_written(clinic: Clinic) -> None:
    fields = PoolFields("Ventilator", 12, 15, 30, clinic.site, {"maker": "x"})
    answer = insisted(
        await clinic.pools.create(clinic.organization, PoolKind.EQUIPMENT, fields, pool_shown)
    )
    room = await clinic.room()
    found = await clinic.pools.find(clinic.organization)
    assert [(pool.id, pool.kind) for pool in found] == [
        (answer.body.decode(), "equipment"),
        (room, "room"),
    ]
    assert found[0].fields == fields
    of_kind = await clinic.pools.find(clinic.organization, kind=PoolKind.ROOM)
    assert [pool.id for pool in of_kind] == [room]
    at_site = await clinic.pools.find(clinic.organization, site=clinic.site)
    assert [pool.id for pool in at_site] == [found[0].id]
    assert await clinic.pools.find(clinic.organization, after=room) == []
    await clean(clinic.shop)


@pytest.mark.parametrize(
    ("kind", "fields", "code", "field"),
    [
        (PoolKind.EQUIPMENT, {"name": ""}, "malformed_request", "name"),
        (PoolKind.EQUIPMENT, {"units": -1}, "malformed_request", "units"),
        (PoolKind.EQUIPMENT, {"units": 100_001}, "malformed_request", "units"),
        (PoolKind.ROOM, {"units": 2}, "malformed_request", "units"),
        (PoolKind.PRACTITIONER, {"units": 0}, "malformed_request", "units"),
        (PoolKind.ROOM, {"before_minutes": -1}, "malformed_request", "before_minutes"),
        (PoolKind.ROOM, {"after_minutes": 1441}, "malformed_request", "after_minutes"),
        (PoolKind.ROOM, {"site": new_id("site")}, "not_found", "site"),
    ],
)
async def test_a_pool_that_cannot_be_meant_is_refused_by_its_field(
    clinic: Clinic, kind: PoolKind, fields: dict[str, Any], code: str, field: str
) -> None:
    existing = await clinic.pool(1, kind)
    before = await contents(clinic.shop)
    asked = PoolFields("Pool")._replace(**fields)
    replies = [
        await clinic.pools.create(clinic.organization, kind, asked, pool_shown),
        await change_pool(clinic, existing, **fields),
    ]
    for reply in replies:
        assert (refused(reply), refusal(reply).facts["field"]) == (code, field)
    assert await contents(clinic.shop) == before


async def test_a_name_may_be_taken_once_among_pools_of_a_kind(clinic: Clinic) -> None:
    fields = PoolFields("One")
    for kind in PoolKind:
        first = await clinic.pools.create(clinic.organization, kind, fields, pool_shown)
        again = await clinic.pools.create(clinic.organization, kind, fields, pool_shown)
        assert isinstance(first, Answer)
        assert refused(again) == "already_exists"
        other = await clinic.pool(1, kind)
        assert refused(await change_pool(clinic, other, name="One")) == "already_exists"


async def test_what_is_lent_from_now_on_is_the_least_that_a_pool_can_have(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(9, before_minutes=30)
    first, second, third = await clinic.published(
        clinic.new(NINE, capacity=5, each=[(kits, 2)]),
        clinic.new(NINE + 30 * MINUTE, capacity=5, each=[(kits, 3)]),
        clinic.new(NINE + DAY, capacity=5, slot=[(kits, 4)]),
    )
    await shop.held((first, 1), confirm=True)
    hold = await shop.held((second, 1))
    before = await contents(shop)
    said = refusal(await change_pool(clinic, kits, units=4))
    assert said.code == "capacity_below_reserved"
    assert said.facts == {
        "pool": kits,
        "requested": 4,
        "taken": 5,
        "busy_from": NINE,
        "busy_until": NINE + HOUR,
    }
    assert await contents(shop) == before
    insisted(await change_pool(clinic, kits, units=5))
    # A hold that has ended has nothing, though nobody has said so yet.
    await end_holds(shop.dsn, [hold.id], [-1])
    insisted(await change_pool(clinic, kits, units=4))
    assert await statuses(shop.dsn, [hold.id]) == ["expired"]
    assert refused(await change_pool(clinic, kits, units=3)) == "capacity_below_reserved"
    insisted(await clinic.withdraw(third))
    insisted(await change_pool(clinic, kits, units=2))
    await shop.submit(Cancel((await reservations(clinic, first))[0], OPERATOR))
    insisted(await change_pool(clinic, kits, units=0))
    # More is required now than there is: the slot is there, and cannot be booked.
    seen = await clinic.seen(first)
    assert seen.reason == "pool_busy"
    assert refusal(await shop.hold((first, 1))).facts == seen.refusal.facts  # type: ignore[union-attr]  # just seen
    await clean(shop)


async def reservations(clinic: Clinic, slot: str) -> list[str]:
    found = await clinic.shop.fetch(
        "SELECT reservation_id FROM reservation_line WHERE offering_id = $1 AND confirmed > 0",
        slot[-32:],
    )
    return [f"rsv_{row['reservation_id'].hex}" for row in found]


async def test_buffers_are_for_what_is_lent_from_then_on(clinic: Clinic) -> None:
    room = await clinic.room()
    await clinic.slot(NINE, slot=[room])
    insisted(await change_pool(clinic, room, after_minutes=15, before_minutes=5))
    # The first slot was lent the room for its hour; the next one needs it from five to ten.
    busy = await clinic.publish(clinic.new(NINE + HOUR, slot=[room]))
    assert refusal(busy).facts["busy_until"] == NINE + HOUR
    await clinic.slot(NINE + HOUR + 5 * MINUTE, slot=[room])
    lent = await clinic.pools.lent(clinic.organization, room, NINE, NINE + DAY)
    assert [(loan.starts_at - NINE, loan.ends_at - NINE) for loan in lent] == [
        (0 * HOUR, HOUR),
        (HOUR, 2 * HOUR + 20 * MINUTE),
    ]
    await clean(clinic.shop)


async def test_what_a_pool_has_lent_comes_in_pages_in_the_order_of_time(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(9)
    slots = await clinic.published(
        *(clinic.new(NINE + n * HOUR, capacity=5, each=[kits], title=f"{n}") for n in range(7))
    )
    holds = [await shop.held((slot, 1)) for slot in slots for _ in range(2)]
    await shop.submit(Confirm(holds[0].id, OPERATOR))
    await end_holds(shop.dsn, [holds[7].id, *(hold.id for hold in holds[12:])], [-1] * 3)
    everything = await clinic.pools.lent(clinic.organization, kits, NINE, NINE + DAY)
    assert [(loan.title, loan.slot, loan.units) for loan in everything] == [
        (f"{n}", slots[n], units) for n, units in enumerate((2, 2, 2, 1, 2, 2))
    ]
    assert {loan.per for loan in everything} == {Per.RESERVATION}
    pages = []
    after = None
    while page := await clinic.pools.lent(
        clinic.organization, kits, NINE, NINE + DAY, after=after, limit=3
    ):
        pages.append(page)
        after = page[-1].position
    assert [len(page) for page in pages] == [3, 3]
    assert [loan for page in pages for loan in page] == everything
    during = await clinic.pools.lent(clinic.organization, kits, NINE + 90 * MINUTE, NINE + 2 * HOUR)
    assert {loan.slot for loan in during} == {slots[1]}


async def test_only_a_pool_that_nothing_ever_required_can_be_deleted(clinic: Clinic) -> None:
    free, required = await clinic.pool(2), await clinic.room()
    slot = await clinic.slot(slot=[required])
    insisted(await clinic.withdraw(slot))

    async def delete(pool: str, key: Key | None = None) -> Reply:
        return await clinic.pools.delete(clinic.organization, pool, pool_shown, under(key))

    before = await contents(clinic.shop)
    said = refusal(await delete(required))
    assert (said.code, said.facts["slots"]) == ("version_conflict", 1)
    assert refused(await delete(new_id("pool"))) == "not_found"
    assert await contents(clinic.shop) == before
    name = (await clinic.pools.find(clinic.organization, ids=[free]))[0].fields.name
    key = Key.of("test", "delete_pool", "a", b"")
    assert not insisted(await delete(free, key)).replayed
    assert insisted(await delete(free, key)).replayed
    assert refused(await delete(free)) == "not_found"
    assert await clinic.pools.find(clinic.organization, ids=[free]) == []
    assert refused(await change_pool(clinic, free, units=3)) == "not_found"
    assert refused(await clinic.publish(clinic.new(slot=[free]))) == "not_found"
    # Its name is free again.
    again = await clinic.pools.create(
        clinic.organization, PoolKind.EQUIPMENT, PoolFields(name, 1), pool_shown
    )
    assert isinstance(again, Answer)
    await clean(clinic.shop)
