"""The roster: who has reserved slots, and what is left of the pools they need. Changes nothing.

What it tells about people is for those who run the slots; the doors see to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.model import Status
from firmhold.engine.lending import pool_id, slot_id
from firmhold.engine.rows import bare, reservation_id
from firmhold.store.database import Database
from firmhold.store.sql import statement

SLOTS = 200
"""Slots looked through at once."""

MOST_ROUNDS = 20
"""Times so many are looked through for one page. If hardly any of them has what is asked for, the
page has fewer lines than it may, and the next one goes on from there."""

Position = tuple[datetime, str, str]
"""Where a line stands in the list: the start of its slot, that slot, and the reservation."""

Needed = tuple[str, str]
"""A slot and a pool that it requires."""


class Rostered(NamedTuple):
    """A reservation's line on a slot, and whom it is for."""

    starts_at: datetime
    """When the slot begins."""
    slot: str
    reservation: str
    status: Status
    """As anyone should see it: a hold that is due has expired, and whoever has given back all of
    this slot has cancelled it."""
    customer: str | None
    email: str | None
    """The customer's, if that is a user or known by it."""
    name: str | None
    """As it was given with the reservation."""
    notes: str | None
    units: int
    created_at: datetime
    expires_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None

    @property
    def position(self) -> Position:
        """Where it stands in the list."""
        return self.starts_at, self.slot, self.reservation


class RosterFilter(NamedTuple):
    """Which lines to list. `None` leaves a criterion out."""

    statuses: Sequence[Status] | None = None
    site: str | None = None
    slot: str | None = None
    since: datetime | None = None
    """Their slots start then or later …"""
    until: datetime | None = None
    """… and before that."""


class Roster:
    """The reservations of slots of all organizations, for those who look after them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, organization: str, where: RosterFilter, *, beyond: Position | None = None, limit: int
    ) -> tuple[list[Rostered], Position | None]:
        """Lines on the latest slots first, beyond a position in that order; and the position beyond
        which there may be more.

        The slots come first, in their order by an index, and then the lines of some of them: asked
        for both at once, PostgreSQL would put all lines there are in order.
        """
        lines: list[Rostered] = []
        async with self._database.read(organization) as connection:
            for _ in range(MOST_ROUNDS):
                slots = await connection.fetch(
                    statement("roster", "slots"), bare(organization), SLOTS, *_slots(where, beyond)
                )
                found = await connection.fetch(
                    statement("roster", "lines"),
                    bare(organization),
                    [row["id"] for row in slots],
                    limit - len(lines),
                    *_bare_position(beyond),
                    None if where.statuses is None else [it.value for it in where.statuses],
                )
                lines += map(_rostered, found)
                if len(lines) == limit:
                    return lines, lines[-1].position
                if len(slots) < SLOTS:
                    return lines, None
                last = slots[-1]
                beyond = last["starts_at"], slot_id(last["id"]), _BEFORE_ALL
        return lines, beyond

    async def spare(self, organization: str, slots: Sequence[str]) -> dict[Needed, int]:
        """Units that nobody has, of each pool that one of these slots requires, for its time."""
        if not slots:
            return {}
        async with self._database.read(organization) as connection:
            found = await connection.fetch(
                statement("roster", "spare"), bare(organization), [bare(id) for id in slots]
            )
        return {
            (slot_id(row["slot_id"]), pool_id(row["pool_id"])): max(0, row["spare"])
            for row in found
        }


_BEFORE_ALL = f"rsv_{'0' * 32}"
"""Beyond all lines of a slot, as the newest come first."""


def _slots(where: RosterFilter, beyond: Position | None) -> list[Any]:
    """What `slots` takes: where they begin, and which of them may have such lines."""
    wanted = set(where.statuses or ())
    return [
        *_bare_position(beyond)[:2],
        None if where.site is None else bare(where.site),
        None if where.slot is None else bare(where.slot),
        where.since,
        where.until,
        wanted == {Status.HELD},
        bool(wanted) and wanted <= _KEPT,
    ]


_KEPT = {Status.CONFIRMED, Status.FULFILLED, Status.NO_SHOW}
"""Whoever has one of these has units confirmed."""


def _bare_position(position: Position | None) -> tuple[datetime | None, str | None, str | None]:
    if position is None:
        return None, None, None
    starts_at, slot, reservation = position
    return starts_at, bare(slot), bare(reservation)


def _rostered(row: Any) -> Rostered:
    return Rostered(
        row["starts_at"],
        slot_id(row["slot_id"]),
        reservation_id(row["reservation_id"]),
        Status(row["status"]),
        row["customer"],
        row["email"],
        row["name"],
        row["notes"],
        row["units"],
        row["created_at"],
        row["expires_at"],
        row["confirmed_at"],
        row["ended_at"],
    )
