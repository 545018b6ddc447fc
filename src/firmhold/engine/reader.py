"""Looking at reservations, availability and the ledger. Changes nothing.

A hold that is due is shown as expired, whether or not its expiry has been recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from firmhold.domain.expiry import is_due
from firmhold.domain.model import Reservation, Status
from firmhold.engine import confirmation
from firmhold.engine.rows import bare, reservation, reservation_id
from firmhold.store.database import Database
from firmhold.store.sql import statement

CLOCKS_APART = timedelta(hours=2)
"""An id carries the time of the node that made it, `created_at` the database's, a little later.
Lists by time look among ids so much earlier and later, which forgives a clock that is an hour off.
"""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Seen(NamedTuple):
    """A reservation as it stands at `now`."""

    reservation: Reservation
    now: datetime
    seq: int | None = None
    """Position in a list that follows a ledger."""


class Filter(NamedTuple):
    """Which reservations to list. `None` leaves a criterion out."""

    status: str | None = None
    offering: str | None = None
    customer: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def by_ledger(self) -> bool:
        """Whether the list follows the offering's ledger, so that a position in it is the number
        of an entry. All other lists are in the order of ids."""
        return self.offering is not None and self.customer is None and self.status != "held"


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
        async with self._database.read(organization) as connection:
            found = await _load(connection, organization, [bare(id)])
        return next(iter(found.values()), None)

    async def reservation_by_code(self, organization: str, code: str) -> Seen | None:
        """The reservation with this confirmation code, if there is one."""
        value = confirmation.read(code)
        if value is None:
            return None
        async with self._database.read(organization) as connection:
            rows = await connection.fetch(
                statement("reading", "made_within"),
                bare(organization),
                *confirmation.ids_within(value),
            )
            ids = [id for row in rows if confirmation.means(value, id := row["id"].hex)]
            found = await _load(connection, organization, ids[:1])
        return next(iter(found.values()), None)

    async def reservations(
        self, organization: str, where: Filter, *, below: str | int | None, limit: int
    ) -> list[Seen]:
        """A page of reservations, newest first, below an id, or below the number of an entry if
        the list follows a ledger."""
        name, (start, *more) = query_for(where, below)
        async with self._database.read(organization) as connection:
            page = await connection.fetch(
                statement("reading", name),
                bare(organization),
                start,
                limit,
                where.since,
                where.until,
                *more,
            )
            found = await _load(connection, organization, [row["id"].hex for row in page])
        return [found[row["id"].hex]._replace(seq=row.get("seq")) for row in page]

    async def ledger(
        self,
        organization: str,
        offering: str,
        *,
        after: int,
        limit: int,
        about: str | None = None,
        newest: bool = False,
    ) -> list[Mapping[str, Any]]:
        """A page of an offering's ledger after an entry's number, the first after 0: all entries,
        oldest or newest first, or those about one reservation, oldest first."""
        name = "ledger_about" if about else "ledger_newest" if newest else "ledger"
        more = [bare(about)] if about else []
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("reading", name), bare(organization), bare(offering), after, limit, *more
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
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("reading", "counts_at"), bare(organization), bare(offering), at
            )
        if row is None:
            return None
        return Counts(row["capacity"], row["held"], row["confirmed"], row["seq"], row["now"])

    async def totals(self, organization: str, item: str | None = None) -> Mapping[str, Any]:
        """Sums over all items, or of the one."""
        one = None if item is None else bare(item)
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(statement("reading", "totals"), bare(organization), one)
        assert row is not None
        return dict(row)

    async def activity(
        self, organization: str, since: datetime, step_seconds: int, item: str | None = None
    ) -> list[Mapping[str, Any]]:
        """How many reservations of items, or of the one, were held, confirmed and so on in each
        step of time."""
        one = None if item is None else bare(item)
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("reading", "activity"), bare(organization), since, step_seconds, one
            )
        return [dict(row) for row in found]


def query_for(where: Filter, below: str | int | None) -> tuple[str, list[Any]]:
    """The query that finds these by an index, and what it takes: where the page begins first."""
    offering = None if where.offering is None else bare(where.offering)
    if where.by_ledger:
        return "page_of_offering", [below, offering, where.status]
    assert not isinstance(below, int)
    upper = [] if below is None else [bare(below)]
    if where.until is not None:
        upper.append(_first_id(where.until, CLOCKS_APART))
    lower = None if where.since is None else _first_id(where.since, -CLOCKS_APART)
    ids = [min(upper, default=None), lower]
    if where.customer is not None:
        return "page_of_customer", [*ids, where.status, offering, where.customer]
    if where.status is not None:
        return "page_of_status", [*ids, where.status, offering]
    return "page", ids


def _first_id(at: datetime, later: timedelta) -> str:
    """The lowest id that is made so much later: milliseconds since 1970 in front, then chance."""
    milliseconds = (at - EPOCH + later) // timedelta(milliseconds=1)
    return f"{min(max(milliseconds, 0), 2**48 - 1):012x}{'0' * 20}"


async def _load(connection: Any, organization: str, ids: list[str]) -> dict[str, Seen]:
    """Reservations by their bare ids."""
    found = await connection.fetch(statement("reading", "reservations"), bare(organization), ids)
    return {row["id"].hex: Seen(as_of(reservation(row), row["now"]), row["now"]) for row in found}


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
