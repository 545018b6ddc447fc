"""What publishing and withdrawing slots reads and writes, for one as for thousands.

Knows the statements and how values are passed to them, and no rule. Runs in the transaction of
whoever calls, who has locked what has to be locked before: slots first, then pools.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from firmhold.domain.expiry import is_due
from firmhold.domain.model import Loan, Per, Pool, Requirement, Terms
from firmhold.domain.publishing import Calendar, NewSlot, SlotFields
from firmhold.engine.lending import loan_columns, pool, pool_id, slot_id
from firmhold.engine.rows import bare, reservation_id
from firmhold.store.sql import statement

_NEAR = timedelta(days=1)
"""Loans that are closer to each other than this are looked for together."""


class Placed(NamedTuple):
    """A slot that is to be there."""

    id: str
    slot: NewSlot
    schedule: str | None = None
    version: int | None = None
    """Of the schedule."""


class Room:
    """What pools have lent around some times, by holds that live and by holds that have ended."""

    def __init__(self, pools: Mapping[str, Pool], loans: Iterable[Loan], now: datetime) -> None:
        live: list[Loan] = []
        ended: list[Loan] = []
        for loan in loans:
            over = loan.expires_at is not None and is_due(loan.expires_at, now)
            (ended if over else live).append(loan)
        self.calendar = Calendar(pools, live)
        self._ended = Calendar(pools, ended)

    def held_by_none(self, loans: Iterable[Loan]) -> set[str]:
        """Reservations whose hold has ended and whose loans are still where these are to be."""
        return {
            other.reservation
            for loan in loans
            for other in self._ended.beside(loan)
            if other.reservation is not None
        }


async def lock_pools(
    connection: Any, organization: str, requirements: Iterable[Requirement]
) -> dict[str, Pool]:
    """Lock the pools required, by slots or by reservations, in id order, and read them."""
    ids = list({bare(required.pool) for required in requirements})
    if not ids:
        return {}
    found = await connection.fetch(statement("slots", "lock_pools"), bare(organization), ids)
    return {it.id: it for it in map(pool, found)}


async def clock(connection: Any) -> datetime:
    """The database's clock, for whoever holds all locks by now."""
    now: datetime = await connection.fetchval("SELECT clock_timestamp()")
    return now


async def read_room(
    connection: Any,
    organization: str,
    pools: Mapping[str, Pool],
    wanted: Iterable[Loan],
    now: datetime,
    leaving: Collection[str] = (),
) -> Room:
    """What is lent where these loans are to be, but for what slots take that are `leaving`."""
    asked = list(_windows(wanted))
    if not asked:
        return Room(pools, (), now)
    found = await connection.fetch(
        statement("slots", "loans_around"),
        bare(organization),
        *map(list, zip(*asked, strict=True)),
    )
    loans = (_loan(row) for row in found)
    gone = frozenset(leaving)
    kept = {it: None for it in loans if it.reservation is not None or it.slot not in gone}
    return Room(pools, kept, now)


def _windows(wanted: Iterable[Loan]) -> Iterable[tuple[str, datetime, datetime]]:
    """Stretches of time around loans, by pool, with those that are close to each other as one."""
    ordered = sorted((bare(loan.pool), loan.starts_at, loan.ends_at) for loan in wanted)
    current: tuple[str, datetime, datetime] | None = None
    for of, starts_at, ends_at in ordered:
        if current is not None and current[0] == of and starts_at <= current[2] + _NEAR:
            current = (of, current[1], max(current[2], ends_at))
            continue
        if current is not None:
            yield current
        current = (of, starts_at, ends_at)
    if current is not None:
        yield current


def _loan(row: Any) -> Loan:
    owner = row["reservation_id"]
    return Loan(
        pool_id(row["pool_id"]),
        slot_id(row["slot_id"]),
        None if owner is None else reservation_id(owner),
        row["units"],
        row["starts_at"],
        row["ends_at"],
        row["expires_at"],
    )


async def ended_holds(
    connection: Any, organization: str, slots: Collection[str], now: datetime
) -> list[str]:
    """Reservations that hold units of these slots and whose hold has ended by `now`."""
    found = await connection.fetch(
        statement("slots", "ended_holds"), bare(organization), [bare(id) for id in slots], now
    )
    return [reservation_id(row["reservation_id"]) for row in found]


async def insert(
    connection: Any,
    organization: str,
    actor: str,
    now: datetime,
    placed: Sequence[Placed],
    loans: Sequence[Loan],
) -> None:
    """Write new slots, what they require, and what they take themselves."""
    await connection.execute(
        statement("slots", "insert_slots"), bare(organization), now, actor, *_columns(placed)
    )
    required = [(it.id, need) for it in placed for need in it.slot.fields.requirements]
    await insert_requirements(connection, organization, required)
    await insert_loans(connection, organization, loans)


async def insert_requirements(
    connection: Any, organization: str, required: Sequence[tuple[str, Requirement]]
) -> None:
    """Write what slots require, as pairs of slot and requirement."""
    if required:
        await connection.execute(
            statement("slots", "insert_requirements"),
            bare(organization),
            [bare(slot) for slot, _ in required],
            [bare(need.pool) for _, need in required],
            [need.units for _, need in required],
            [need.per.value for _, need in required],
        )


async def insert_loans(connection: Any, organization: str, loans: Sequence[Loan]) -> None:
    """Write what is lent."""
    if loans:
        await connection.execute(
            statement("lending", "take_loans"), bare(organization), *loan_columns(loans)
        )


async def withdraw(
    connection: Any,
    organization: str,
    actor: str,
    now: datetime,
    slots: Collection[str],
    reason: str,
    *,
    by_hand: bool,
) -> None:
    """Close slots for good that nobody has reserved, give back what they took, let who waits go."""
    await connection.execute(
        statement("slots", "withdraw_slots"),
        bare(organization),
        [bare(id) for id in slots],
        now,
        actor,
        reason,
        by_hand,
    )


def lends(fields: SlotFields) -> bool:
    """Whether reservations take anything from pools."""
    return any(required.per is Per.RESERVATION for required in fields.requirements)


def field_columns(fields: SlotFields) -> list[Any]:
    """The columns of what can be changed."""
    return [
        fields.title,
        fields.description,
        msgspec.json.encode(fields.metadata).decode(),
        fields.open,
        lends(fields),
        *fields.terms,
    ]


def _columns(placed: Sequence[Placed]) -> list[list[Any]]:
    columns: list[list[Any]] = [
        [bare(it.id) for it in placed],
        [bare(it.slot.site) for it in placed],
        [it.slot.starts_at for it in placed],
        [it.slot.ends_at for it in placed],
        [it.slot.capacity for it in placed],
    ]
    fields = [field_columns(it.slot.fields) for it in placed]
    width = 5 + len(Terms._fields)
    about = [[values[column] for values in fields] for column in range(width)]
    made_by: list[list[Any]] = [
        [None if it.schedule is None else bare(it.schedule) for it in placed],
        [it.version for it in placed],
    ]
    return [*columns, *about[:5], *made_by, *about[5:]]
