"""Slots from a file: which of them can be published, and whether the rest is kept.

Owns the order in which files are taken and the words for what was not. What a file comes to is read
by `slot_reading`; what a slot may be and what pools can lend is decided by the domain.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Refusal, Refused, malformed
from firmhold.domain.model import Loan
from firmhold.domain.publishing import flaw_of_slot, loans_of_slot
from firmhold.engine import answers, publishing
from firmhold.engine.effects import Due, Effects
from firmhold.engine.engine import Engine
from firmhold.engine.flight import overloaded
from firmhold.engine.imported_events import Comparison, compare, read_known
from firmhold.engine.places import Places, Site, no_site
from firmhold.engine.pools import PoolKind, Pools
from firmhold.engine.publishing import Placed
from firmhold.engine.rows import bare
from firmhold.engine.slot_reading import AHEAD, Candidate, File, Named, Reading, Rejected, read
from firmhold.engine.ticket import Act, Reply
from firmhold.planning.zones import zone_of
from firmhold.store.sql import statement

SHOWN = 1_000
"""Rejected rows that a refusal lists. What is beyond them is counted."""

_PAGE = 1_000


class Imported(NamedTuple):
    """What became of a file."""

    created: int
    rejected: list[Rejected]
    """In the order of their lines."""
    outside: int
    cancelled: int


Render = Callable[[Imported], tuple[int, bytes]]
"""The door's answer: status and body."""


class SlotImport:
    """Reads files of slots for all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._places = Places(engine)
        self._pools = Pools(engine)
        self._effects = Effects(engine)
        self._database = engine.database
        self._turn = asyncio.Semaphore(1)
        self.patience = engine.limits.patience
        """Seconds that a file waits for those before it to have been read."""

    async def carry_out(
        self,
        organization: str,
        actor: str,
        site: str,
        file: File,
        render: Render,
        *,
        keep: bool,
        act: Act | None = None,
        tell: Callable[[Imported], None] = lambda _: None,
    ) -> Reply:
        """Publish the slots of a file at a site, together and once: with `keep` those that are
        good, else all of them or none.

        A file of which nothing is kept is refused with its bad rows (`malformed_request`), the
        first of them; `tell` gets all of them in any case. One file is read at a time, and those
        that have waited too long are told to come back (`overloaded`).
        """
        key = None if act is None else act.key
        if (first := await answers.earlier(self._database, organization, key)) is not None:
            return first
        found = await self._places.find(organization, ids=[site])
        if not found:
            return no_site(site, field="site")
        names = await self._named(organization)
        try:
            reading = await self._read(file, found[0], names)
        except Refused as refused:
            return refused.refusal

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            placed, loans, late = await _fit(connection, organization, found[0], reading, now)
            rejected = sorted([*reading.rejected, *late], key=lambda it: it.line)
            refusal = _refusal(len(placed), rejected) if rejected and not keep else None
            created = 0 if refusal else len(placed)
            done = Imported(created, rejected, reading.outside, reading.cancelled)
            tell(done)
            if refusal:
                raise Refused(refusal)
            if placed:
                await publishing.insert(connection, organization, actor, now, placed, loans)
            return (site, *render(done))

        return await self._effects.carry_out(organization, act, work)

    async def _read(self, file: File, site: Site, names: Named) -> Reading:
        """What the file says. Raises `Refused`."""
        try:
            async with asyncio.timeout(self.patience):
                await self._turn.acquire()
        except TimeoutError:
            raise Refused(overloaded("Other files are being read.")) from None
        # In a thread, because it takes seconds for a file that means harm; and one at a time,
        # because threads work by turns and cannot be stopped, also when whoever asked has gone.
        reading = asyncio.create_task(asyncio.to_thread(read, file, site, names))
        reading.add_done_callback(self._next)
        return await asyncio.shield(reading)

    def _next(self, reading: asyncio.Task[Reading]) -> None:
        self._turn.release()
        if not reading.cancelled():
            reading.exception()  # seen, even if nobody waits any more

    async def _named(self, organization: str) -> Named:
        names: dict[tuple[PoolKind, str], str] = {}
        for kind in (PoolKind.ROOM, PoolKind.PRACTITIONER):
            after = None
            while True:
                page = await self._pools.find(organization, kind=kind, after=after, limit=_PAGE)
                names |= {(kind, pool.fields.name): pool.id for pool in page}
                if len(page) < _PAGE:
                    break
                after = page[-1].id
        return names


def _refusal(good: int, rejected: Sequence[Rejected]) -> Refusal:
    """Why nothing is kept."""
    total = good + len(rejected)
    refusal = malformed("file", f"{len(rejected):,} of {total:,} cannot be taken; nothing was kept")
    shown = [
        {"line": it.line, "uid": it.uid, "field": it.field, "reason": it.reason}
        for it in rejected[:SHOWN]
    ]
    facts = {**refusal.facts, "rejected": shown, "rejected_count": len(rejected)}
    return refusal._replace(facts=facts)


# --- publishing ---


async def _fit(
    connection: Any, organization: str, site: Site, reading: Reading, now: datetime
) -> tuple[list[Placed], list[Loan], list[Rejected]]:
    """Those that can be, what they take from pools, and why the others cannot be. Raises `Due` if
    only holds that have ended are in the way."""
    good: list[Candidate] = []
    there, remarks = await _already_there(connection, organization, site, reading, now)
    rejected = [Rejected(it.line, it.uid, None, it.reason, "") for it in remarks]
    for candidate in reading.candidates:
        if flaw := flaw_of_slot(candidate.slot, now):
            rejected.append(_rejected(candidate, flaw.facts["field"], flaw.facts["reason"]))
        elif reason := there.get((candidate.uid or "", candidate.recurrence)):
            rejected.append(_rejected(candidate, None, reason))
        else:
            good.append(candidate)
    required = [need for it in good for need in it.slot.fields.requirements]
    pools = await publishing.lock_pools(connection, organization, required)
    placed: list[Placed] = []
    taking: list[list[Loan]] = []
    for it in good:
        here = Placed(f"slot_{uuid_utils.uuid7().hex}", it.slot)
        needs = it.slot.fields.requirements
        placed.append(here)
        taking.append(
            list(loans_of_slot(here.id, *it.slot[:3], needs, pools))
            if all(need.pool in pools for need in needs)
            else []
        )
    every = [loan for loans in taking for loan in loans]
    clock = await publishing.clock(connection)
    room = await publishing.read_room(connection, organization, pools, every, clock)
    fitting: list[Placed] = []
    lent: list[Loan] = []
    for it, here, loans in zip(good, placed, taking, strict=True):
        if len(loans) < len(it.slot.fields.requirements):
            rejected.append(_rejected(it, None, "its room or practitioner has just been deleted"))
        elif refusal := room.calendar.take(loans):
            rejected.append(_rejected(it, None, _when(refusal)))
        else:
            fitting.append(here)
            lent += loans
    if ended := room.held_by_none(lent):
        raise Due(ended)
    return fitting, lent, rejected


async def _already_there(
    connection: Any, organization: str, site: Site, reading: Reading, now: datetime
) -> Comparison:
    """What of a calendar have become slots before. Rows of a table have nothing to be told by."""
    file = reading.events
    if file is None:
        return Comparison({}, [])
    # So that two who read the same file at once do not both find nothing.
    await connection.fetchrow(statement("places", "lock_site"), bare(organization), bare(site.id))
    uids = {it.uid for it in file.slots} | {it.uid for it in file.cancelled} | file.events.keys()
    known = await read_known(connection, organization, site.id, uids)
    return compare(file, known, now, site.now + AHEAD, zone_of(site.fields.zone))


def _rejected(it: Candidate, field: str | None, reason: str) -> Rejected:
    if it.uid is not None:
        # One of perhaps many that an event comes to.
        reason = f"{it.slot.starts_at:%Y-%m-%dT%H:%MZ}: {reason}"
    return Rejected(it.line, it.uid, field, reason, it.raw)


def _when(refusal: Refusal) -> str:
    """Who is busy, and when."""
    facts = refusal.facts
    since, until = facts["busy_from"], facts["busy_until"]
    return f"{facts['pool_name']} is taken from {since:%Y-%m-%dT%H:%MZ} to {until:%Y-%m-%dT%H:%MZ}"
