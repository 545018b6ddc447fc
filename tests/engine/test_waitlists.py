"""Looking at waitlists, and the worker that lets people have their turn when nothing happens."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from firmhold.domain.commands import Cancel, Confirm, Leave, Release
from firmhold.domain.errors import Code
from firmhold.domain.model import CustomerLimit, Wait
from firmhold.engine.waitlist_reader import WaitFilter, Waiting, WaitlistReader
from firmhold.workers import waitlist
from firmhold.workers.waitlist import PAUSE, WaitlistKeeper
from tests.databases import Address
from tests.engine.clinic import (
    DAY,
    HOUR,
    MINUTE,
    NINE,
    Clinic,
    contents,
    insisted,
    no_body,
    refusal,
)
from tests.engine.several import clean, end_holds, identity, raw, several, superuser
from tests.shop import OPERATOR, Shop, new_id, open_shop


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


def reader(clinic: Clinic) -> WaitlistReader:
    return WaitlistReader(clinic.shop.services.database)


async def entry(clinic: Clinic, id: str) -> Waiting:
    found = await reader(clinic).entry(clinic.organization, id)
    assert found is not None
    return found


async def entries(
    clinic: Clinic, *, beyond: str | int | None = None, limit: int = 100, **where: Any
) -> list[str]:
    found = await reader(clinic).entries(
        clinic.organization, WaitFilter(**where), beyond=beyond, limit=limit
    )
    return [it.entry.id for it in found]


async def why(clinic: Clinic, id: str) -> str | None:
    refusal = (await entry(clinic, id)).refusal
    return None if refusal is None else refusal.code.value


async def test_a_place_is_counted_from_the_front(clinic: Clinic) -> None:
    slot = await clinic.slot(capacity=1)
    hold = await clinic.shop.held((slot, 1))
    ids = [(await clinic.join(slot, f"{n}")).id for n in range(5)]
    assert [(await entry(clinic, id)).position for id in ids] == [1, 2, 3, 4, 5]
    first = await entry(clinic, ids[0])
    assert first.refusal is not None
    assert first.refusal.code == "insufficient_capacity"
    await clinic.leave(ids[1])
    assert [(await entry(clinic, id)).position for id in ids] == [1, None, 2, 3, 4]
    await clinic.shop.submit(Release(hold.id, OPERATOR))
    served = await entry(clinic, ids[0])
    assert (served.entry.status, served.position, served.refusal) == ("offered", None, None)
    assert served.entry.reservation is not None
    reservation = await clinic.shop.services.reader.reservation(
        clinic.organization, served.entry.reservation
    )
    assert reservation is not None
    assert served.expires_at == reservation.reservation.expires_at
    assert [(await entry(clinic, id)).position for id in ids] == [None, None, 1, 2, 3]
    assert await reader(clinic).entry(clinic.organization, new_id("wait")) is None
    await clean(clinic.shop)


async def test_an_offer_has_lapsed_at_the_very_instant_of_its_end(clinic: Clinic) -> None:
    slot = await clinic.slot()
    offer = await clinic.join(slot, "ada")
    assert offer.reservation is not None
    await end_holds(clinic.shop.dsn, [offer.reservation], [-0.001])
    before = await contents(clinic.shop)
    seen = await entry(clinic, offer.id)
    assert (seen.entry.status, seen.entry.ended_at) == ("lapsed", seen.expires_at)
    assert await entries(clinic, offering=slot, status=Wait.OFFERED) == []
    assert await entries(clinic, offering=slot, status=Wait.LAPSED) == [offer.id]
    assert await entries(clinic, status=Wait.OFFERED) == []
    assert await entries(clinic, status=Wait.LAPSED) == [offer.id]
    assert await entries(clinic, customer="ada", status=Wait.OFFERED) == []
    assert await entries(clinic, customer="ada", status=Wait.LAPSED) == [offer.id]
    assert await contents(clinic.shop) == before


async def test_entries_are_listed_by_offering_customer_and_state(
    clinic: Clinic, database: Address
) -> None:
    slots = [await clinic.slot(NINE + n * HOUR) for n in range(2)]
    for slot in slots:
        await clinic.shop.held((slot, 1))
    ada = [(await clinic.join(slot, "ada")).id for slot in slots]
    bob = [(await clinic.join(slot, "bob")).id for slot in slots]
    eve = (await clinic.join(slots[0], "eve")).id
    await clinic.leave(bob[0])
    assert await entries(clinic, offering=slots[0]) == [ada[0], bob[0], eve]
    assert await entries(clinic, offering=slots[0], status=Wait.WAITING) == [ada[0], eve]
    assert await entries(clinic, offering=slots[0], status=Wait.WITHDRAWN) == [bob[0]]
    assert await entries(clinic, customer="ada") == ada[::-1]
    assert await entries(clinic, customer="ada", offering=slots[1]) == [ada[1]]
    assert await entries(clinic, customer="bob", status=Wait.WAITING) == [bob[1]]
    assert await entries(clinic, status=Wait.WITHDRAWN) == [bob[0]]
    newest = [eve, bob[1], bob[0], ada[1], ada[0]]
    assert await entries(clinic) == newest
    # Page by page: in the order of places by offering, else newest first.
    place = (await entry(clinic, ada[0])).entry.place
    assert await entries(clinic, offering=slots[0], limit=1) == [ada[0]]
    assert await entries(clinic, offering=slots[0], beyond=place) == [bob[0], eve]
    assert await entries(clinic, beyond=bob[1], limit=2) == [bob[0], ada[1]]
    assert await entries(clinic, status=Wait.WAITING, beyond=eve, limit=2) == [bob[1], ada[1]]
    assert await entries(clinic, customer="ada", beyond=ada[1]) == [ada[0]]
    async with open_shop(database.dsn, slug="other") as shop:
        other = await Clinic(shop).open()
        assert await entries(other) == []
        assert await entries(other, offering=slots[0]) == []
        assert await entries(other, customer="ada") == []
        assert await entries(other, status=Wait.WAITING) == []
        assert await reader(other).entry(other.organization, eve) is None


async def test_it_is_said_why_somebody_waits_still(clinic: Clinic) -> None:
    shop = clinic.shop
    kits = await clinic.pool(1)
    slot, rival, full, closed = await clinic.published(
        clinic.new(NINE, capacity=3, each=[kits]),
        clinic.new(NINE + 30 * MINUTE, each=[kits]),
        clinic.new(NINE, capacity=3),
        clinic.new(NINE, capacity=1),
    )
    await shop.held((rival, 1), confirm=True)
    busy = await clinic.join(slot, "ada")
    seen = await entry(clinic, busy.id)
    assert seen.refusal is not None
    assert (seen.refusal.code, seen.refusal.facts["pool"]) == ("pool_busy", kits)
    await shop.held((full, 2), confirm=True)
    many = await clinic.join(full, "bob", 2)
    assert await why(clinic, many.id) == "insufficient_capacity"
    await shop.held((closed, 1))
    late = await clinic.join(closed, "eve")
    insisted(await clinic.change(closed, open=False))
    assert await why(clinic, late.id) == "sale_ended"
    # Limits of whoever waits: holds at a time, units of one offering, units within days at a site.
    async with raw(superuser(shop.dsn)) as connection:
        await connection.execute("UPDATE organization SET max_live_holds = 1")
    item = await shop.item(2)
    blocker = await shop.held((item, 1), customer="joe")
    own = await shop.held((await shop.item(1), 1), customer="kim")
    await shop.held((item, 1), customer="lee")
    kim = await clinic.join(item, "kim")
    await shop.submit(Cancel(blocker.id, OPERATOR))
    assert await why(clinic, kim.id) == "limit_exceeded"
    facts = (await entry(clinic, kim.id)).refusal
    assert facts is not None and facts.facts["limit"] == "max_live_holds"
    await shop.submit(Release(own.id, OPERATOR))
    assert await why(clinic, kim.id) is None, "it is kim's turn by now"
    site = await clinic.new_site("Strict", customer_limit=CustomerLimit(1, 7))
    one, two = await clinic.published(
        clinic.new(NINE, site=site), clinic.new(NINE + DAY, site=site)
    )
    hold = await shop.held((two, 1), customer="max")
    patient = await clinic.join(two, "pat")
    await shop.held((one, 1), customer="pat", confirm=True)
    await shop.submit(Release(hold.id, OPERATOR))
    seen = await entry(clinic, patient.id)
    assert seen.refusal is not None and seen.refusal.facts["limit"] == "customer_limit"
    # A list says the same of all of them.
    found = await reader(clinic).entries(
        clinic.organization, WaitFilter(status=Wait.WAITING), beyond=None, limit=50
    )
    for it in found:
        assert it == (await entry(clinic, it.entry.id))._replace(now=it.now)
    await clean(shop)


# --- the worker ---


async def status(clinic: Clinic, id: str) -> str:
    return (await entry(clinic, id)).entry.status.value


async def test_whoever_waits_for_a_pool_is_served_when_another_slot_gives_it_back(
    clinic: Clinic,
) -> None:
    shop = clinic.shop
    kits = await clinic.pool(1)
    slot, rival = await clinic.published(
        clinic.new(NINE, capacity=3, each=[kits]),
        clinic.new(NINE + 30 * MINUTE, each=[kits]),
    )
    hold = await shop.held((rival, 1))
    waiting = [await clinic.join(slot, name) for name in ("ada", "bob")]
    keeper = WaitlistKeeper(clinic.engine)
    assert await keeper.run_once() == PAUSE
    await shop.submit(Release(hold.id, OPERATOR))
    assert [await status(clinic, it.id) for it in waiting] == ["offered", "waiting"]
    await keeper.run_once()
    assert keeper.reconsidered == 0, "nobody's turn, so nobody is bothered"
    # A hold that ends unnoticed gives back as well.
    offer = (await entry(clinic, waiting[0].id)).entry.reservation
    assert offer is not None
    await end_holds(shop.dsn, [offer], [-1])
    await keeper.run_once()
    assert keeper.reconsidered == 1
    assert [await status(clinic, it.id) for it in waiting] == ["lapsed", "offered"]
    await clean(shop)


async def test_nobody_takes_a_room_from_who_waits_for_it_when_a_hold_elsewhere_has_just_ended(
    clinic: Clinic,
) -> None:
    shop, room = clinic.shop, await clinic.room()
    early, between, late = await clinic.published(
        *(clinic.new(NINE + number * 30 * MINUTE, each=[room]) for number in range(3))
    )
    hold = await shop.held((early, 1))
    waits = await clinic.join(between, "ada")
    await shop.make_due(hold.id)
    # It meets the slot that is waited for, and not the one that has just come free.
    reply = await shop.hold((late, 1))
    assert refusal(reply).code is Code.POOL_BUSY
    assert await status(clinic, waits.id) == "offered"
    await clean(shop)


async def test_sales_that_begin_or_end_are_noticed(clinic: Clinic) -> None:
    shop = clinic.shop
    keeper = WaitlistKeeper(clinic.engine)
    ending, beginning, over = [await shop.item(1) for _ in range(3)]
    holds = [await shop.held((item, 1)) for item in (ending, beginning, over)]
    waiting = [await clinic.join(item, "ada") for item in (ending, beginning, over)]
    async with raw(superuser(shop.dsn)) as connection:
        for item, since, until in (
            (ending, None, datetime.now(UTC) + HOUR),
            (beginning, datetime.now(UTC) + HOUR, None),
            (over, None, datetime(2020, 1, 1, tzinfo=UTC)),
        ):
            await connection.execute(
                "UPDATE offering SET sale_starts_at = $2, sale_ends_at = $3 WHERE id = $1",
                item[-32:],
                since,
                until,
            )
        await shop.submit(Release(holds[1].id, OPERATOR))
        await keeper.run_once()
        assert [await status(clinic, it.id) for it in waiting] == ["waiting", "waiting", "closed"]
        await connection.execute(
            "UPDATE offering SET sale_starts_at = now() - interval '1 s' WHERE id = $1",
            beginning[-32:],
        )
    await keeper.run_once()
    assert [await status(clinic, it.id) for it in waiting] == ["waiting", "offered", "closed"]
    await clean(shop)


async def test_it_is_too_late_for_those_who_wait_when_a_slot_is_about_to_begin(
    clinic: Clinic,
) -> None:
    slot = await clinic.slot(capacity=1)
    await clinic.shop.held((slot, 1), confirm=True)
    waiting = await clinic.join(slot, "ada")
    keeper = WaitlistKeeper(clinic.engine)
    await keeper.run_once()
    assert await status(clinic, waiting.id) == "waiting"
    async with raw(superuser(clinic.shop.dsn)) as connection:
        await connection.execute("UPDATE organization SET notice_minutes = 525600")
    await keeper.run_once()
    assert await status(clinic, waiting.id) == "closed"
    assert keeper.reconsidered == 1
    await clean(clinic.shop)


async def test_whoever_must_not_have_it_is_looked_at_less_and_less_often(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = clinic.shop
    async with raw(superuser(shop.dsn)) as connection:
        await connection.execute("UPDATE organization SET max_live_holds = 1")
    item = await shop.item(1)
    hold = await shop.held((item, 1), customer="bob")
    own = await shop.held((await shop.item(1), 1), customer="ada")
    waiting = await clinic.join(item, "ada")
    await shop.submit(Release(hold.id, OPERATOR))
    keeper = WaitlistKeeper(clinic.engine)
    now = 1_000.0
    tried = []

    monkeypatch.setattr(waitlist, "monotonic", lambda: now)
    for _ in range(200):
        before = keeper.reconsidered
        await keeper.run_once()
        if keeper.reconsidered > before:
            tried.append(now)
        now += 1.0
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    # What happens to the offering itself is worth a look at once.
    await shop.submit(Release(own.id, OPERATOR))
    reply = await shop.hold((item, 1), customer="eve")
    assert await status(clinic, waiting.id) == "offered"
    assert "insufficient_capacity" in str(reply)
    await clean(shop)


async def test_many_offerings_are_looked_at_in_pages_and_once(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By keepers on two nodes at once, for two organizations."""
    monkeypatch.setattr(waitlist, "AT_ONCE", 3)
    async with several(database.dsn, 2) as shops, open_shop(database.dsn, slug="other") as other:
        clinics = [await Clinic(shop).open() for shop in (shops[0], other)]
        waiting = []
        for clinic in clinics:
            kits = await clinic.pool(7)
            rivals = [
                await clinic.shop.held((slot, 1))
                for slot in await clinic.published(
                    *(clinic.new(NINE, each=[kits]) for _ in range(7))
                )
            ]
            slots = await clinic.published(*(clinic.new(NINE, each=[kits]) for _ in range(7)))
            waiting += [(clinic, await clinic.join(slot, "ada")) for slot in slots]
            for rival in rivals:
                await clinic.shop.submit(Release(rival.id, OPERATOR))
        keepers = [WaitlistKeeper(shop.services.engine) for shop in shops]
        pauses = [await keeper.run_once() for _ in range(5) for keeper in keepers]
        assert pauses == [0.0] * 8 + [PAUSE] * 2
        for clinic, it in waiting:
            assert await status(clinic, it.id) == "offered"
            confirmed = (await entry(clinic, it.id)).entry.reservation
            assert confirmed is not None
            assert identity(await clinic.shop.submit(Confirm(confirmed, OPERATOR)))
        assert sum(keeper.reconsidered for keeper in keepers) <= 28
        for clinic in clinics:
            await clean(clinic.shop)


async def test_leaving_is_for_whoever_waits(clinic: Clinic) -> None:
    slot = await clinic.slot()
    await clinic.shop.held((slot, 1))
    waiting = await clinic.join(slot, "ada")
    reply = await clinic.engine.submit(
        clinic.organization, Leave(new_id("wait"), OPERATOR), no_body
    )
    assert "not_found" in str(reply)
    insisted(await clinic.leave(waiting.id))
    insisted(await clinic.leave(waiting.id))
    assert await status(clinic, waiting.id) == "withdrawn"
    await clean(clinic.shop)
