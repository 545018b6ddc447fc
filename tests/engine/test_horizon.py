"""Schedules are extended as their horizon comes nearer, each by itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.domain.model import Per, Requirement
from firmhold.engine.generation import Report
from firmhold.engine.schedules import Schedules
from firmhold.planning import plan
from firmhold.workers import horizon
from firmhold.workers.horizon import AGAIN, DEFECT, PAUSE, Horizon
from tests.databases import Address
from tests.engine.clinic import DAY, HOUR, Clinic, contents, insisted
from tests.engine.office import BERLIN, TODAY, Office, local, set_back
from tests.engine.several import clean, raw, several, superuser


def worker_of(office: Office) -> Horizon:
    return Horizon(office.shop.services.database, office.schedules)


async def test_the_horizon_comes_nearer(office: Office) -> None:
    """Day by day; what exists is not looked at again."""
    id = await office.created()
    worker = worker_of(office)
    assert await worker.run_once() == PAUSE
    assert worker.created == 0
    slots = await office.slots(id)
    insisted(await office.clinic.withdraw(slots[0].id))
    await set_back(office, id, 3)
    await worker.run_once()
    assert worker.created == 6
    assert (await office.seen(id)).generated_until == TODAY + 14 * DAY
    await worker.run_once()
    assert worker.created == 6
    assert len(await office.slots(id)) == 27
    await clean(office.shop)


async def test_workers_on_two_nodes_extend_each_schedule_once(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(horizon, "AT_ONCE", 3)
    async with several(database.dsn, 2) as shops:
        offices = [Office(await Clinic(shop).open()) for shop in shops]
        await offices[0].open()
        ids = [await offices[0].created(title=f"{n}") for n in range(7)]
        for id in ids:
            await set_back(offices[0], id, 5)
        workers = [worker_of(it) for it in offices]
        for _ in range(4):
            await asyncio.gather(*(worker.run_once() for worker in workers))
        assert sum(worker.created for worker in workers) == 7 * 10
        for id in ids:
            slots = await offices[0].slots(id)
            assert len(slots) == len({slot.starts_at for slot in slots}) == 28
        await clean(shops[0])


async def test_one_schedule_that_cannot_go_on_does_not_stop_the_others(office: Office) -> None:
    kits = await office.clinic.pool(2)
    broken = await office.created(needs=(Requirement(kits, 2, Per.RESERVATION),))
    fine = await office.created()
    shrunk = await office.clinic.pools.update(
        office.clinic.organization,
        kits,
        lambda pool: pool.fields._replace(units=1),
        lambda pool: (200, b""),
    )
    insisted(shrunk)
    for id in (broken, fine):
        await set_back(office, id, 2)
    worker = worker_of(office)
    await worker.run_once()
    assert worker.created == 4
    assert (await office.seen(broken)).generated_until == TODAY + 12 * DAY
    await clean(office.shop)


async def test_a_room_that_is_busy_at_the_horizon_leaves_a_gap(office: Office) -> None:
    room = await office.clinic.room()
    id = await office.created(needs=(Requirement(room, 1, Per.SLOT),))
    await set_back(office, id, 1)
    last = datetime.combine(TODAY + 14 * DAY, datetime.min.time(), BERLIN) + 9 * HOUR
    taken = await office.clinic.slot(last.astimezone(UTC), slot=[room])
    report = await office.schedules.extend(office.clinic.organization, id)
    assert report is not None
    assert (len(report.created), len(report.conflicts)) == (1, 1)
    assert refusal_of(report) == "pool_busy"
    # It is made when somebody asks again and the room has come free.
    insisted(await office.clinic.withdraw(taken))
    assert len((await office.regenerate(id)).created) == 1
    await clean(office.shop)


def refusal_of(report: Report) -> str:
    return report.conflicts[0].refusal.code.value


# --- what is in its way ---


async def test_a_schedule_that_raises_does_not_stop_the_others(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even if it comes first, and fills a round by itself."""
    monkeypatch.setattr(horizon, "AT_ONCE", 1)
    broken, fine = [await office.created(title=title) for title in ("Broken", "Fine")]
    for id in (broken, fine):
        await set_back(office, id, 2)
    async with raw(superuser(office.shop.dsn)) as connection:
        await connection.execute(
            "UPDATE schedule SET plan = plan - 'sessions' WHERE id = $1", broken[-32:]
        )
    worker = worker_of(office)
    with capture_logs() as logs:
        assert [await worker.run_once() for _ in range(3)] == [0.0, 0.0, PAUSE]
    assert worker.created == 4
    assert (await office.seen(fine)).generated_until == TODAY + 14 * DAY
    assert [line["event"] for line in logs] == ["schedule cannot be extended"]
    told = await office.shop.fetchval(f"SELECT refusal FROM schedule WHERE id = '{broken[-32:]}'")
    assert told == DEFECT


async def test_a_round_that_is_cut_short_goes_on_where_it_was(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [await office.created(title=title) for title in ("One", "Two")]
    for id in (first, second):
        await set_back(office, id, 2)
    extend, tried = Schedules.extend, []

    async def cut_short(self: Schedules, organization: str, id: str) -> Report | None:
        tried.append(id)
        if id == first:
            raise asyncio.CancelledError
        return await extend(self, organization, id)

    monkeypatch.setattr(Schedules, "extend", cut_short)
    worker = worker_of(office)
    with pytest.raises(asyncio.CancelledError):
        await worker.run_once()
    await worker.run_once()
    assert (tried, worker.created) == ([first, second], 4)


async def units(office: Office, pool: str, units: int) -> None:
    insisted(
        await office.clinic.pools.update(
            office.clinic.organization,
            pool,
            lambda seen: seen.fields._replace(units=units),
            lambda seen: (200, b""),
        )
    )


async def test_why_a_schedule_does_not_go_on_stands_with_it_until_it_does(office: Office) -> None:
    kits = await office.clinic.pool(2)
    id = await office.created(needs=(Requirement(kits, 2, Per.RESERVATION),))
    await set_back(office, id, 2)
    await units(office, kits, 1)
    worker = worker_of(office)
    with capture_logs() as logs:
        await worker.run_once()
        before = await contents(office.shop)
        await worker.run_once()
    assert await contents(office.shop) == before
    assert len(logs) == 1, "it is told once"
    refusal = (await office.seen(id)).refusal
    assert refusal is not None and refusal == logs[0]["reason"]
    assert "has 1 units in all, and 2 are required" in refusal
    await units(office, kits, 2)
    await worker.run_once()
    seen = await office.seen(id)
    assert (seen.refusal, seen.generated_until) == (None, TODAY + 14 * DAY)
    await clean(office.shop)


async def test_what_could_not_be_tried_is_tried_again_soon(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await office.created()
    await set_back(office, id, 2)

    async def overloaded(*args: Any) -> None:
        raise Refused(refuse(Code.OVERLOADED, "Too many changes are waiting."))

    worker = worker_of(office)
    before = await contents(office.shop)
    with monkeypatch.context() as patch:
        patch.setattr(Schedules, "extend", overloaded)
        assert await worker.run_once() == AGAIN
    assert await contents(office.shop) == before
    assert await worker.run_once() == PAUSE
    assert worker.created == 4


# --- piece by piece ---


async def far(office: Office, days: int) -> None:
    insisted(
        await office.clinic.places.update(
            office.clinic.organization,
            office.site,
            lambda site: site.fields._replace(horizon_days=days),
            lambda site: (200, b""),
        )
    )


async def test_a_far_horizon_is_reached_in_whole_days(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "MAX_SLOTS", 29)
    id = await office.created()
    await far(office, 50)
    worker = worker_of(office)
    reached = []
    while await worker.run_once() == 0:
        reached.append((await office.seen(id)).generated_until)
    # Fourteen days at a time, of which one is looked at again.
    assert reached == [TODAY + days * DAY for days in (27, 40)]
    assert len(await office.slots(id)) == 2 * 50
    await clean(office.shop)


async def test_what_is_reserved_before_a_change_has_come_to_it_is_left_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await office.created()
    monkeypatch.setattr(plan, "MAX_SLOTS", 15)
    insisted(await office.update(id, sessions=(("08:30", "10:30"),)))
    assert not office.report.whole
    *_, last = await office.slots(id)
    await office.shop.held((last.id, 1), confirm=True)
    worker = worker_of(office)
    while await worker.run_once() == 0:
        pass
    slots = await office.slots(id)
    assert last.id in {slot.id for slot in slots}
    assert [local(slot) for slot in slots] == ["08:30", "09:30"] * 13 + ["08:30", "10:00"]
    assert (await office.seen(id)).outdated_until is None
    await clean(office.shop)
