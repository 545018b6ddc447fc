"""What a batch reads and writes of waitlists. Knows the statements, and no rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.model import Wait, WaitlistEntry
from firmhold.domain.state import Queue
from firmhold.engine.rows import bare, offering_id, reservation_id
from firmhold.store.sql import statement

FIRST_LOOK = 64
"""How many of those who wait are read at first. Units rarely come back by the hundred."""

FURTHER = 8
"""How many times as many are read when these were not enough."""

_FIND_OFFERS = statement("waitlist", "find_offers")
_LOAD_WAITLIST = statement("waitlist", "load_waitlist")
_WRITE_WAITLIST = statement("waitlist", "write_waitlist")


def entry_id(value: Any) -> str:
    """The id of a waitlist entry, from the database's UUID."""
    return f"wait_{value.hex}"


class Waiting(NamedTuple):
    """What was read under the locks of offerings."""

    queues: dict[str, Queue]
    entries: dict[str, WaitlistEntry]
    offers: dict[str, str]
    """By a waiting entry's id, a fresh id for a reservation that is made for it."""


NOBODY = Waiting({}, {}, {})


async def find_offers(connection: Any, organization: str, entries: Collection[str]) -> list[str]:
    """Bare ids of the reservations by which units are held for these entries."""
    if not entries:
        return []
    found = await connection.fetch(_FIND_OFFERS, organization, [bare(id) for id in entries])
    return [row["reservation_id"].hex for row in found]


async def load(
    connection: Any,
    organization: str,
    waited_for: Collection[str],
    *,
    reservations: Iterable[str],
    entries: Iterable[str],
    places: Collection[tuple[str, str]],
    depth: int,
) -> Waiting:
    """The first `depth` of each offering's waitlist, the offers that `reservations` are, the
    `entries` named, and the `places` (customer, offering) that someone may have."""
    found = await connection.fetch(
        _LOAD_WAITLIST,
        organization,
        [bare(id) for id in waited_for],
        depth,
        [bare(id) for id in reservations],
        [bare(id) for id in entries],
        [customer for customer, _ in places],
        [bare(offering) for _, offering in places],
    )
    loaded = [entry_of(row, offering_id(row["offering_id"], row["kind"])) for row in found]
    waiting: dict[str, list[str]] = {offering: [] for offering in waited_for}
    for entry in loaded:
        if entry.status is Wait.WAITING and entry.offering in waiting:
            waiting[entry.offering].append(entry.id)
    return Waiting(
        {
            # Somebody further behind who is known by name is no part of the queue's beginning.
            offering: Queue(tuple(ids[:depth]), len(ids) < depth)
            for offering, ids in waiting.items()
        },
        {entry.id: entry for entry in loaded},
        {
            entry.id: f"rsv_{uuid_utils.uuid7().hex}"
            for entry in loaded
            if entry.status is Wait.WAITING
        },
    )


async def write(connection: Any, organization: str, entries: Sequence[WaitlistEntry]) -> None:
    """Write entries that are new or different."""
    if not entries:
        return
    await connection.execute(
        _WRITE_WAITLIST,
        organization,
        [bare(e.id) for e in entries],
        [bare(e.offering) for e in entries],
        [e.customer for e in entries],
        [e.actor for e in entries],
        [e.quantity for e in entries],
        [e.place for e in entries],
        [e.status.value for e in entries],
        [e.created_at for e in entries],
        [None if e.reservation is None else bare(e.reservation) for e in entries],
        [e.offered_at for e in entries],
        [e.ended_at for e in entries],
    )


def entry_of(row: Any, offering: str) -> WaitlistEntry:
    """A waitlist entry from its row."""
    return WaitlistEntry(
        entry_id(row["id"]),
        offering,
        row["customer"],
        row["actor"],
        row["quantity"],
        row["place"],
        Wait(row["status"]),
        row["created_at"],
        None if row["reservation_id"] is None else reservation_id(row["reservation_id"]),
        row["offered_at"],
        row["ended_at"],
    )
