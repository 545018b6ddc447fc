"""Making demo data: what is there is left as it is, what is missing is made.

Owns how demo data is known again at the next start: by a key in its metadata, which nobody who
renames a site or moves a price changes. What there is to be made is said elsewhere, and so is what
becomes of what does not fit any more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import uuid_utils

from firmhold.cli.demo_fitting import DoesNotFit, carried_out, fits, insist, leave_out
from firmhold.domain.commands import Asked, Command, Hold, Join
from firmhold.domain.model import Actor, Per, Requirement
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.engine import Engine
from firmhold.engine.generation import Report, ScheduleFields
from firmhold.engine.places import Places, Site, SiteFields
from firmhold.engine.pools import PoolFields, PoolKind, Pools, PoolSeen
from firmhold.engine.schedules import Schedules, ScheduleSeen
from firmhold.engine.slots import Slots
from firmhold.engine.ticket import Reply
from firmhold.engine.timetable import PublishedSlot, SlotFilter, Timetable
from firmhold.planning.zones import to_instant

KEY = "demo"
"""Under which metadata says what it is."""

UNFINISHED = "demo_unfinished"
"""Under which the metadata of a site says that its data is being made: see `demo_mark`."""

ACTOR = Actor("system:demo", operator=True)

AT_ONCE = 500
"""Commands that are under way together, slots that are read together."""

SOON = timedelta(minutes=10)
"""Nothing is published that begins sooner: the database's clock may be ahead."""


class Guest(NamedTuple):
    """Someone who has reserved, or waits."""

    customer: str
    """An e-mail address, or a user's id."""
    name: str
    units: int = 1
    notes: str | None = None
    guests: int | None = None
    before: datetime | None = None
    """When they have to have come at the latest, if it is for something else."""


class Wanted(NamedTuple):
    """A slot that is to be there, and who has reserved it."""

    key: str
    slot: NewSlot
    confirmed: tuple[Guest, ...] = ()
    held: tuple[Guest, ...] = ()
    waiting: tuple[Guest, ...] = ()


class Maker:
    """Makes the demo's sites, pools, slots and schedules."""

    def __init__(self, engine: Engine, organization: str, now: datetime, *, afresh: bool) -> None:
        """`afresh`: everything has just been taken back, and is to be as it was at first."""
        self.now = now
        self.published = 0
        self.reserved = 0
        self._engine = engine
        self._organization = organization
        self._afresh = afresh
        self._places, self._pools = Places(engine), Pools(engine)
        self._slots, self._schedules = Slots(engine), Schedules(engine)
        self._timetable = Timetable(engine.database)

    async def attempt(self, what: str, making: Awaitable[None]) -> None:
        """Make a part of it, as far as it fits."""
        try:
            await making
        except DoesNotFit as error:
            leave_out(what, str(error))

    async def site(self, key: str, fields: SiteFields) -> str:
        """The id of this site. Raises `DoesNotFit`."""
        fields = fields._replace(metadata={KEY: key, **fields.metadata})
        there = await self._places.find(self._organization)
        found = known(there, key) or next((s for s in there if s.fields.name == fields.name), None)
        made: list[str] = []

        def render(site: Site) -> tuple[int, bytes]:
            made.append(site.id)
            return 201, b""

        if found is None:
            insist(await self._places.create(self._organization, fields, render), fields.name)
            return made[-1]
        if self._afresh:
            mark = {k: v for k, v in found.fields.metadata.items() if k == UNFINISHED}
            fields = fields._replace(metadata={**fields.metadata, **mark})
            reply = await self._places.update(
                self._organization, found.id, lambda _: fields, render
            )
            fits(reply, fields.name)
        return found.id

    async def pool(self, key: str, kind: PoolKind, name: str, **about: Any) -> str:
        """The id of this pool. Raises `DoesNotFit`."""
        fields = PoolFields(name, metadata={KEY: key}, **about)
        there = await self._pools.find(self._organization, kind=kind)
        found = known(there, key) or next((p for p in there if p.fields.name == name), None)
        made: list[str] = []

        def render(pool: PoolSeen) -> tuple[int, bytes]:
            made.append(pool.id)
            return 201, b""

        if found is None:
            insist(await self._pools.create(self._organization, kind, fields, render), name)
            return made[-1]
        if self._afresh:
            reply = await self._pools.update(self._organization, found.id, lambda _: fields, render)
            fits(reply, name)
        return found.id

    async def publish(self, site: str, wanted: Iterable[Wanted]) -> None:
        """Let there be these slots of a site with their reservations, but for those that are there,
        have been withdrawn, or have begun."""
        known = await self._known_slots(site)
        missing = [
            it for it in wanted if it.key not in known and it.slot.starts_at > self.now + SOON
        ]
        ids = await self._publish(missing) if missing else {}
        self.published += len(ids)
        made = [(ids[it.key], it) for it in missing if it.key in ids]
        holds = [
            _hold(slot, guest, confirm=confirm)
            for slot, it in made
            for guests, confirm in ((it.confirmed, True), (it.held, False))
            for guest in guests
        ]
        self.reserved += await self._submit(holds)
        # Only then does anyone have to wait.
        await self._submit([_join(slot, guest) for slot, it in made for guest in it.waiting])

    async def schedule(
        self, key: str, fields: ScheduleFields, guests: Sequence[Guest] = ()
    ) -> None:
        """Let there be this schedule, with these guests spread over its slots, in this order as far
        as they can wait; unless there is or was: then it is the operators' business."""
        fields = fields._replace(slot=fields.slot._replace(metadata={KEY: key}))
        there = await self._schedules.find(self._organization, site=fields.site)
        if not self._afresh and any(it.fields.slot.metadata.get(KEY) == key for it in there):
            return
        slots: list[tuple[str, datetime]] = []

        def render(_: ScheduleSeen, report: Report) -> tuple[int, bytes]:
            slots[:] = [(it.slot, it.ends_at) for it in report.created if it.slot is not None]
            return 201, b""

        reply = await self._schedules.create(self._organization, ACTOR.label, fields, render)
        if not fits(reply, fields.slot.title):
            return
        self.published += len(slots)
        # Most people take what is soon: every third slot, as long as there are guests.
        waiting, holds = list(guests), []
        for slot, ends_at in slots[1::3]:
            guest = next((it for it in waiting if it.before is None or ends_at <= it.before), None)
            if guest is not None:
                waiting.remove(guest)
                holds.append(_hold(slot, guest, confirm=True))
        self.reserved += await self._submit(holds)

    async def _known_slots(self, site: str) -> set[str]:
        """The keys of slots that are there, or were withdrawn by someone who knows why."""
        where = SlotFilter(site, self.now - timedelta(days=2), withdrawn=not self._afresh)
        known: set[str] = set()
        after = None
        while True:
            page = await self._timetable.page(self._organization, where, after=after, limit=AT_ONCE)
            known.update(str(it.fields.metadata.get(KEY)) for it in page)
            if len(page) < AT_ONCE:
                return known
            after = page[-1].position

    async def _publish(self, wanted: Sequence[Wanted]) -> dict[str, str]:
        """The ids of the slots by their keys. What does not fit is left out, such as a slot whose
        room somebody has already."""
        ids: dict[str, str] = {}

        async def attempt(some: Sequence[Wanted]) -> Reply:
            def render(slots: list[PublishedSlot]) -> tuple[int, bytes]:
                ids.update({it.key: slot.id for it, slot in zip(some, slots, strict=True)})
                return 201, b""

            new = [_with_key(it) for it in some]
            return await self._slots.publish(self._organization, ACTOR.label, new, render)

        if not carried_out(await attempt(wanted)):
            for it in wanted:
                fits(await attempt([it]), it.key)
        return ids

    async def _submit(self, commands: Sequence[Command]) -> int:
        """How many of these were carried out: what somebody has taken meanwhile is theirs."""
        done = 0
        for start in range(0, len(commands), AT_ONCE):
            some = commands[start : start + AT_ONCE]
            replies = await asyncio.gather(
                *(self._engine.submit(self._organization, it, lambda *_: (201, b"")) for it in some)
            )
            done += sum(carried_out(reply) for reply in replies)
        return done


def new_id(prefix: str) -> str:
    """An id that nothing else has."""
    return f"{prefix}{uuid_utils.uuid7().hex}"


def at(on: date, clock: str, zone: str) -> datetime:
    """The instant at which the clocks of a zone show this on a date: 26:00 is two in the morning
    after."""
    hours, _, minutes = clock.partition(":")
    midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001 - a wall-clock time
    local = midnight + timedelta(hours=int(hours), minutes=int(minutes))
    return to_instant(local, ZoneInfo(zone))


def today(now: datetime, zone: str) -> date:
    """The date that it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()


def needs(*, slot: Iterable[str] = (), each: Mapping[str, int] = {}) -> tuple[Requirement, ...]:
    """What a slot takes itself, one unit of each pool, and what each reservation takes."""
    return (
        *(Requirement(pool, 1, Per.SLOT) for pool in slot),
        *(Requirement(pool, units, Per.RESERVATION) for pool, units in each.items()),
    )


def known(there: Iterable[Any], key: str) -> Any:
    """The one of these that has this key, if there is one."""
    return next((it for it in there if it.fields.metadata.get(KEY) == key), None)


def _with_key(it: Wanted) -> NewSlot:
    fields: SlotFields = it.slot.fields._replace(metadata={KEY: it.key})
    return it.slot._replace(
        starts_at=it.slot.starts_at.astimezone(UTC),
        ends_at=it.slot.ends_at.astimezone(UTC),
        fields=fields,
    )


def _hold(slot: str, guest: Guest, *, confirm: bool) -> Hold:
    return Hold(
        new_id("rsv_"),
        ACTOR,
        guest.customer,
        (Asked(slot, guest.units),),
        confirm=confirm,
        notes=guest.notes,
        guest_count=guest.guests,
        metadata={"patient_name": guest.name},
    )


def _join(slot: str, guest: Guest) -> Join:
    return Join(new_id("wait_"), new_id("rsv_"), ACTOR, guest.customer, slot, guest.units)
