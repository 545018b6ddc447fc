"""Looking at waitlists: who waits, in which place, and what they wait for. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from firmhold.domain.desk import Desk
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Wait, WaitlistEntry
from firmhold.domain.state import Policy, State
from firmhold.domain.waiting import refuse_turn
from firmhold.engine import customers
from firmhold.engine.rows import bare, offering_id
from firmhold.engine.timetable import read_offerings
from firmhold.engine.waitlist import entry_of
from firmhold.store.database import Database
from firmhold.store.sql import statement


class Waiting(NamedTuple):
    """A place on a waitlist as it stands at `now`."""

    entry: WaitlistEntry
    """An offer whose hold has ended has lapsed, whether or not that has been recorded."""
    position: int | None
    """1 for whoever is next; `None` for those who do not wait any more."""
    expires_at: datetime | None
    """When the offer ends, or ended."""
    refusal: Refusal | None
    """Why someone who waits is not served yet. `None` if nothing is in the way but time."""
    now: datetime


class WaitFilter(NamedTuple):
    """Which entries to list. `None` leaves a criterion out."""

    offering: str | None = None
    customer: str | None = None
    status: Wait | None = None

    @property
    def by_place(self) -> bool:
        """Whether the list is a line in its order, so that a position in it is a place. All other
        lists are in the order of ids, newest first."""
        return self.offering is not None and self.customer is None


class Queue(NamedTuple):
    """Who waits at a site, in numbers, as it stands at `now`."""

    waiting: int
    """Entries that wait."""
    units: int
    """What they wait for."""
    slots: int
    """For how many slots."""
    offered: int
    """Entries with an offer that is open."""
    since: datetime | None
    """When the first of those who wait has joined."""
    now: datetime


class WaitlistReader:
    """The waitlists of all organizations, for those who look."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entry(self, organization: str, id: str) -> Waiting | None:
        """One entry, if there is one with this id."""
        async with self._database.read(organization) as connection:
            found = await _read(connection, organization, [bare(id)])
        return found[0] if found else None

    async def entries(
        self, organization: str, where: WaitFilter, *, beyond: str | int | None, limit: int
    ) -> list[Waiting]:
        """A page of entries: after a place if the list is a line in its order, else below an id."""
        name, arguments = _page(where, beyond, limit)
        async with self._database.read(organization) as connection:
            page = await connection.fetch(
                statement("waiting", name), bare(organization), *arguments
            )
            return await _read(connection, organization, [row["id"].hex for row in page])

    async def queue(self, organization: str, site: str, slot: str | None = None) -> Queue:
        """How many wait at a site, perhaps for one of its slots."""
        async with self._database.read(organization) as connection:
            row = await connection.fetchrow(
                statement("waiting", "queue"),
                bare(organization),
                bare(site),
                None if slot is None else bare(slot),
            )
        assert row is not None
        return Queue(
            row["waiting"], row["units"], row["slots"], row["offered"], row["since"], row["now"]
        )


def _page(where: WaitFilter, beyond: str | int | None, limit: int) -> tuple[str, list[Any]]:
    """The query that finds these by an index, and what it takes."""
    offering = None if where.offering is None else bare(where.offering)
    if where.by_place:
        return "page_of_offering", [offering, where.status, limit, beyond or 0]
    assert not isinstance(beyond, int)
    below = None if beyond is None else bare(beyond)
    if where.customer is not None:
        return "page_of_customer", [where.customer, where.status, limit, below, offering]
    if where.status is not None:
        return "page_of_status", [where.status, limit, below]
    return "page", [limit, below]


async def _read(connection: Any, organization: str, ids: Sequence[str]) -> list[Waiting]:
    if not ids:
        return []
    found = await connection.fetch(statement("waiting", "entries"), bare(organization), ids)
    entries = [(entry_of(row, offering_id(row["offering_id"], row["kind"])), row) for row in found]
    why = await _explain(
        connection,
        organization,
        [entry for entry, _ in entries if entry.status is Wait.WAITING],
    )
    return [
        Waiting(entry, row["position"], row["expires_at"], why.get(entry.id), row["now"])
        for entry, row in entries
    ]


async def _explain(
    connection: Any, organization: str, waiting: Sequence[WaitlistEntry]
) -> dict[str, Refusal]:
    """Why these are not served yet, as far as anything is in the way."""
    if not waiting:
        return {}
    read = await read_offerings(connection, organization, _distinct(e.offering for e in waiting))
    if not read:
        return {}
    first = read[0][0]
    now: datetime = first["now"]
    policy = Policy(first["policy_ttl"], first["max_live_holds"], first["offer_ttl_seconds"])
    offerings = {seen.offering.id: seen.offering for _, seen in read}
    has = await customers.load(
        connection,
        bare(organization),
        {(entry.customer, entry.offering) for entry in waiting},
        offerings,
        policy,
        now,
    )
    desks = {}
    for _, (offering, pools, loans) in read:
        # A desk for each: what was read of pools stands for that slot's times alone.
        only = {offering.id: offering}
        state = State(policy, only, {}, has.usage, has.live_holds, pools, loans, visits=has.visits)
        desks[offering.id] = Desk(state, now)
    refusals = {entry.id: refuse_turn(desks[entry.offering], entry) for entry in waiting}
    return {id: refusal for id, refusal in refusals.items() if refusal is not None}


def _distinct(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
