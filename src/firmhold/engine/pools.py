"""Pools: rooms, practitioners and equipment that slots take units from, and what is lent of them.

Owns how a pool is stored and changed. What may be lent is decided by the domain, and refused by the
database besides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import asyncpg
import msgspec
import uuid_utils

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.domain.model import Per
from firmhold.engine.effects import Due, Effects
from firmhold.engine.engine import Engine
from firmhold.engine.lending import pool_id, slot_id
from firmhold.engine.places import no_site, read_sites
from firmhold.engine.rows import bare, reservation_id
from firmhold.engine.ticket import Act, Reply
from firmhold.store.sql import statement

LONGEST_NAME = 200

MAX_UNITS = 100_000
"""Of one pool. The database has the same bound, so that sums stay small."""

MAX_BUFFER_MINUTES = 1440
"""A day before a use, and one after."""


class PoolKind(StrEnum):
    """What the units of a pool are."""

    ROOM = "room"
    PRACTITIONER = "practitioner"
    EQUIPMENT = "equipment"


class PoolFields(NamedTuple):
    """What an operator says about a pool."""

    name: str
    units: int = 1
    """1 for a room or a practitioner."""
    before_minutes: int = 0
    """Time before each use that counts as taken. A slot that has units of the pool keeps the times
    for which it took them until it has given back all, here and in the next."""
    after_minutes: int = 0
    site: str | None = None
    """Where it is at home. It can be required at any site."""
    metadata: Mapping[str, Any] = {}


class PoolSeen(NamedTuple):
    """A pool and all that is said about it."""

    id: str
    kind: PoolKind
    fields: PoolFields
    created_at: datetime
    updated_at: datetime


class LoanSeen(NamedTuple):
    """Units of a pool that are taken for `[starts_at, ends_at)`, buffers included."""

    slot: str
    title: str
    per: Per
    """Whether the slot took them by being published, or its reservations take them, each."""
    units: int
    """All that are taken."""
    starts_at: datetime
    ends_at: datetime

    @property
    def position(self) -> tuple[datetime, str]:
        """Where it stands in the list of what a pool has lent."""
        return self.starts_at, self.slot


Render = Callable[[PoolSeen], tuple[int, bytes]]
"""The door's answer: status and body."""


class Pools:
    """The pools of all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._database = engine.database
        self._effects = Effects(engine)

    async def create(
        self,
        organization: str,
        kind: PoolKind,
        fields: PoolFields,
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Create a pool. Its name must be new among those of its kind."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            await _check(connection, organization, kind, fields)
            id = f"pool_{uuid_utils.uuid7().hex}"
            values = [kind.value, *_columns(fields)]
            await _write(connection, "insert_pool", organization, id, now, kind, values)
            return await _answer(connection, organization, id, render)

        return await self._effects.carry_out(organization, act, work)

    async def update(
        self,
        organization: str,
        id: str,
        change: Callable[[PoolSeen], PoolFields | Refusal],
        render: Render,
        act: Act | None = None,
    ) -> Reply:
        """Replace what `change` makes of a pool's fields, under its lock.

        Refuses fewer units than are lent at some instant from now on, saying when
        (`capacity_below_reserved`).
        """

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            found = await _lock(connection, organization, id)
            fields = change(found)
            if isinstance(fields, Refusal):
                raise Refused(fields)
            if fields != found.fields:
                await _check(connection, organization, found.kind, fields)
                if fields.units < found.fields.units:
                    await _refuse_shrinking(connection, organization, found, fields.units)
                values = _columns(fields)
                await _write(connection, "update_pool", organization, id, now, found.kind, values)
            return await _answer(connection, organization, id, render)

        return await self._effects.carry_out(organization, act, work)

    async def delete(
        self, organization: str, id: str, render: Render, act: Act | None = None
    ) -> Reply:
        """Delete a pool that no slot requires, withdrawn or not, and no active schedule either
        (`version_conflict`). `render` makes the answer of what is no more."""

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            found = await _lock(connection, organization, id)
            slots = await connection.fetchval(
                statement("places", "slots_requiring"), bare(organization), bare(id)
            )
            if slots:
                raise Refused(
                    refuse(
                        Code.VERSION_CONFLICT,
                        f"{found.fields.name} is required by slots, withdrawn ones included.",
                        pool=id,
                        slots=slots,
                    )
                )
            await _refuse_scheduled(connection, organization, found)
            await connection.execute(
                statement("places", "delete_pool"), bare(organization), bare(id), now
            )
            return (id, *render(found))

        return await self._effects.carry_out(organization, act, work)

    async def find(
        self,
        organization: str,
        *,
        ids: Sequence[str] | None = None,
        site: str | None = None,
        kind: PoolKind | None = None,
        after: str | None = None,
        limit: int = 1000,
    ) -> list[PoolSeen]:
        """Pools by id, or page by page in the order of their creation."""
        async with self._database.read(organization) as connection:
            return await _pools(
                connection, organization, ids=ids, site=site, kind=kind, after=after, limit=limit
            )

    async def lent(
        self,
        organization: str,
        id: str,
        since: datetime,
        until: datetime,
        *,
        after: tuple[datetime, str] | None = None,
        limit: int = 500,
    ) -> list[LoanSeen]:
        """What a pool has lent at some time of `[since, until)`, page by page in the order in which
        it begins. Holds that have ended have nothing."""
        starts, slot = after or (None, None)
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("places", "lent"),
                bare(organization),
                bare(id),
                since,
                until,
                starts,
                None if slot is None else bare(slot),
                limit,
            )
        return [_loan(row) for row in found]


async def _lock(connection: Any, organization: str, id: str) -> PoolSeen:
    lock = statement("places", "lock_pool")
    if not await connection.fetchrow(lock, bare(organization), bare(id)):
        raise Refused(refuse(Code.NOT_FOUND, "There is no such pool.", pool=id))
    return (await _pools(connection, organization, ids=[id]))[0]


async def _check(connection: Any, organization: str, kind: PoolKind, fields: PoolFields) -> None:
    """Raise `Refused` for the first thing that cannot be meant, or is not there."""
    if not fields.name.strip() or len(fields.name) > LONGEST_NAME:
        raise Refused(malformed("name", f"1 to {LONGEST_NAME} characters, not only spaces"))
    if kind is not PoolKind.EQUIPMENT and fields.units != 1:
        raise Refused(malformed("units", f"a {kind} is always 1, not {fields.units}"))
    for name, value, high in (
        ("units", fields.units, MAX_UNITS),
        ("before_minutes", fields.before_minutes, MAX_BUFFER_MINUTES),
        ("after_minutes", fields.after_minutes, MAX_BUFFER_MINUTES),
    ):
        if not 0 <= value <= high:
            raise Refused(malformed(name, f"0 to {high:,}, not {value}"))
    if fields.site is not None and not await read_sites(
        connection, organization, ids=[fields.site]
    ):
        raise Refused(no_site(fields.site, field="site"))


async def _refuse_scheduled(connection: Any, organization: str, pool: PoolSeen) -> None:
    """Raise `Refused` if a schedule would make slots that require the pool."""
    found = await connection.fetchrow(
        statement("places", "schedule_requiring"), bare(organization), pool.id
    )
    if found is not None:
        raise Refused(
            refuse(
                Code.VERSION_CONFLICT,
                f"{pool.fields.name} is required by an active schedule: {found['title']}.",
                pool=pool.id,
                schedule=f"sched_{found['id'].hex}",
            )
        )


async def _refuse_shrinking(connection: Any, organization: str, pool: PoolSeen, units: int) -> None:
    """Raise `Refused` if more is lent at some time from now on, or `Due` if it only seems so."""
    most = await connection.fetchrow(
        statement("places", "lent_from_now"), bare(organization), bare(pool.id)
    )
    if (most["units"] or 0) > units:
        raise Refused(
            refuse(
                Code.CAPACITY_BELOW_RESERVED,
                f"{pool.fields.name} lends {most['units']} units at some time.",
                pool=pool.id,
                requested=units,
                taken=most["units"],
                busy_from=most["busy_from"],
                busy_until=most["busy_until"],
            )
        )
    ended = await connection.fetch(
        statement("places", "ended_loans"), bare(organization), bare(pool.id), most["now"]
    )
    if ended:
        raise Due([reservation_id(row["reservation_id"]) for row in ended])


async def _write(
    connection: Any,
    name: str,
    organization: str,
    id: str,
    now: datetime,
    kind: PoolKind,
    values: list[Any],
) -> None:
    try:
        await connection.execute(
            statement("places", name), bare(organization), bare(id), now, *values
        )
    except asyncpg.UniqueViolationError:
        raise Refused(
            refuse(Code.ALREADY_EXISTS, f"There is already a {kind} of this name.", kind=kind.value)
        ) from None


async def _answer(
    connection: Any, organization: str, id: str, render: Render
) -> tuple[str, int, bytes]:
    return (id, *render((await _pools(connection, organization, ids=[id]))[0]))


async def _pools(
    connection: Any,
    organization: str,
    *,
    ids: Sequence[str] | None = None,
    site: str | None = None,
    kind: PoolKind | None = None,
    after: str | None = None,
    limit: int = 10_000,
) -> list[PoolSeen]:
    found = await connection.fetch(
        statement("places", "pools"),
        bare(organization),
        None if ids is None else [bare(id) for id in ids],
        None if after is None else bare(after),
        None if site is None else bare(site),
        kind,
        limit,
    )
    return [_pool(row) for row in found]


def _columns(fields: PoolFields) -> list[Any]:
    return [
        fields.name,
        fields.units,
        fields.before_minutes,
        fields.after_minutes,
        None if fields.site is None else bare(fields.site),
        msgspec.json.encode(fields.metadata).decode(),
    ]


def _pool(row: Any) -> PoolSeen:
    site = row["site_id"]
    fields = PoolFields(
        row["name"],
        row["units"],
        row["before_minutes"],
        row["after_minutes"],
        None if site is None else f"site_{site.hex}",
        msgspec.json.decode(row["metadata"]),
    )
    return PoolSeen(
        pool_id(row["id"]), PoolKind(row["kind"]), fields, row["created_at"], row["updated_at"]
    )


def _loan(row: Any) -> LoanSeen:
    return LoanSeen(
        slot_id(row["slot_id"]),
        row["title"],
        Per(row["per"]),
        row["units"],
        row["starts_at"],
        row["ends_at"],
    )
