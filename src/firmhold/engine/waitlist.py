"""What a batch reads and writes of waitlists. Knows the statements, and no rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.model import Wait, WaitlistEntry
from firmhold.domain.state import Queue
from firmhold.engine.rows import bare, offering_id, reservation_id
from firmhold.store.sql import statement

FIRST_LOOK = 64
"""How many of those who wait are read at first. Units rarely come back by the hundred."""

SECOND_LOOK = 512
"""How many are read who want no more than there is, when the first were not enough."""

FURTHER = 8
"""How many times as many are read when these were not enough either."""


class Further(NamedTuple):
    """What is to be known of a line behind its beginning."""

    fits: int
    """Those who want at most so many units."""
    most: int
    """No more of them than this."""


def look_further(further: dict[str, Further], offering: str, fits: int) -> None:
    """Let more be known of this line, of those who want at most so many units."""
    known = further.get(offering)
    if known is None:
        further[offering] = Further(fits, SECOND_LOOK)
    elif fits > known.fits:
        further[offering] = Further(fits, known.most)
    else:
        further[offering] = Further(known.fits, known.most * FURTHER)


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


async def find_offers(
    connection: Any,
    organization: str,
    entries: Collection[str],
    places: Collection[tuple[str, str]],
) -> list[str]:
    """Bare ids of the reservations by which units are held for these entries, and for the `places`
    (customer, offering) that someone may have."""
    if not (entries or places):
        return []
    found = await connection.fetch(
        _FIND_OFFERS,
        organization,
        [bare(id) for id in entries],
        [customer for customer, _ in places],
        [bare(offering) for _, offering in places],
    )
    return [row["reservation_id"].hex for row in found]


async def load(
    connection: Any,
    organization: str,
    waited_for: Collection[str],
    *,
    reservations: Iterable[str],
    entries: Iterable[str],
    places: Collection[tuple[str, str]],
    further: Mapping[str, Further],
) -> Waiting:
    """The first of each offering's waitlist, and `further` ones of some; the offers that
    `reservations` are, the `entries` named, and the `places` (customer, offering) that someone may
    have."""
    looks = [further.get(id) for id in waited_for]
    found = await connection.fetch(
        _LOAD_WAITLIST,
        organization,
        [bare(id) for id in waited_for],
        FIRST_LOOK,
        [bare(id) for id in reservations],
        [bare(id) for id in entries],
        [customer for customer, _ in places],
        [bare(offering) for _, offering in places],
        [look and look.fits for look in looks],
        [look and look.most for look in looks],
    )
    loaded = [entry_of(row, offering_id(row["offering_id"], row["kind"])) for row in found]
    waiting: dict[str, list[WaitlistEntry]] = {offering: [] for offering in waited_for}
    for entry in loaded:
        if entry.status is Wait.WAITING and entry.offering in waiting:
            waiting[entry.offering].append(entry)
    return Waiting(
        {offering: _queue(line, further.get(offering)) for offering, line in waiting.items()},
        {entry.id: entry for entry in loaded},
        {
            entry.id: f"rsv_{uuid_utils.uuid7().hex}"
            for entry in loaded
            if entry.status is Wait.WAITING
        },
    )


def _queue(entries: Sequence[WaitlistEntry], further: Further | None) -> Queue:
    """The line as far as it was looked at. Who is further behind, and named, is no part of it."""
    first, behind = entries[:FIRST_LOOK], entries[FIRST_LOOK:]
    if len(entries) < FIRST_LOOK:
        return Queue(tuple(it.id for it in first))
    if further is None:
        return Queue(tuple(it.id for it in first), whole=False)
    fitting = [it for it in behind if it.quantity <= further.fits]
    ids = tuple(it.id for it in (*first, *fitting[: further.most]))
    fits_first = sum(it.quantity <= further.fits for it in first)
    whole = fits_first + len(fitting) < further.most
    return Queue(ids, whole, further.fits, FIRST_LOOK)


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
