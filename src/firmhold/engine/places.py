"""Sites: where slots take place, by whose clocks, and what holds for booking there.

Owns how a site is stored and what may be said about one. Pools are in `pools`, slots in `slots`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg
import msgspec
import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import CustomerLimit
from firmhold.engine.effects import Effects
from firmhold.engine.engine import Engine
from firmhold.engine.rows import bare
from firmhold.engine.ticket import Act, Reply
from firmhold.planning.rule import WEEKDAYS
from firmhold.planning.schedule import read_blackout
from firmhold.planning.wall_clock import read_span
from firmhold.planning.zones import zone_of
from firmhold.store.sql import statement

LONGEST_NAME = 200
LONGEST_ADDRESS = 1000
"""Characters: several lines."""

MAX_ENTRIES = 500
"""Opening hours, or blackouts, of one site."""

MAX_HORIZON_DAYS = 3650
MAX_NOTICE_MINUTES = 525_600
"""A year. The database has the same bounds."""

MAX_SLOT_MINUTES = 1440
"""What a schedule can make of a day."""


class OpeningHours(NamedTuple):
    """When a site is open on one day of the week, by its own clocks. For people to read: what can
    be booked is told by slots."""

    day: str
    """MO to SU."""
    opens: str
    """Such as 09:00."""
    closes: str
    """Such as 17:30; what is not later than `opens` is on the next day."""


class Closure(NamedTuple):
    """A time for which no schedule of the site makes slots, by its own clocks."""

    starts: str
    """A date, or a time such as 2026-12-24T12:00."""
    ends: str
    """The first that is open again."""
    reason: str | None = None


class SiteFields(NamedTuple):
    """What an operator says about a site."""

    name: str
    zone: str
    """An IANA name."""
    address: str | None = None
    slot_minutes: int = 30
    """How long slots are that its schedules make, unless a schedule says otherwise."""
    opening_hours: tuple[OpeningHours, ...] = ()
    blackouts: tuple[Closure, ...] = ()
    horizon_days: int | None = None
    """How far ahead its slots are made and can be booked. `None`, here and for the next two: as
    the organization has set it."""
    notice_minutes: int | None = None
    """How long before its start a slot can be booked at the latest."""
    cutoff_minutes: int | None = None
    """How long before its start a booking can be cancelled at the latest."""
    customer_limit: CustomerLimit | None = None
    metadata: Mapping[str, Any] = {}


class Site(NamedTuple):
    """A site as it stands at `now`."""

    id: str
    fields: SiteFields
    created_at: datetime
    updated_at: datetime
    now: datetime


Render = Callable[[Site], tuple[int, bytes]]
"""The door's answer: status and body."""


class Places:
    """The sites of all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._database = engine.database
        self._effects = Effects(engine)

    async def create(
        self, organization: str, fields: SiteFields, render: Render, act: Act | None = None
    ) -> Reply:
        """Create a site. Its name must be new in the organization."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            _check(fields)
            id = f"site_{uuid_utils.uuid7().hex}"
            return await _write(connection, "insert_site", organization, id, now, fields, render)

        return await self._effects.carry_out(organization, act, work)

    async def update(
        self,
        organization: str,
        id: str,
        change: Callable[[Site], SiteFields | Refusal],
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Replace what `change` makes of a site's fields. Slots that exist keep their times, also
        if the zone is another now; schedules are planned anew when somebody asks for it."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            lock = statement("places", "lock_site")
            if not await connection.fetchrow(lock, bare(organization), bare(id)):
                raise Refused(no_site(id))
            # Last, because no batch goes on while somebody holds or waits for this one.
            await connection.execute(statement("places", "lock_limits"), bare(organization))
            found = (await read_sites(connection, organization, ids=[id]))[0]
            fields = change(found)
            if isinstance(fields, Refusal):
                raise Refused(fields)
            if fields == found.fields:
                return (id, *render(found))
            _check(fields)
            return await _write(connection, "update_site", organization, id, now, fields, render)

        return await self._effects.carry_out(organization, act, work)

    async def find(
        self,
        organization: str,
        *,
        ids: Sequence[str] | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> list[Site]:
        """Sites by id, or page by page in the order of their creation."""
        async with self._database.read(organization) as connection:
            return await read_sites(connection, organization, ids=ids, after=after, limit=limit)


def no_site(id: str, **facts: object) -> Refusal:
    """There is no such site in this organization."""
    return refuse(Code.NOT_FOUND, "There is no such site.", site=id, **facts)


async def read_sites(
    connection: Any,
    organization: str,
    *,
    ids: Sequence[str] | None = None,
    after: str | None = None,
    limit: int = 10_000,
) -> list[Site]:
    """Sites, on a connection of the caller's."""
    found = await connection.fetch(
        statement("places", "sites"),
        bare(organization),
        None if ids is None else [bare(id) for id in ids],
        None if after is None else bare(after),
        limit,
    )
    return [_site(row) for row in found]


def _check(fields: SiteFields) -> None:
    """Raise `Refused` (`malformed_request`) for the first thing that cannot be meant."""
    if not fields.name.strip() or len(fields.name) > LONGEST_NAME:
        raise Refused(malformed("name", f"1 to {LONGEST_NAME} characters, not only spaces"))
    zone_of(fields.zone)
    if len(fields.address or "") > LONGEST_ADDRESS:
        raise Refused(malformed("address", f"at most {LONGEST_ADDRESS:,} characters"))
    for name, value, low, high in (
        ("slot_minutes", fields.slot_minutes, 1, MAX_SLOT_MINUTES),
        ("horizon_days", fields.horizon_days, 1, MAX_HORIZON_DAYS),
        ("notice_minutes", fields.notice_minutes, 0, MAX_NOTICE_MINUTES),
        ("cutoff_minutes", fields.cutoff_minutes, 0, MAX_NOTICE_MINUTES),
        ("customer_limit.units", (fields.customer_limit or _ANY).units, 1, 1_000_000),
        ("customer_limit.days", (fields.customer_limit or _ANY).days, 1, MAX_HORIZON_DAYS),
    ):
        if value is not None and not low <= value <= high:
            raise Refused(malformed(name, f"{low:,} to {high:,}, not {value}"))
    for name, entries in (
        ("opening_hours", fields.opening_hours),
        ("blackouts", fields.blackouts),
    ):
        if len(entries) > MAX_ENTRIES:
            raise Refused(malformed(name, f"at most {MAX_ENTRIES}, not {len(entries)}"))
    for place, hours in enumerate(fields.opening_hours):
        if hours.day not in WEEKDAYS:
            days = ", ".join(WEEKDAYS)
            raise Refused(malformed(f"opening_hours[{place}].day", f"one of {days}"))
        read_span(f"opening_hours[{place}]", hours.opens, hours.closes)
    for place, closure in enumerate(fields.blackouts):
        read_blackout(f"blackouts[{place}]", *closure)


_ANY = CustomerLimit(1, 1)


async def _write(
    connection: Any,
    name: str,
    organization: str,
    id: str,
    now: datetime,
    fields: SiteFields,
    render: Render,
) -> tuple[str, int, bytes]:
    try:
        await connection.execute(
            statement("places", name), bare(organization), bare(id), now, *_columns(fields)
        )
    except asyncpg.UniqueViolationError:
        raise Refused(
            refuse(Code.ALREADY_EXISTS, "There is already a site of this name.", name=fields.name)
        ) from None
    return (id, *render((await read_sites(connection, organization, ids=[id]))[0]))


def _columns(fields: SiteFields) -> list[Any]:
    limit = fields.customer_limit
    return [
        fields.name,
        fields.address,
        fields.zone,
        fields.slot_minutes,
        _json([hours._asdict() for hours in fields.opening_hours]),
        _json([closure._asdict() for closure in fields.blackouts]),
        fields.horizon_days,
        fields.notice_minutes,
        fields.cutoff_minutes,
        None if limit is None else limit.units,
        None if limit is None else limit.days,
        _json(fields.metadata),
    ]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _site(row: Any) -> Site:
    limit = row["customer_limit"]
    fields = SiteFields(
        row["name"],
        row["zone"],
        row["address"],
        row["slot_minutes"],
        tuple(OpeningHours(**it) for it in msgspec.json.decode(row["opening_hours"])),
        tuple(Closure(**it) for it in msgspec.json.decode(row["blackouts"])),
        row["horizon_days"],
        row["notice_minutes"],
        row["cutoff_minutes"],
        None if limit is None else CustomerLimit(limit, row["customer_days"]),
        msgspec.json.decode(row["metadata"]),
    )
    return Site(f"site_{row['id'].hex}", fields, row["created_at"], row["updated_at"], row["now"])
