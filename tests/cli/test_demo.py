"""The demo's data: believable, fitting, made once, and still right at the next start."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs

from firmhold.cli import demo_hospital, demo_relief
from firmhold.cli.demo import seed_demo
from firmhold.cli.demo_maker import KEY, Maker, Wanted, at
from firmhold.cli.demo_remake import make_places
from firmhold.domain.commands import Cancel
from firmhold.domain.model import Status
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.places import Site
from firmhold.engine.pools import PoolKind
from firmhold.engine.reader import Filter
from firmhold.engine.schedules import Schedules
from firmhold.engine.timetable import PublishedSlot, SlotFilter
from firmhold.engine.waitlist_reader import WaitFilter, WaitlistReader
from firmhold.identity.keyring import Keyring
from firmhold.identity.signing_in import Device
from firmhold.identity.tokens import Tokens
from tests.databases import Address, Server
from tests.engine.clinic import DAY, HOUR, Clinic, insisted
from tests.shop import OPERATOR, SECRET, Shop, open_shop

SEEDED = "demo_to_clone"

TABLES = (
    "site",
    "pool",
    "schedule",
    "offering",
    "reservation",
    "waitlist_entry",
    "ledger",
    "users",
)


class Demo(Clinic):
    """The demo's organization, looked at without doors."""

    async def restart(self) -> str:
        """What is printed when the demo is started once more."""
        welcome = await seed_demo(self.shop.services.database, Keyring([SECRET]))
        return welcome.text("http://127.0.0.1:8080")

    async def rows(self) -> dict[str, int]:
        return {
            table: (await self.shop.fetchrow(f"SELECT count(*) AS n FROM {table}"))["n"]
            for table in TABLES
        }

    async def every_slot(self, **where: Any) -> list[PublishedSlot]:
        found: list[PublishedSlot] = []
        after = None
        while page := await self.timetable.page(
            self.organization, SlotFilter(**where), after=after, limit=500
        ):
            found += page
            after = page[-1].position
        return found

    async def site_named(self, part: str) -> Site:
        found = await self.places.find(self.organization)
        return next(site for site in found if part in site.fields.name)

    async def contents(self) -> list[tuple[Any, ...]]:
        """What is to be had and what is had, without ids."""
        slots = [
            (it.site.name, it.fields.title, it.starts_at, it.available, it.offering.waiting)
            for it in await self.every_slot()
            if it.starts_at > datetime.now(UTC) + 3 * HOUR
        ]
        items = await self.shop.services.catalogue.find(self.organization)
        return sorted([*slots, *((it.sku, it.capacity, it.held, it.confirmed) for it in items)])

    async def maker(self, now: datetime) -> Maker:
        return Maker(self.engine, self.organization, now, afresh=False)


@pytest.fixture(scope="module")
def seeded(server: Server) -> Iterator[str]:
    """Name of a database with the demo in it, to be cloned."""

    async def seed() -> Address:
        address = await server.clone(name=SEEDED)
        async with open_shop(address.dsn) as shop:
            await seed_demo(shop.services.database, Keyring([SECRET]))
        return address

    address = asyncio.run(seed())
    yield SEEDED
    asyncio.run(server.drop(address))


@pytest.fixture
async def demo(server: Server, seeded: str) -> AsyncIterator[Demo]:
    address = await server.clone(seeded)
    async with open_shop(address.dsn) as shop:
        yield await of(shop)
    await server.drop(address)


async def of(shop: Shop) -> Demo:
    """The demo's organization on these services."""
    organization = await shop.services.directory.organization("demo")
    assert organization is not None
    return Demo(Shop(shop.services, organization, shop.dsn))


async def test_there_are_a_shop_a_hospital_and_a_relief_network(demo: Demo) -> None:
    items = await demo.shop.services.catalogue.find(demo.organization)
    assert {"FLASH-SALE-001", "LAST-ONE-001", "VINYL-BOX"} <= {item.sku for item in items}
    sites = {site.fields.name: site.fields for site in await demo.places.find(demo.organization)}
    assert len(sites) == 5
    assert len({fields.zone for fields in sites.values()}) == 5, "each by its own clocks"
    for fields in sites.values():
        assert fields.address and fields.opening_hours
        ZoneInfo(fields.zone)
    pools = await demo.pools.find(demo.organization)
    kinds = Counter(pool.kind for pool in pools)
    assert kinds[PoolKind.ROOM] >= 3 and kinds[PoolKind.PRACTITIONER] >= 7
    ventilator = next(pool for pool in pools if pool.fields.name == "Ventilator")
    assert (ventilator.kind, ventilator.fields.units) == (PoolKind.EQUIPMENT, 3)
    assert ventilator.fields.after_minutes == 30
    titles = {slot.fields.title for slot in await demo.every_slot()}
    assert {
        "Lung resection",
        "Pre-operative assessment",
        "Bed for the night",
        "Food parcel pickup",
        "Consultation",
        "Vaccination",
        "Mother and child clinic",
    } <= titles
    schedules = await Schedules(demo.engine).find(demo.organization)
    assert len(schedules) == 4 and all(it.active for it in schedules)
    assert (await demo.shop.verify()).findings == []


async def test_everyone_who_was_to_have_a_place_has_one(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rooms, people, equipment, capacity and limits: the design fits."""
    wanted: list[Wanted] = []
    publish = Maker.publish

    async def noting(self: Maker, site: str, slots: Any) -> None:
        some = list(slots)
        soon = self.now + timedelta(minutes=10)
        wanted.extend(it for it in some if it.slot.starts_at > soon)
        await publish(self, site, some)

    monkeypatch.setattr(Maker, "publish", noting)
    async with open_shop(database.dsn) as shop:
        await seed_demo(shop.services.database, Keyring([SECRET]))
        demo = await of(shop)
        slots = {slot.fields.metadata.get(KEY): slot for slot in await demo.every_slot()}
        assert wanted
        for it in wanted:
            offering = slots[it.key].offering
            has = (offering.held, offering.confirmed, offering.waiting)
            assert has == (
                sum(guest.units for guest in it.held),
                sum(guest.units for guest in it.confirmed),
                len(it.waiting),
            ), it.key


async def test_what_nobody_has_booked_may_want_something_that_is_taken(demo: Demo) -> None:
    site = await demo.site_named("Brigid")
    busy = [it for it in await demo.every_slot(site=site.id) if it.reason == "pool_busy"]
    named = {it.refusal.facts["pool_name"] for it in busy if it.refusal is not None}
    assert named == {"Ventilator", "Dr. Mei Tanaka"}
    shelter = await demo.site_named("New Orleans")
    cots = [it for it in await demo.every_slot(site=shelter.id) if it.reason == "pool_busy"]
    assert cots and {it.fields.title for it in cots} == {"Family room with a cot"}


async def test_somebody_waits_at_the_hospital_and_at_the_shelter(demo: Demo) -> None:
    found = await WaitlistReader(demo.shop.services.database).entries(
        demo.organization, WaitFilter(), beyond=None, limit=100
    )
    slots = {slot.id: slot for slot in await demo.every_slot()}
    waiting = Counter(slots[it.entry.offering].site.name for it in found)
    assert waiting["St. Brigid's Hospital"] == 2
    assert 1 <= waiting["Open Harbour: Piraeus night shelter"] <= 2
    assert all(it.position is not None for it in found), "nobody of them has an offer"


async def test_the_customer_of_the_demo_has_appointments(demo: Demo) -> None:
    (customer,) = await demo.shop.services.directory.users_by_email(
        "customer@demo.example", demo.organization
    )
    found = await demo.shop.services.reader.reservations(
        demo.organization, Filter(customer=customer.id), below=None, limit=10
    )
    assert len(found) == 2
    assert {seen.reservation.status for seen in found} == {Status.CONFIRMED}


async def test_starting_again_makes_nothing_twice(demo: Demo) -> None:
    before = await demo.rows()
    for _ in range(2):
        await demo.restart()
    after = await demo.rows()
    # The shop's sale windows move along with the clock.
    assert 0 < after["ledger"] - before["ledger"] <= 6
    assert {**after, "ledger": 0} == {**before, "ledger": 0}


async def test_what_operators_have_changed_is_theirs_at_the_next_start(demo: Demo) -> None:
    hospital = await demo.site_named("Brigid")
    await demo.places.update(
        demo.organization,
        hospital.id,
        lambda site: site.fields._replace(name="St. Brendan's"),
        lambda _: (200, b""),
    )
    slots = await demo.every_slot(site=hospital.id)
    free = next(it for it in slots if not it.offering.confirmed and it.schedule is None)
    insisted(await demo.withdraw(free.id))
    schedules = Schedules(demo.engine)
    (assessment,) = await schedules.find(demo.organization, site=hospital.id)
    insisted(
        await schedules.stop(
            demo.organization, "test", assessment.id, lambda *_: (200, b""), withdraw=True
        )
    )
    booked = next(it for it in slots if it.offering.confirmed)
    (seen, *_) = await demo.shop.services.reader.reservations(
        demo.organization, Filter(offering=booked.id), below=None, limit=1
    )
    insisted(await demo.shop.submit(Cancel(seen.reservation.id, OPERATOR)))
    before = await demo.rows()
    await demo.restart()
    after = await demo.rows()
    assert {**after, "ledger": 0} == {**before, "ledger": 0}
    assert (await demo.seen(free.id)).withdrawn_at is not None
    assert (await demo.seen(booked.id)).offering.confirmed == 0
    assert (await schedules.find(demo.organization, ids=[assessment.id]))[0].active is False
    assert (await demo.site_named("Brendan")).id == hospital.id


async def test_days_that_have_come_nearer_are_added(demo: Demo) -> None:
    before = {slot.id for slot in await demo.every_slot()}
    later = datetime.now(UTC) + 3 * DAY
    (customer,) = await demo.shop.services.directory.users_by_email(
        "customer@demo.example", demo.organization
    )
    maker = await demo.maker(later)
    await demo_hospital.make_hospital(maker, customer.id)
    await demo_relief.make_relief(maker, customer.id)
    added = [slot for slot in await demo.every_slot() if slot.id not in before]
    assert maker.published == len(added) > 0
    assert {slot.site.name for slot in added} >= {
        "Open Harbour: Piraeus night shelter",
        "Open Harbour: Nairobi supply depot",
    }
    assert {slot.schedule for slot in added} == {None}, "schedules go on by themselves"
    keys = [slot.fields.metadata[KEY] for slot in await demo.every_slot() if slot.schedule is None]
    assert len(keys) == len(set(keys))
    assert (await demo.shop.verify()).findings == []


async def test_a_theatre_that_somebody_has_taken_is_left_to_them(demo: Demo) -> None:
    hospital = await demo.site_named("Brigid")
    pools = await demo.pools.find(demo.organization, kind=PoolKind.ROOM)
    theatre = next(pool.id for pool in pools if pool.fields.name == "Theatre 1")
    day = (datetime.now(UTC) + 20 * DAY).date()
    taken = at(day, "08:00", demo_hospital.ZONE)
    own = await demo.slot(taken, HOUR, slot=[theatre], site=hospital.id)
    fields = demo.new(taken, HOUR, slot=[theatre], site=hospital.id)
    free = demo.new(taken + 4 * HOUR, HOUR, slot=[theatre], site=hospital.id)
    maker = await demo.maker(datetime.now(UTC))
    await maker.publish(hospital.id, [Wanted("clash", fields), Wanted("free", free)])
    assert maker.published == 1
    found = await demo.every_slot(site=hospital.id, since=taken, until=taken + DAY)
    assert {slot.fields.metadata.get(KEY) for slot in found} >= {"free"}
    assert own in {slot.id for slot in found}


async def test_what_cannot_be_published_is_left_out_and_the_log_says_so(demo: Demo) -> None:
    site = await demo.site_named("Brigid")
    maker = await demo.maker(datetime.now(UTC))
    wrong = NewSlot(site.id, datetime.now(UTC) + DAY, datetime.now(UTC), 1, SlotFields("Backwards"))
    right = demo.new((datetime.now(UTC) + 25 * DAY).replace(microsecond=0), site=site.id)
    with capture_logs() as logs:
        await maker.publish(site.id, [Wanted("wrong", wrong), Wanted("right", right)])
    assert maker.published == 1
    (line,) = [it for it in logs if it["log_level"] == "warning"]
    assert line["what"] == "wrong" and "ends_at" in line["why"]


async def test_the_demo_starts_whatever_somebody_has_done_to_its_pools(demo: Demo) -> None:
    """There is one ventilator left when further days are to be added, and the name of the site's
    nurse is somebody else's."""
    for pool in await demo.pools.find(demo.organization):
        change: dict[str, Any] = {"metadata": {}}
        if pool.fields.name == "Ventilator":
            for seen in await demo.shop.services.reader.reservations(
                demo.organization, Filter(status="confirmed"), below=None, limit=500
            ):
                await demo.shop.submit(Cancel(seen.reservation.id, OPERATOR))
            change = {"units": 1}
        elif "Nurse" in pool.fields.name:
            change["name"] = pool.fields.name.removeprefix("Nurse ")
        await demo.pools.update(
            demo.organization,
            pool.id,
            lambda it, change=change: it.fields._replace(**change),  # type: ignore[misc]  # a default
            lambda _: (200, b""),
        )
    maker = await demo.maker(datetime.now(UTC) + 3 * DAY)
    (customer,) = await demo.shop.services.directory.users_by_email(
        "customer@demo.example", demo.organization
    )
    with capture_logs() as logs:
        await make_places(maker, customer.id)
    assert maker.published > 0
    assert {it["what"] for it in logs if it["log_level"] == "warning"}
    await demo.restart()
    assert (await demo.shop.verify()).findings == []


async def test_a_first_start_that_was_broken_off_is_finished_by_the_next(
    database: Address, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, times = Maker.publish, 0

    async def killed(self: Maker, site: str, slots: Any) -> None:
        nonlocal times
        times += 1
        if times == 3:
            raise MemoryError
        await publish(self, site, slots)

    async with open_shop(database.dsn) as shop:
        with monkeypatch.context() as broken:
            broken.setattr(Maker, "publish", killed)
            with pytest.raises(MemoryError):
                await seed_demo(shop.services.database, Keyring([SECRET]))
        await seed_demo(shop.services.database, Keyring([SECRET]))
        finished = await of(shop)
        assert await finished.contents() == await demo.contents()
        before = await finished.rows()
        await finished.restart()
        assert {**(await finished.rows()), "ledger": 0} == {**before, "ledger": 0}
        assert (await shop.verify()).findings == []


async def test_each_patient_has_one_operation_and_is_assessed_on_a_day_before_it(
    demo: Demo,
) -> None:
    site = await demo.site_named("Brigid")
    slots = {slot.id: slot for slot in await demo.every_slot(site=site.id)}
    operations: dict[str, PublishedSlot] = {}
    assessments: dict[str, PublishedSlot] = {}
    names: dict[str, str] = {}
    for status in ("held", "confirmed"):
        for seen in await demo.shop.services.reader.reservations(
            demo.organization, Filter(status=status), below=None, limit=500
        ):
            booked = seen.reservation
            slot = slots.get(booked.lines[0].offering)
            if slot is None:
                continue
            customer, metadata = booked.customer, booked.metadata
            assert customer is not None and metadata is not None
            assert names.setdefault(customer, metadata["patient_name"]) == metadata["patient_name"]
            of_kind = assessments if "assessment" in slot.fields.title else operations
            assert customer not in of_kind, f"{names[customer]} twice"
            of_kind[customer] = slot
    found = await WaitlistReader(demo.shop.services.database).entries(
        demo.organization, WaitFilter(), beyond=None, limit=100
    )
    waiting = {it.entry.customer for it in found if it.entry.offering in slots}
    assert not waiting & operations.keys()
    assert len(set(names.values())) == len(names) >= 20
    zone = ZoneInfo(demo_hospital.ZONE)
    both = operations.keys() & assessments.keys()
    assert len(both) >= 3
    for patient in both:
        day_of = [
            slots[patient].starts_at.astimezone(zone).date() for slots in (assessments, operations)
        ]
        assert day_of[0] < day_of[1], names[patient]


async def test_the_greeting_has_working_tokens_and_says_where_to_look(demo: Demo) -> None:
    printed = await demo.restart()
    roles = {}
    for line in printed.splitlines():
        name, _, token = line.strip().partition(" ")
        if token.strip().startswith("eyJ"):
            identity = Tokens(Keyring([SECRET])).verify(token.strip())
            assert identity.organization == demo.organization
            roles[name] = identity.role
    assert {name: str(role) for name, role in roles.items()} == {
        "admin": "admin",
        "operator": "operator",
        "customer": "customer",
    }
    signing_in = demo.shop.services.signing_in
    for role in roles:
        name, email, password = next(
            line.split() for line in printed.splitlines() if f"{role}@demo" in line
        )
        assert name == role
        signed_in = await signing_in.sign_in(email, password, None, Device())
        assert signed_in.user.role == role
    assert password not in await demo.restart(), "another start, other passwords"
    for path in ("/docs", "/api/products", "/api/slots", "/api/seed"):
        assert f"http://127.0.0.1:8080{path}" in printed


async def test_the_clocks_of_a_zone_are_read_past_midnight() -> None:
    day = datetime(2026, 3, 28, tzinfo=UTC).date()
    assert at(day, "20:00", "Europe/Athens") == datetime(2026, 3, 28, 18, tzinfo=UTC)
    # The night in which the clocks go forward is an hour shorter.
    assert at(day, "32:00", "Europe/Athens") == datetime(2026, 3, 29, 5, tzinfo=UTC)
