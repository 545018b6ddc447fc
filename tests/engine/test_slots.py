"""Publishing, changing and withdrawing slots: all of it or nothing, and never what is lent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from firmhold.domain.commands import Cancel, CheckIn, Confirm, Release, SetCapacity
from firmhold.domain.errors import Code, refuse
from firmhold.domain.model import Loan, Per, Requirement, Status, Terms
from firmhold.domain.publishing import SlotFields
from firmhold.engine import publishing
from firmhold.engine.pools import PoolFields, PoolKind
from firmhold.engine.ticket import Answer, Key
from firmhold.engine.timetable import SlotFilter
from tests.databases import Address
from tests.engine.clinic import (
    DAY,
    HOUR,
    MINUTE,
    NINE,
    Clinic,
    contents,
    insisted,
    refusal,
)
from tests.engine.several import (
    blocked,
    clean,
    end_holds,
    outcome,
    outcomes,
    raw,
    statuses,
)
from tests.shop import OPERATOR, Shop, new_id, open_shop, refused


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


def key_of(name: str) -> Key:
    return Key.of("test", "publish", name, b"")


class Leaving(list[str]):
    """Slots that are going, and how often somebody goes through all of them."""

    visits = 0

    def __iter__(self) -> Iterator[str]:
        self.visits += 1
        return super().__iter__()


async def test_slots_that_leave_are_gone_through_once_however_many_are_there(
    clinic: Clinic,
) -> None:
    """Ten thousand were, for each of ten thousand, and meanwhile nobody was answered."""
    kits = await clinic.pool(5)
    slots = await clinic.published(*(clinic.new(slot=[kits]) for _ in range(4)))
    wanted = Loan(kits, new_id("slot"), 1, NINE, NINE + HOUR)
    leaving = Leaving(slots[:2])
    database = clinic.shop.services.database
    async with (
        database.engine_for(clinic.organization) as connection,
        connection.transaction(),
    ):
        needs = [Requirement(kits, 1, Per.SLOT)]
        pools = await publishing.lock_pools(connection, clinic.organization, needs)
        now = await publishing.clock(connection)
        room = await publishing.read_room(
            connection, clinic.organization, pools, [wanted], now, leaving
        )
    assert {loan.slot for loan in room.calendar.beside(wanted)} == set(slots[2:])
    assert leaving.visits <= 1


async def test_a_slot_is_read_as_it_was_published(clinic: Clinic) -> None:
    room, surgeon = await clinic.room(), await clinic.pool(1, PoolKind.PRACTITIONER)
    kits = await clinic.pool(5)
    terms = Terms(NINE - DAY, NINE, 1, 2, 2, 120, 9900, "EUR")
    needs = (
        Requirement(kits, 2, Per.RESERVATION),
        Requirement(room, 1, Per.SLOT),
        Requirement(surgeon, 1, Per.SLOT),
    )
    fields = SlotFields("Hernia repair", "By laser", terms, needs, {"code": 7})
    new = clinic.new(NINE, 2 * HOUR, 3)._replace(fields=fields)
    id = (await clinic.published(new))[0]
    seen = await clinic.seen(id)
    assert (seen.starts_at, seen.ends_at) == (NINE, NINE + 2 * HOUR)
    assert seen.fields._replace(requirements=()) == fields._replace(requirements=())
    assert set(seen.fields.requirements) == set(needs)
    assert [(it.pool, it.kind, it.units, it.per) for it in seen.requires] == [
        (surgeon, "practitioner", 1, "slot"),
        (room, "room", 1, "slot"),
        (kits, "equipment", 2, "reservation"),
    ]
    assert [it.pool for it in seen.of_kind(PoolKind.ROOM)] == [room]
    assert (seen.site.name, seen.site.zone) == ("Clinic", "Europe/Berlin")
    assert (seen.offering.capacity, seen.available, seen.offering.seq) == (3, 3, 1)
    assert seen.reason == "not_on_sale_yet"
    assert (seen.schedule, seen.withdrawn_at, seen.by_hand) == (None, None, False)
    assert seen.created_at == seen.updated_at <= seen.now
    assert [loan[2:] for loan in await clinic.loans()] == [(1, NINE, NINE + 2 * HOUR)] * 2
    await clean(clinic.shop)


async def test_thousands_are_published_at_once_or_none(clinic: Clinic) -> None:
    room, kits = await clinic.room(before_minutes=5, after_minutes=5), await clinic.pool(3)
    many = [
        clinic.new(NINE + n * 15 * MINUTE, 5 * MINUTE, 4, slot=[room], each=[kits])
        for n in range(2_000)
    ]
    before = await contents(clinic.shop)
    # One that would come five minutes too early after the last but one.
    clash = clinic.new(NINE + 1_998 * 15 * MINUTE + 14 * MINUTE, MINUTE, slot=[room])
    said = refusal(await clinic.publish(*many, clash))
    assert said.code == "pool_busy"
    assert (said.facts["slot"], said.facts["pool"]) == (2_000, room)
    assert said.facts["starts_at"] == clash.starts_at
    assert await contents(clinic.shop) == before
    ids = await clinic.published(*many)
    assert len(set(ids)) == 2_000
    assert (await clinic.seen(ids[-1])).starts_at == many[-1].starts_at
    assert await clinic.shop.fetchval("SELECT count(*) FROM loan") == 2_000
    await clean(clinic.shop)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": NINE, "ends_at": NINE}, "ends_at"),
        ({"starts_at": NINE, "ends_at": NINE - MINUTE}, "ends_at"),
        ({"starts_at": NINE, "ends_at": NINE + 367 * DAY}, "ends_at"),
        ({"starts_at": datetime(2000, 1, 1, 9, tzinfo=UTC)}, "ends_at"),
        (
            {
                "starts_at": datetime(2000, 1, 1, 9, tzinfo=UTC),
                "ends_at": datetime(2000, 1, 1, 10, tzinfo=UTC),
            },
            "starts_at",
        ),
        (
            {
                "starts_at": datetime(2199, 12, 31, 9, tzinfo=UTC),
                "ends_at": datetime(2200, 1, 1, tzinfo=UTC),
            },
            "ends_at",
        ),
        ({"starts_at": NINE.replace(tzinfo=None)}, "starts_at"),
        ({"capacity": -1}, "capacity"),
        ({"capacity": 1_000_000_001}, "capacity"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": "x" * 4_001}, "description"),
        ({"terms": Terms(NINE, NINE)}, "sale_ends_at"),
        ({"terms": Terms(min_quantity=0)}, "min_quantity"),
        ({"terms": Terms(min_quantity=2, max_quantity=1)}, "max_quantity"),
        ({"terms": Terms(min_quantity=2, max_per_customer=1)}, "max_per_customer"),
        ({"terms": Terms(hold_ttl_seconds=0)}, "hold_ttl_seconds"),
        ({"terms": Terms(hold_ttl_seconds=604_801)}, "hold_ttl_seconds"),
        ({"terms": Terms(unit_price=1)}, "currency"),
        ({"terms": Terms(unit_price=-1, currency="EUR")}, "unit_price"),
        ({"requirements": (("kits", 0),)}, "requirements[0].units"),
        ({"requirements": (("room", 1), ("kits", 3))}, "requirements[1].units"),
        ({"requirements": (("kits", 2), ("room", 1), ("kits", 1))}, "requirements[2].pool"),
        ({"requirements": (("kits", 1),) * 23}, "requirements"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_its_field(
    clinic: Clinic, change: dict[str, Any], field: str
) -> None:
    """`kits` has two units."""
    pools = {"kits": await clinic.pool(2), "room": await clinic.room()}
    if "requirements" in change:
        needs = (Requirement(pools[name], n, Per.SLOT) for name, n in change["requirements"])
        change = {"requirements": tuple(needs)}
    before = await contents(clinic.shop)
    good = clinic.new(NINE + DAY)
    whole = {name: value for name, value in change.items() if name in good._fields}
    part = {name: value for name, value in change.items() if name not in good._fields}
    bad = good._replace(**whole, fields=good.fields._replace(**part))
    alone, among = await clinic.publish(bad), await clinic.publish(good, bad)
    for reply, where in ((alone, ""), (among, "slots[1].")):
        assert refused(reply) == "malformed_request"
        assert refusal(reply).facts["field"] == where + field
    assert refused(await clinic.publish()) == "malformed_request"
    if part:
        existing = await clinic.slot()
        before = await contents(clinic.shop)
        changed = await clinic.change(existing, **part)
        assert refusal(changed).facts["field"] == field
    assert await contents(clinic.shop) == before


async def test_what_belongs_to_others_is_not_found(clinic: Clinic, database: Address) -> None:
    async with open_shop(database.dsn, slug="other") as shop:
        other = await Clinic(shop).open()
        site, room = other.site, await other.room()
        slot = await other.slot(slot=[room])
        before = await contents(shop)
        for new, field in (
            (clinic.new(site=site), "site"),
            (clinic.new(site=new_id("site")), "site"),
            (clinic.new(slot=[room]), "requirements[0].pool"),
            (clinic.new(each=[room]), "requirements[0].pool"),
        ):
            reply = await clinic.publish(new)
            assert (refused(reply), refusal(reply).facts["field"]) == ("not_found", field)
        assert refused(await clinic.withdraw(slot)) == "not_found"
        assert refused(await clinic.change(slot, title="Mine")) == "not_found"
        assert await clinic.timetable.find(clinic.organization, [slot]) == []
        assert await clinic.timetable.page(clinic.organization, SlotFilter(), limit=10) == []
        assert await clinic.timetable.availability(clinic.organization, slot) is None
        assert refused(await clinic.shop.hold((slot, 1))) == "not_found"
        assert await contents(shop) == before


async def test_a_room_is_taken_with_the_time_around_it(clinic: Clinic) -> None:
    room = await clinic.room(before_minutes=10, after_minutes=5)
    first = await clinic.slot(NINE, slot=[room])
    before = await contents(clinic.shop)
    # From 8:50 to 10:05; the next one is taken ten minutes before its start.
    for starts, length in (
        (NINE, HOUR),
        (NINE + HOUR + 14 * MINUTE, HOUR),
        (NINE - 14 * MINUTE, MINUTE),
        (NINE - DAY, 7 * DAY),
        (NINE + 30 * MINUTE, MINUTE),
    ):
        said = refusal(await clinic.publish(clinic.new(starts, length, slot=[room])))
        assert said.code == "pool_busy"
        assert said.facts["pool"] == room
        assert said.facts["taken"] == said.facts["units"] == 1
        assert said.facts["busy_until"] == NINE + HOUR + 5 * MINUTE
    assert await contents(clinic.shop) == before
    await clinic.published(
        clinic.new(NINE + HOUR + 15 * MINUTE, slot=[room]),
        clinic.new(NINE - 16 * MINUTE, MINUTE, slot=[room]),
    )
    insisted(await clinic.withdraw(first))
    await clinic.slot(NINE, slot=[room])
    await clean(clinic.shop)


async def test_times_in_other_offsets_are_the_same_times(clinic: Clinic) -> None:
    room = await clinic.room()
    await clinic.slot(NINE, slot=[room])
    there = (NINE + 30 * MINUTE).astimezone(timezone(timedelta(hours=14)))
    assert refused(await clinic.publish(clinic.new(there, slot=[room]))) == "pool_busy"
    later = (NINE + HOUR).astimezone(timezone(timedelta(hours=-12)))
    id = await clinic.slot(later, slot=[room])
    assert (await clinic.seen(id)).starts_at == NINE + HOUR
    await clean(clinic.shop)


async def test_what_a_hold_that_has_ended_had_is_free_for_a_slot(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(2)
    slot = await clinic.slot(NINE, capacity=5, each=[kits])
    holds = [(await shop.held((slot, 1))).id for _ in range(2)]
    both = clinic.new(NINE + 30 * MINUTE, slot=[(kits, 2)])
    assert refused(await clinic.publish(both)) == "pool_busy"
    await end_holds(shop.dsn, holds, [-1, 60_000])
    assert refused(await clinic.publish(both)) == "pool_busy"
    assert await statuses(shop.dsn, holds) == ["held", "held"], "what is refused changes nothing"
    await end_holds(shop.dsn, holds, [-1, -1])
    await clinic.published(both)
    assert await statuses(shop.dsn, holds) == ["expired", "expired"]
    await clean(shop)


async def test_a_hold_that_has_ended_may_be_the_next_ones(clinic: Clinic) -> None:
    """What comes free goes to who waits for it first, and only then to a new slot."""
    shop = clinic.shop
    kit = await clinic.pool(1)
    slot = await clinic.slot(NINE, each=[kit])
    hold = await shop.held((slot, 1))
    waiting = await clinic.join(slot, "ada")
    await end_holds(shop.dsn, [hold.id], [-1])
    other = clinic.new(NINE, slot=[kit])
    said = refusal(await clinic.publish(other))
    assert said.code == "pool_busy"
    status = await shop.fetchval(
        "SELECT status FROM waitlist_entry WHERE id = $1", waiting.id[-32:]
    )
    assert status == "offered"
    await clean(shop)


async def test_publishing_again_under_a_key_brings_back_the_first_answer(clinic: Clinic) -> None:
    room = await clinic.room()
    new = clinic.new(slot=[room])
    first = insisted(await clinic.publish(new, key=key_of("a")))
    for _ in range(2):
        again = insisted(await clinic.publish(new, key=key_of("a")))
        assert (again.body, again.replayed) == (first.body, True)
    other = Key(key_of("a").scope, "0" * 32)
    assert refused(await clinic.publish(new, key=other)) == "idempotency_key_reused"
    # What was refused may be tried again.
    assert refused(await clinic.publish(new, key=key_of("b"))) == "pool_busy"
    insisted(await clinic.withdraw(first.body.decode()))
    assert not insisted(await clinic.publish(new, key=key_of("b"))).replayed
    await clean(clinic.shop)


async def test_the_same_key_at_once_publishes_once(clinic: Clinic) -> None:
    room = await clinic.room()
    for n in range(5):
        new = clinic.new(NINE + n * DAY, slot=[room] if n % 2 else [])
        replies = await asyncio.gather(*(clinic.publish(new, key=key_of(f"{n}")) for _ in range(8)))
        assert len({insisted(reply).body for reply in replies}) == 1
        assert sum(not insisted(reply).replayed for reply in replies) == 1
    assert await clinic.shop.fetchval("SELECT count(*) FROM slot") == 5
    await clean(clinic.shop)


# --- changing ---


async def test_what_is_said_about_a_slot_can_be_changed_under_reservations(clinic: Clinic) -> None:
    slot = await clinic.slot(capacity=3)
    await clinic.shop.held((slot, 1))
    terms = Terms(max_per_customer=1, unit_price=100, currency="EUR")
    insisted(
        await clinic.change(
            slot, title="New", description="Better", metadata={"a": 1}, terms=terms, open=False
        )
    )
    seen = await clinic.seen(slot)
    assert seen.fields == SlotFields("New", "Better", terms, (), {"a": 1}, False)
    assert (seen.offering.held, seen.offering.seq, seen.reason) == (1, 3, "sale_ended")
    assert seen.updated_at > seen.created_at
    assert refused(await clinic.shop.hold((slot, 1))) == "sale_ended"
    before = await contents(clinic.shop)
    insisted(await clinic.change(slot, title="New"))
    assert await contents(clinic.shop) == before, "nothing to change, nothing written"
    refusing = await clinic.slots.update(
        clinic.organization,
        "test",
        slot,
        lambda slot: refuse(Code.FORBIDDEN, "Not you."),
        lambda slot: (200, b""),
    )
    assert refused(refusing) == "forbidden"
    assert await contents(clinic.shop) == before
    insisted(await clinic.change(slot, open=True))
    await clinic.shop.held((slot, 1), customer="ada")
    await clean(clinic.shop)


async def test_room_and_practitioner_can_be_replaced_under_reservations(clinic: Clinic) -> None:
    old, new, taken = await clinic.room(), await clinic.room(), await clinic.room()
    kits = await clinic.pool(4)
    slot = await clinic.slot(NINE, capacity=3, slot=[old], each=[kits])
    await clinic.slot(NINE + 30 * MINUTE, slot=[taken])
    await clinic.shop.held((slot, 1), confirm=True)
    each = Requirement(kits, 1, Per.RESERVATION)
    before = await contents(clinic.shop)
    said = refusal(await clinic.change(slot, requirements=(Requirement(taken, 1, Per.SLOT), each)))
    assert (said.code, said.facts["pool"], said.facts["slot"]) == ("pool_busy", taken, slot)
    assert await contents(clinic.shop) == before
    insisted(await clinic.change(slot, requirements=(each, Requirement(new, 1, Per.SLOT))))
    assert [it.pool for it in (await clinic.seen(slot)).of_kind(PoolKind.ROOM)] == [new]
    await clinic.slot(NINE, slot=[old])  # the old one is free again
    assert refused(await clinic.publish(clinic.new(NINE, slot=[new]))) == "pool_busy"
    # What the slot takes itself may be more of the same, if there is more.
    insisted(await clinic.change(slot, requirements=(each,)))
    await clinic.slot(NINE, slot=[new])
    await clean(clinic.shop)


async def test_more_of_the_same_counts_without_what_the_slot_has(clinic: Clinic) -> None:
    kits = await clinic.pool(3)
    slot = await clinic.slot(NINE, slot=[(kits, 2)])
    await clinic.slot(NINE, slot=[(kits, 1)])
    said = refusal(await clinic.change(slot, requirements=(Requirement(kits, 3, Per.SLOT),)))
    assert (said.code, said.facts["taken"]) == ("pool_busy", 1)
    insisted(await clinic.change(slot, requirements=(Requirement(kits, 1, Per.SLOT),)))
    insisted(await clinic.change(slot, requirements=(Requirement(kits, 2, Per.SLOT),)))
    await clean(clinic.shop)


async def test_what_reservations_take_is_replaced_only_while_there_are_none(
    clinic: Clinic,
) -> None:
    shop = clinic.shop
    kits, beds = await clinic.pool(4), await clinic.pool(4)
    slot = await clinic.slot(NINE, capacity=3, each=[kits])
    hold = await shop.held((slot, 1))
    before = await contents(shop)
    for needs in (
        (),
        (Requirement(beds, 1, Per.RESERVATION),),
        (Requirement(kits, 2, Per.RESERVATION),),
        (Requirement(kits, 1, Per.SLOT),),
    ):
        said = refusal(await clinic.change(slot, requirements=needs))
        assert said.code == "capacity_below_reserved"
        assert (said.facts["held"], said.facts["confirmed"]) == (1, 0)
    assert await contents(shop) == before
    await end_holds(shop.dsn, [hold.id], [-1])
    insisted(await clinic.change(slot, requirements=(Requirement(beds, 2, Per.RESERVATION),)))
    again = await shop.held((slot, 1))
    assert [(loan[0].hex, loan[2]) for loan in await clinic.loans()] == [(beds[-32:], 2)]
    await shop.submit(Confirm(again.id, OPERATOR))
    async with shop.begun(again.id):
        insisted(await shop.submit(CheckIn(again.id, OPERATOR, Status.FULFILLED)))
    assert refused(await clinic.change(slot, requirements=())) == "capacity_below_reserved"
    other = await clinic.slot(NINE + DAY, each=[kits])
    insisted(await clinic.change(other, requirements=()))
    assert not (await clinic.seen(other)).offering.lends
    insisted(await clinic.change(other, requirements=(Requirement(beds, 1, Per.RESERVATION),)))
    assert (await clinic.seen(other)).offering.lends
    await shop.held((other, 1))
    await clean(shop)


async def test_who_waits_is_served_when_a_slot_is_opened(clinic: Clinic) -> None:
    slot = await clinic.slot(capacity=1)
    hold = await clinic.shop.held((slot, 1))
    waiting = await clinic.join(slot, "ada")
    insisted(await clinic.change(slot, open=False))
    await clinic.shop.submit(Release(hold.id, OPERATOR))
    assert (await clinic.seen(slot)).offering.held == 0
    insisted(await clinic.change(slot, open=True))
    assert (await clinic.seen(slot)).offering.held == 1
    status = await clinic.shop.fetchval(
        "SELECT status FROM waitlist_entry WHERE id = $1", waiting.id[-32:]
    )
    assert status == "offered"
    await clean(clinic.shop)


# --- withdrawing ---


async def test_a_withdrawn_slot_gives_back_its_room_and_lets_go_who_waits(clinic: Clinic) -> None:
    shop = clinic.shop
    room = await clinic.room()
    slot = await clinic.slot(NINE, capacity=2, slot=[room])
    hold = await shop.held((slot, 2))
    for customer in ("ada", "bob", "eve"):
        await clinic.join(slot, customer, 2)
    insisted(await clinic.change(slot, open=False))
    await shop.submit(Release(hold.id, OPERATOR))
    key = key_of("w")
    first = insisted(await clinic.withdraw(slot, key))
    seen = await clinic.seen(slot)
    assert seen.withdrawn_at is not None
    assert (seen.offering.open, seen.offering.waiting) == (False, 0)
    assert await clinic.loans() == []
    waits = await shop.fetch("SELECT status, ended_at FROM waitlist_entry")
    assert {tuple(row) for row in waits} == {("closed", seen.withdrawn_at)}
    entries = await shop.fetch(
        "SELECT kind, actor, reason FROM ledger WHERE offering_id = $1 ORDER BY seq", slot[-32:]
    )
    assert [tuple(row) for row in entries[-4:]] == [("unlisted", "test", "closed")] * 3 + [
        ("updated", "test", "withdrawn")
    ]
    # Once more is harmless, with the key or without.
    before = await contents(shop)
    again = insisted(await clinic.withdraw(slot, key))
    assert (again.body, again.replayed) == (first.body, True)
    insisted(await clinic.withdraw(slot))
    assert await contents(shop) == before
    # It is over for good.
    assert refused(await shop.hold((slot, 1))) == "sale_ended"
    assert refused(await clinic.change(slot, open=True)) == "version_conflict"
    listed = await clinic.timetable.page(clinic.organization, SlotFilter(), limit=10)
    assert listed == []
    everything = await clinic.timetable.page(
        clinic.organization, SlotFilter(withdrawn=True), limit=10
    )
    assert [it.id for it in everything] == [slot]
    assert await contents(shop) == before
    await clean(shop)


async def test_a_reserved_slot_cannot_be_withdrawn(clinic: Clinic) -> None:
    shop = clinic.shop
    slot = await clinic.slot(capacity=2)
    hold = await shop.held((slot, 1))
    confirmed = await shop.held((slot, 1), confirm=True)
    before = await contents(shop)
    said = refusal(await clinic.withdraw(slot))
    assert said.code == "capacity_below_reserved"
    assert (said.facts["held"], said.facts["confirmed"]) == (1, 1)
    assert await contents(shop) == before
    assert outcome(await shop.submit(Cancel(confirmed.id, OPERATOR))) == "accepted"
    assert refused(await clinic.withdraw(slot)) == "capacity_below_reserved"
    # From the very instant of its end, a hold is none, recorded or not.
    await end_holds(shop.dsn, [hold.id], [-0.001])
    insisted(await clinic.withdraw(slot))
    assert await statuses(shop.dsn, [hold.id]) == ["expired"]
    assert refused(await shop.submit(Confirm(hold.id, OPERATOR, reacquire=True))) == "sale_ended"
    await clean(shop)


async def test_an_offer_is_a_hold_and_so_keeps_a_slot(clinic: Clinic) -> None:
    shop = clinic.shop
    slot = await clinic.slot()
    hold = await shop.held((slot, 1))
    await clinic.join(slot, "ada")
    await end_holds(shop.dsn, [hold.id], [-1])
    # Ada's turn came when the hold ended, whoever was the first to notice.
    assert refused(await clinic.withdraw(slot)) == "capacity_below_reserved"
    assert (await clinic.seen(slot)).offering.held == 1
    await clean(shop)


# --- moving ---

LATER = {"starts_at": NINE + 30 * MINUTE, "ends_at": NINE + 90 * MINUTE}
"""Half an hour after the usual slot starts: in nobody's way but its own."""


async def test_a_moved_slot_is_another_that_has_all_but_its_time(clinic: Clinic) -> None:
    shop = clinic.shop
    room, kits = await clinic.room(after_minutes=10), await clinic.pool(3)
    slot = await clinic.slot(NINE, capacity=2, slot=[room], each=[(kits, 1)], max_quantity=2)
    hold = await shop.held((slot, 1))
    await clinic.join(slot, "ada", 2)
    insisted(await clinic.change(slot, open=False))
    await shop.submit(Release(hold.id, OPERATOR))
    before, key = await clinic.seen(slot), key_of("m")
    moved = insisted(await clinic.move(slot, key, **LATER)).body.decode()
    seen, old = await clinic.seen(moved), await clinic.seen(slot)
    assert (seen.starts_at, seen.ends_at) == tuple(LATER.values())
    assert (seen.fields, seen.offering.capacity, seen.site) == (before.fields, 2, before.site)
    assert (seen.offering.waiting, seen.schedule, seen.withdrawn_at) == (0, None, None)
    assert old.withdrawn_at is not None
    assert (old.offering.waiting, old.offering.open) == (0, False)
    assert [(pool.hex, it.hex) for pool, it, *_ in await clinic.loans()] == [
        (room[-32:], moved[-32:])
    ]
    said = await shop.fetchval(
        "SELECT reason FROM ledger WHERE offering_id = $1 ORDER BY seq DESC LIMIT 1", slot[-32:]
    )
    assert said == f"moved to {moved}"
    # Once more under the key is the same answer; without it, somebody else has moved it.
    after = await contents(shop)
    again = insisted(await clinic.move(slot, key, **LATER))
    assert (again.body.decode(), again.replayed) == (moved, True)
    assert refused(await clinic.move(slot, **LATER)) == "version_conflict"
    assert await contents(shop) == after
    await clean(shop)


async def test_a_slot_that_cannot_be_moved_is_left_as_it_was(clinic: Clinic) -> None:
    shop = clinic.shop
    room, other, kits = await clinic.room(), await clinic.room(), await clinic.pool(3)
    slot = await clinic.slot(NINE, slot=[room], each=[kits])
    await clinic.slot(NINE + 2 * HOUR, slot=[room])
    await clinic.slot(NINE, slot=[other])
    fields = (await clinic.seen(slot)).fields
    elsewhere = fields._replace(requirements=(Requirement(other, 1, Per.SLOT),))
    nowhere = fields._replace(requirements=(Requirement(new_id("pool"), 1, Per.SLOT),))
    before = await contents(shop)
    for changed, code in (
        ({"starts_at": NINE + HOUR, "ends_at": NINE + 3 * HOUR}, "pool_busy"),
        ({"fields": elsewhere}, "pool_busy"),
        ({"fields": nowhere}, "not_found"),
        ({"site": new_id("site")}, "not_found"),
        ({"ends_at": NINE}, "malformed_request"),
        ({"starts_at": NINE - 30 * DAY, "ends_at": NINE - 29 * DAY}, "malformed_request"),
    ):
        assert refused(await clinic.move(slot, **changed)) == code, changed
    assert refused(await clinic.move(new_id("slot"), **LATER)) == "not_found"
    assert await contents(shop) == before
    hold = await shop.held((slot, 1))
    before = await contents(shop)
    assert refused(await clinic.move(slot, **LATER)) == "capacity_below_reserved"
    assert await contents(shop) == before
    # From the very instant of its end, a hold is none, recorded or not.
    await end_holds(shop.dsn, [hold.id], [-0.001])
    insisted(await clinic.move(slot, **LATER))
    assert await statuses(shop.dsn, [hold.id]) == ["expired"]
    await clean(shop)


async def test_of_several_who_move_one_slot_at_once_one_does(clinic: Clinic) -> None:
    room = await clinic.room()
    slot = await clinic.slot(NINE, slot=[room])
    said = await asyncio.gather(
        *(
            clinic.move(slot, starts_at=NINE + n * HOUR, ends_at=NINE + (n + 1) * HOUR)
            for n in range(8)
        ),
        clinic.withdraw(slot),
    )
    done = [it for it in said if isinstance(it, Answer)]
    assert 1 <= len(done) <= 2, "whoever withdraws a slot that was moved changes nothing"
    assert {outcome(it) for it in said} <= {"accepted", "version_conflict"}
    there = await clinic.timetable.page(clinic.organization, SlotFilter(), limit=10)
    assert len(there) <= 1
    assert len(await clinic.loans()) == len(there)
    await clean(clinic.shop)


async def test_publishing_and_capacity_go_together(clinic: Clinic) -> None:
    slot = await clinic.slot(capacity=0)
    assert (await clinic.seen(slot)).reason == "sold_out"
    insisted(await clinic.shop.submit(SetCapacity(slot, OPERATOR, 2)))
    await clinic.shop.held((slot, 2))
    assert (await clinic.seen(slot)).reason == "sold_out"
    await clean(clinic.shop)


async def test_the_units_of_a_pool_are_asked_for_after_it_was_made_smaller(clinic: Clinic) -> None:
    kits = await clinic.pool(3)
    shrunk = await clinic.pools.update(
        clinic.organization,
        kits,
        lambda pool: PoolFields(pool.fields.name, 1),
        lambda pool: (200, b""),
    )
    assert isinstance(shrunk, Answer)
    said = refusal(await clinic.publish(clinic.new(each=[(kits, 2)])))
    assert said.facts["field"] == "requirements[0].units"


async def test_operators_who_wait_for_a_pool_leave_connections_to_customers(
    database: Address,
) -> None:
    async with open_shop(database.dsn, engine_connections=6) as shop:
        clinic = await Clinic(shop).open()
        room, item = await clinic.room(), await shop.item(5)
        async with raw(shop.dsn) as holder:
            await holder.execute("BEGIN")
            await holder.execute("SELECT FROM pool FOR UPDATE")
            waiting = [
                asyncio.create_task(clinic.publish(clinic.new(NINE + n * DAY, slot=[room])))
                for n in range(10)
            ]
            await blocked(shop.dsn, 4)
            assert outcome(await shop.hold((item, 1))) == "accepted"
            assert not any(task.done() for task in waiting)
            await holder.execute("COMMIT")
        assert outcomes(await asyncio.gather(*waiting)) == {"accepted": 10}
        await clean(shop)
