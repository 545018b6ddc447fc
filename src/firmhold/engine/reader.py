"""Looking at reservations, availability and the ledger. Changes nothing.

A hold that is due is shown as expired, whether or not its expiry has been recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.expiry import is_due
from firmhold.domain.model import Reservation, Status
from firmhold.engine.rows import bare, reservation, reservation_id
from firmhold.store.database import Database
from firmhold.store.sql import statement


class Seen(NamedTuple):
    """A reservation as it stands at `now`."""

    reservation: Reservation
    now: datetime
    seq: int | None = None
    """Position in a list by offering."""


class Filter(NamedTuple):
    """Which reservations to list. `None` leaves a criterion out."""

    status: str | None = None
    offering: str | None = None
    customer: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Counts(NamedTuple):
    """The counts of an offering at an instant, as the ledger has them."""

    capacity: int
    held: int
    confirmed: int
    version: int
    now: datetime


class Reader:
    """Reads for all organizations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reservation(self, organization: str, id: str) -> Seen | None:
        """One reservation, if there is one with this id."""
        async with self._database.read() as connection:
            found = await _load(connection, organization, [bare(id)])
        return next(iter(found.values()), None)

    async def reservations(
        self, organization: str, where: Filter, *, below: str | int | None, limit: int
    ) -> list[Seen]:
        """A page of reservations, newest first, below an id, or below a position in the ledger
        if they are listed by offering."""
        name = "page"
        more: tuple[str | None, ...] = ()
        if where.offering is not None:
            name, more = "page_of_offering", (bare(where.offering), where.customer)
        elif where.customer is not None:
            name, more = "page_of_customer", (where.customer,)
        async with self._database.read() as connection:
            page = await connection.fetch(
                statement("reading", name),
                bare(organization),
                bare(below) if isinstance(below, str) else below,
                where.status,
                where.since,
                where.until,
                limit,
                *more,
            )
            found = await _load(connection, organization, [row["id"].hex for row in page])
        return [
            found[row["id"].hex]._replace(seq=row["seq"]) for row in page if row["id"].hex in found
        ]

    async def ledger(
        self, organization: str, offering: str, *, after: int, limit: int
    ) -> list[Mapping[str, Any]]:
        """A page of an offering's ledger, oldest first, after an entry's number."""
        async with self._database.read() as connection:
            found = await connection.fetch(
                statement("reading", "ledger"), bare(organization), bare(offering), after, limit
            )
        return [
            {
                **row,
                "reservation_id": None
                if row["reservation_id"] is None
                else reservation_id(row["reservation_id"]),
            }
            for row in found
        ]

    async def counts_at(self, organization: str, offering: str, at: datetime) -> Counts | None:
        """The counts as they stood at an instant; `None` before the offering existed."""
        async with self._database.read() as connection:
            row = await connection.fetchrow(
                statement("reading", "counts_at"), bare(organization), bare(offering), at
            )
        if row is None:
            return None
        held = row["held"] - row["late"] - row["due"]
        return Counts(row["capacity"], held, row["confirmed"], row["seq"], row["now"])

    async def totals(self, organization: str) -> Mapping[str, Any]:
        """Sums over all offerings."""
        async with self._database.read() as connection:
            row = await connection.fetchrow(statement("reading", "totals"), bare(organization))
        assert row is not None
        return dict(row)

    async def activity(
        self, organization: str, since: datetime, step_seconds: int
    ) -> list[Mapping[str, Any]]:
        """How many reservations were held, confirmed and so on in each step of time."""
        async with self._database.read() as connection:
            found = await connection.fetch(
                statement("reading", "activity"), bare(organization), since, step_seconds
            )
        return [dict(row) for row in found]


async def _load(connection: Any, organization: str, ids: list[str]) -> dict[str, Seen]:
    """Reservations by their bare ids."""
    found = await connection.fetch(statement("reading", "reservations"), bare(organization), ids)
    return {
        row["id"].hex: Seen(as_of(reservation(tuple(row)[1:]), row["now"]), row["now"])
        for row in found
    }


def as_of(reservation: Reservation, now: datetime) -> Reservation:
    """The reservation as anyone should see it at `now`: a due hold has expired."""
    if reservation.status is not Status.HELD:
        return reservation
    assert reservation.expires_at is not None
    if not is_due(reservation.expires_at, now):
        return reservation
    return reservation._replace(
        status=Status.EXPIRED,
        lines=tuple(line._replace(held=0) for line in reservation.lines),
    )
