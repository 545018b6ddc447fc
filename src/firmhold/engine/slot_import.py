"""Slots from a file: what its rows or events come to at a site, and which of them can be published.

Owns the words for what was not taken, and whether the rest is kept. What a row or an event says is
read by `planning`; what a slot may be and what pools can lend is decided by the domain.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import uuid_utils

from firmhold.domain.errors import Refusal, Refused, malformed
from firmhold.domain.model import Loan, Per, Requirement, Terms
from firmhold.domain.publishing import NewSlot, SlotFields, flaw_of_slot, loans_of_slot
from firmhold.engine import publishing
from firmhold.engine.effects import Due, Effects
from firmhold.engine.engine import Engine
from firmhold.engine.places import Places, Site, no_site
from firmhold.engine.pools import PoolKind, Pools
from firmhold.engine.publishing import Placed
from firmhold.engine.slots import MAX_SLOTS
from firmhold.engine.ticket import Key, Reply
from firmhold.planning.calendar_slots import CalendarSlot, read_calendar
from firmhold.planning.slot_file import Reject, SlotRow, read_slots
from firmhold.planning.zones import to_local, zone_of

AHEAD = timedelta(days=366)
"""How far ahead of today the events of a calendar are looked at; many recur without an end."""

SHOWN = 1_000
"""Rejected rows that a refusal lists. What is beyond them is counted."""

_PAGE = 1_000


class FileKind(StrEnum):
    """How a file says what slots there are."""

    CSV = "text/csv"
    CALENDAR = "text/calendar"


class Rejected(NamedTuple):
    """A row or an event that did not become a slot."""

    line: int
    """Where it begins, counted from 1."""
    uid: str | None
    """Of an event."""
    field: str | None
    """The column that is wrong, if it is one."""
    reason: str
    raw: str
    """The row as it stands in the file; empty for an event."""


class Candidate(NamedTuple):
    """A row or an event that can be a slot as far as it is known by itself."""

    line: int
    uid: str | None
    slot: NewSlot
    raw: str


class Reading(NamedTuple):
    """What a file comes to before anything is done."""

    candidates: list[Candidate]
    rejected: list[Rejected]
    outside: int = 0
    """Events that have nothing in the time that is looked at."""
    cancelled: int = 0
    """Events that only say that they are off."""


class Imported(NamedTuple):
    """What became of a file."""

    created: int
    rejected: list[Rejected]
    """In the order of their lines."""
    outside: int
    cancelled: int


Named = Mapping[tuple[PoolKind, str], str]
"""Ids of rooms and practitioners by what people call them."""

Render = Callable[[Imported], tuple[int, bytes]]
"""The door's answer: status and body."""


class SlotImport:
    """Reads files of slots for all organizations."""

    def __init__(self, engine: Engine) -> None:
        self._places = Places(engine)
        self._pools = Pools(engine)
        self._effects = Effects(engine)

    async def carry_out(
        self,
        organization: str,
        actor: str,
        site: str,
        kind: FileKind,
        content: bytes,
        render: Render,
        *,
        keep: bool,
        key: Key | None = None,
    ) -> Reply:
        """Publish the slots of a file at a site, together and once: with `keep` those that are
        good, else all of them or none.

        A file of which nothing is kept is refused with its bad rows (`malformed_request`).
        """
        found = await self._places.find(organization, ids=[site])
        if not found:
            return no_site(site, field="site")
        names = await self._named(organization)
        try:
            # Reading takes seconds for a file that means harm.
            reading = await asyncio.to_thread(read, content, kind, found[0], names)
        except Refused as refused:
            return refused.refusal

        async def work(connection: Any, now: datetime) -> tuple[str, int, bytes]:
            placed, loans, late = await _fit(connection, organization, reading.candidates, now)
            rejected = sorted([*reading.rejected, *late], key=lambda it: it.line)
            _insist(reading, rejected, keep=keep)
            if placed:
                await publishing.insert(connection, organization, actor, now, placed, loans)
            done = Imported(len(placed), rejected, reading.outside, reading.cancelled)
            return (site, *render(done))

        return await self._effects.carry_out(organization, key, work)

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


def _insist(reading: Reading, rejected: Sequence[Rejected], *, keep: bool) -> None:
    """Raise `Refused` if so much is wrong that nothing is kept."""
    if not rejected or keep:
        return
    total = len(reading.candidates) + len(reading.rejected)
    refusal = malformed("file", f"{len(rejected):,} of {total:,} cannot be taken; nothing was kept")
    shown = [
        {"line": it.line, "uid": it.uid, "field": it.field, "reason": it.reason}
        for it in rejected[:SHOWN]
    ]
    facts = {**refusal.facts, "rejected": shown, "rejected_count": len(rejected)}
    raise Refused(refusal._replace(facts=facts))


# --- reading ---


def read(content: bytes, kind: FileKind, site: Site, names: Named) -> Reading:
    """What the file says. Raises `Refused` (`malformed_request`) if it is no such file at all, or
    comes to more slots than are published at once."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(malformed("file", f"is not UTF-8 at byte {error.start:,}")) from None
    reading = (
        _read_rows(text, site, names) if kind is FileKind.CSV else _read_events(text, site, names)
    )
    count = len(reading.candidates)
    if count > MAX_SLOTS:
        reason = f"comes to {count:,} slots, and at most {MAX_SLOTS:,} are taken at once"
        raise Refused(malformed("file", reason))
    return reading


def _read_rows(text: str, site: Site, names: Named) -> Reading:
    reading = Reading([], [])
    lines = list(io.StringIO(text, newline=""))
    for row in read_slots(lines, zone_of(site.fields.zone)):
        if isinstance(row, Reject):
            reading.rejected.append(Rejected(row.line, None, row.field, row.reason, row.raw))
            continue
        raw = lines[row.line - 1].rstrip("\r\n")
        required: list[Requirement] = []
        missing = None
        for kind, name in ((PoolKind.ROOM, row.room), (PoolKind.PRACTITIONER, row.practitioner)):
            if name is None:
                continue
            pool = names.get((kind, name.strip()))
            if pool is None:
                reason = f"there is no {kind} called {name.strip()!r}"
                missing = missing or Rejected(row.line, None, kind.value, reason, raw)
            else:
                required.append(Requirement(pool, 1, Per.SLOT))
        if missing is not None:
            reading.rejected.append(missing)
        else:
            reading.candidates.append(_of_row(row, site, tuple(required), raw))
    return reading


def _of_row(row: SlotRow, site: Site, required: tuple[Requirement, ...], raw: str) -> Candidate:
    terms = Terms(
        hold_ttl_seconds=row.hold_ttl_seconds,
        unit_price=row.price_amount,
        currency=row.price_currency,
    )
    fields = SlotFields(row.title, row.description, terms, required)
    slot = NewSlot(site.id, row.starts_at, row.ends_at, row.capacity, fields)
    return Candidate(row.line, None, slot, raw)


def _read_events(text: str, site: Site, names: Named) -> Reading:
    zone = zone_of(site.fields.zone)
    today = to_local(site.now, zone).date()
    found = read_calendar(text, zone, today, today + AHEAD)
    reading = Reading([], [], found.outside, found.cancelled)
    for problem in found.problems:
        reading.rejected.append(Rejected(problem.line, problem.uid, None, problem.reason, ""))
    for event in found.slots:
        if event.title is None:
            reason = "has no SUMMARY, so nobody could tell what it is for"
            reading.rejected.append(Rejected(event.line, event.uid, None, reason, ""))
        elif event.starts_at > site.now:
            reading.candidates.append(_of_event(event, event.title, site, names))
    return reading


def _of_event(event: CalendarSlot, title: str, site: Site, names: Named) -> Candidate:
    """A place that is a room takes it. Any other is only kept, like what tells the event from all
    others."""
    room = None if event.location is None else names.get((PoolKind.ROOM, event.location.strip()))
    required = () if room is None else (Requirement(room, 1, Per.SLOT),)
    about: dict[str, str] = {"uid": event.uid}
    if event.recurrence is not None:
        about["recurrence"] = event.recurrence.isoformat()
    if room is None and event.location is not None:
        about["location"] = event.location
    fields = SlotFields(title, event.description, Terms(), required, {"calendar": about})
    capacity = 1 if event.capacity is None else event.capacity
    slot = NewSlot(site.id, event.starts_at, event.ends_at, capacity, fields)
    return Candidate(event.line, event.uid, slot, "")


# --- publishing ---


async def _fit(
    connection: Any, organization: str, candidates: Sequence[Candidate], now: datetime
) -> tuple[list[Placed], list[Loan], list[Rejected]]:
    """Those that can be, what they take from pools, and why the others cannot be. Raises `Due` if
    only holds that have ended are in the way."""
    good: list[Candidate] = []
    rejected: list[Rejected] = []
    for candidate in candidates:
        if flaw := flaw_of_slot(candidate.slot, now):
            rejected.append(_rejected(candidate, flaw.facts["field"], flaw.facts["reason"]))
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
