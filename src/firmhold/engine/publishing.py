"""What publishing and withdrawing slots reads and writes, for one as for thousands.

Knows the statements and how values are passed to them, and no rule. Runs in the transaction of
whoever calls, who has locked what has to be locked before: slots first, then pools.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from firmhold.domain.calendar import Calendar
from firmhold.domain.model import Loan, Per, Pool, Requirement, Terms
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.effects import Due
from firmhold.engine.lending import Taken, lend, pool, read_around
from firmhold.engine.rows import bare, reservation_id
from firmhold.store.sql import statement


class Placed(NamedTuple):
    """A slot that is to be there."""

    id: str
    slot: NewSlot
    schedule: str | None = None
    version: int | None = None
    """Of the schedule."""


MOST_ENDED = 2000
"""Holds that have ended and are read of a slot. If there are more, some are recorded first."""


class Room:
    """What pools have lent around some times: to those who live, and what holds that have ended
    have not given back."""

    def __init__(self, pools: Mapping[str, Pool], lent: Iterable[Taken]) -> None:
        live: list[Loan] = []
        standing: list[Loan] = []
        self._ended: dict[Loan, set[str]] = {}
        for loan, each, ending in lent:
            standing.append(loan)
            if units := loan.units - len(ending) * each:
                live.append(loan._replace(units=units))
            if ending:
                self._ended[loan] = {reservation for reservation, _ in ending}
        self.calendar = Calendar(pools, live)
        self._standing = Calendar(pools, standing)
        self._returning = Calendar(pools, self._ended)

    def held_by_none(self, loans: Sequence[Loan]) -> set[str]:
        """Reservations whose hold has ended and which are all that is in the way of these; none if
        there is room beside them."""
        if not self._ended or self._standing.take(loans) is None:
            return set()
        return {
            reservation
            for loan in loans
            for other in self._returning.beside(loan)
            for reservation in self._ended[other]
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
    """What is lent where these loans are to be, but for what slots take that are `leaving`. Raises
    `Due` if more holds have ended there than can be told apart."""
    stretches = ((loan.pool, loan.starts_at, loan.ends_at) for loan in wanted)
    around = await read_around(connection, organization, stretches, now, MOST_ENDED)
    gone = frozenset(leaving)
    lent = [it for it in around if it.loan.slot not in gone]
    for it in lent:
        if len(it.ending) >= MOST_ENDED:
            raise Due({reservation for reservation, _ in it.ending})
    return Room(pools, lent)


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
    await lend(connection, organization, loans)


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
