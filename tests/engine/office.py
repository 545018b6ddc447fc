"""A clinic with schedules on a shop's real services, and short ways to change and to see them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from firmhold.domain.model import Requirement, Terms
from firmhold.domain.publishing import SlotFields
from firmhold.engine.generation import Report, ScheduleFields
from firmhold.engine.schedules import Schedules, ScheduleSeen
from firmhold.engine.ticket import Key, Reply
from firmhold.engine.timetable import PublishedSlot, SlotFilter
from firmhold.planning.zones import midnight, to_instant, to_local, zone_of
from tests.engine.clinic import DAY, Clinic, insisted, under
from tests.engine.several import raw, superuser
from tests.shop import new_id

BERLIN = zone_of("Europe/Berlin")
TODAY = to_local(datetime.now(UTC), BERLIN).date()
TOMORROW = TODAY + DAY


class Office:
    """A clinic with schedules, at a site that looks fourteen days ahead."""

    def __init__(self, clinic: Clinic) -> None:
        self.clinic = clinic
        self.shop = clinic.shop
        self.schedules = Schedules(clinic.engine)
        self.reports: list[Report] = []
        self.site = ""

    async def open(self) -> Office:
        self.site = await self.clinic.new_site(f"Office {new_id('x')}", horizon_days=14)
        return self

    def fields(self, *, needs: tuple[Requirement, ...] = (), **fields: Any) -> ScheduleFields:
        """Two slots of an hour, on every day from tomorrow on."""
        slot = SlotFields(fields.pop("title", "Visit"), None, fields.pop("terms", Terms()), needs)
        every = ScheduleFields(
            self.site,
            "FREQ=DAILY",
            TOMORROW.isoformat(),
            (("09:00", "11:00"),),
            slot,
            slot_minutes=60,
        )
        return every._replace(**fields)

    def render(self, schedule: ScheduleSeen, report: Report) -> tuple[int, bytes]:
        self.reports.append(report)
        return 200, schedule.id.encode()

    async def create(self, fields: ScheduleFields, key: Key | None = None) -> Reply:
        return await self.schedules.create(
            self.clinic.organization, "test", fields, self.render, under(key)
        )

    async def created(self, **fields: Any) -> str:
        return insisted(await self.create(self.fields(**fields))).body.decode()

    async def update(self, id: str, **changed: Any) -> Reply:
        return await self.schedules.update(
            self.clinic.organization,
            "test",
            id,
            lambda schedule: schedule.fields._replace(**changed),
            self.render,
        )

    async def regenerate(self, id: str) -> Report:
        reply = await self.schedules.regenerate(self.clinic.organization, "test", id, self.render)
        insisted(reply)
        return self.report

    @property
    def report(self) -> Report:
        """The last one."""
        return self.reports[-1]

    async def seen(self, id: str) -> ScheduleSeen:
        return (await self.schedules.find(self.clinic.organization, ids=[id]))[0]

    async def slots(self, id: str, *, withdrawn: bool = False) -> list[PublishedSlot]:
        return await self.clinic.timetable.page(
            self.clinic.organization, SlotFilter(schedule=id, withdrawn=withdrawn), limit=20_000
        )


def local(slot: PublishedSlot) -> str:
    return to_local(slot.starts_at, BERLIN).strftime("%H:%M")


async def set_back(office: Office, id: str, days: int) -> None:
    """As if the last days had not been generated yet."""
    last = [
        slot.id
        for slot in await office.slots(id)
        if to_local(slot.starts_at, BERLIN).date() > TODAY + timedelta(days=14 - days)
    ]
    async with raw(superuser(office.shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        for table, column in (
            *(("loan", "slot_id"), ("requirement", "slot_id"), ("ledger", "offering_id")),
            *(("slot", "id"), ("offering", "id")),
        ):
            await connection.execute(
                f"DELETE FROM {table} WHERE {column} = ANY ($1)", [id[-32:] for id in last]
            )
        await connection.execute(
            "UPDATE schedule SET generated_until = $2 WHERE id = $1",
            id[-32:],
            to_instant(midnight(TODAY + timedelta(days=15 - days)), BERLIN),
        )
