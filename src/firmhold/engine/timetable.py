"""Looking at slots: when and where, what they take from pools, what is left and why not. Changes
nothing and locks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from firmhold.domain.errors import Code, Refusal
from firmhold.domain.explaining import refuse_anyone
from firmhold.domain.model import Loan, Offering, Per, Pool, Requirement, Slot
from firmhold.domain.publishing import SlotFields
from firmhold.engine import rows
from firmhold.engine.lending import pool_id, slot_id
from firmhold.engine.pools import PoolKind
from firmhold.engine.rows import bare
from firmhold.store.database import Database
from firmhold.store.sql import statement

SOLD_OUT = "sold_out"
"""What want of units is called where nobody has asked for a number of them."""


class AtSite(NamedTuple):
    """The site of a slot, as far as a slot needs it to be understood."""

    id: str
    name: str
    zone: str


class Required(NamedTuple):
    """What a slot takes from a pool, and what kind of pool that is."""

    pool: str
    name: str
    kind: PoolKind
    units: int
    per: Per


class PublishedSlot(NamedTuple):
    """A slot and its counts as they stand at `now`."""

    offering: Offering
    """Counts without holds that have ended; times, and what holds for booking."""
    site: AtSite
    fields: SlotFields
    requires: tuple[Required, ...]
    """Rooms, practitioners, equipment; what the slot takes itself before what reservations do."""
    schedule: str | None
    by_hand: bool
    """Made by its schedule and changed by somebody since."""
    withdrawn_at: datetime | None
    next_expiry: datetime | None
    """When the next hold on it ends."""
    refusal: Refusal | None
    """Why no customer can book it now; `None` if one can."""
    created_at: datetime
    updated_at: datetime
    now: datetime

    @property
    def id(self) -> str:
        return self.offering.id

    @property
    def starts_at(self) -> datetime:
        return _slot_of(self.offering).starts_at

    @property
    def ends_at(self) -> datetime:
        return _slot_of(self.offering).ends_at

    @property
    def available(self) -> int:
        """Units nobody has a claim on."""
        return self.offering.capacity - self.offering.held - self.offering.confirmed

    @property
    def reason(self) -> str | None:
        """The refusal in a word."""
        return _reason(self.refusal)

    @property
    def position(self) -> tuple[datetime, str]:
        """Where it stands in lists."""
        return self.starts_at, self.id

    def of_kind(self, kind: PoolKind) -> list[Required]:
        """The rooms, practitioners or equipment that it takes."""
        return [required for required in self.requires if required.kind is kind]


class SlotFilter(NamedTuple):
    """Which slots to list. `None` leaves a criterion out."""

    site: str | None = None
    since: datetime | None = None
    """They start then or later …"""
    until: datetime | None = None
    """… and before that."""
    pool: str | None = None
    schedule: str | None = None
    bookable: bool = False
    """Only those that a customer could book now."""
    withdrawn: bool = False
    """Also those that were withdrawn."""
    has_places: bool = False
    """Only those that a customer could book now if what they need of pools were free."""


class Seen(NamedTuple):
    """An offering as it stands, and what of pools is in the way of one more reservation."""

    offering: Offering
    pools: Mapping[str, Pool]
    loans: tuple[Loan, ...]


class Availability(NamedTuple):
    """What is left of an offering at `now`, and why not, if no customer can take the least of it
    that may be taken at once."""

    offering: Offering
    next_expiry: datetime | None
    refusal: Refusal | None
    now: datetime

    @property
    def reason(self) -> str | None:
        """The refusal in a word."""
        return _reason(self.refusal)


class Timetable:
    """The slots of all organizations, for those who look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, organization: str, ids: Sequence[str]) -> list[PublishedSlot]:
        """Slots by id, in the order of the ids, without those that there are not."""
        async with self._database.read(organization) as connection:
            return await read_slots(connection, organization, ids)

    async def page(
        self,
        organization: str,
        where: SlotFilter,
        *,
        after: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[PublishedSlot]:
        """Slots in the order of time, after a position in it. What lies before `since`, and before
        `after`, costs nothing."""
        starts_at, id = after or (None, None)
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("timetable", "page"),
                bare(organization),
                limit,
                starts_at,
                None if id is None else bare(id),
                *(None if it is None else bare(it) for it in (where.site,)),
                where.since,
                where.until,
                *(None if it is None else bare(it) for it in (where.pool, where.schedule)),
                where.withdrawn,
                where.bookable or where.has_places,
                where.bookable,
            )
            return await read_slots(connection, organization, [row["id"].hex for row in found])

    async def cut_offs(self, organization: str, slots: Sequence[str]) -> dict[str, datetime]:
        """Until when customers can give back each of these, by its id."""
        if not slots:
            return {}
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("timetable", "cut_offs"), bare(organization), [bare(id) for id in slots]
            )
        return {slot_id(row["id"]): row["until"] for row in found}

    async def availability(self, organization: str, offering: str) -> Availability | None:
        """What is left of an item or a slot, explained by the rules that a hold would meet."""
        async with self._database.read(organization) as connection:
            found = await read_offerings(connection, organization, [offering])
        for row, seen in found:
            refusal = refuse_anyone(*seen, row["now"])
            return Availability(seen.offering, row["next_expiry"], refusal, row["now"])
        return None


async def read_slots(connection: Any, organization: str, ids: Sequence[str]) -> list[PublishedSlot]:
    """Slots by id, in the order of the ids, on a connection of the caller's."""
    if not ids:
        return []
    found = await connection.fetch(
        statement("timetable", "slots"), bare(organization), [bare(id) for id in ids]
    )
    return [_published(row) for row in found]


async def read_offerings(
    connection: Any, organization: str, ids: Sequence[str]
) -> list[tuple[Any, Seen]]:
    """Items and slots by id, each with its row."""
    found = await connection.fetch(
        statement("timetable", "offerings"), bare(organization), [bare(id) for id in ids]
    )
    asked = set(ids)
    return [(row, seen) for row in found if (seen := _seen(row)).offering.id in asked]


def _published(row: Any) -> PublishedSlot:
    seen = _seen(row)
    offering = seen.offering
    requires = tuple(_required(row))
    schedule = row["schedule_id"]
    return PublishedSlot(
        offering,
        AtSite(_slot_of(offering).site, row["site_name"], row["zone"]),
        SlotFields(
            row["title"],
            row["description"],
            offering.terms,
            tuple(Requirement(it.pool, it.units, it.per) for it in requires),
            msgspec.json.decode(row["metadata"]),
            offering.open,
        ),
        requires,
        None if schedule is None else f"sched_{schedule.hex}",
        row["by_hand"],
        row["withdrawn_at"],
        row["next_expiry"],
        refuse_anyone(*seen, row["now"]),
        row["created_at"],
        row["updated_at"],
        row["now"],
    )


def _required(row: Any) -> list[Required]:
    if row["pools"] is None:
        return []
    columns = (row[name] for name in ("pools", "names", "kinds", "required_units", "pers"))
    return [
        Required(pool_id(pool), name, PoolKind(kind), units, Per(per))
        for pool, name, kind, units, per in zip(*columns, strict=True)
    ]


def _seen(row: Any) -> Seen:
    offering = rows.offering(row)
    if row["site_id"] is None:
        return Seen(offering, {}, ())
    offering = offering._replace(slot=rows.slot(row))
    return Seen(offering, {}, ()) if row["pool_id"] is None else _busy(row, offering)


def _busy(row: Any, offering: Offering) -> Seen:
    """The pool that cannot lend what a reservation requires, as the domain sees it."""
    pool = Pool(
        pool_id(row["pool_id"]),
        row["pool_name"],
        row["pool_units"],
        timedelta(minutes=row["before_minutes"]),
        timedelta(minutes=row["after_minutes"]),
    )
    required = Requirement(pool.id, row["required"], Per.RESERVATION)
    slot = _slot_of(offering)._replace(requirements=(required,))
    loans: tuple[Loan, ...] = ()
    if row["taken"]:
        # Who has it is not told: only how much there is of it, and when.
        times = row["busy_from"], row["busy_until"]
        loans = (Loan(pool.id, offering.id, row["taken"], *times),)
    return Seen(offering._replace(slot=slot), {pool.id: pool}, loans)


def _slot_of(offering: Offering) -> Slot:
    assert offering.slot is not None
    return offering.slot


def _reason(refusal: Refusal | None) -> str | None:
    if refusal is None:
        return None
    return SOLD_OUT if refusal.code is Code.INSUFFICIENT_CAPACITY else refusal.code.value
