"""What a file of slots comes to before anything is done: its rows, or its events, as slots that
could be, and why the others could not.

Knows rooms and practitioners by their names, and no database. What a row or an event says is read
by `planning`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.domain.model import Per, Requirement, Terms
from firmhold.domain.publishing import NewSlot, SlotFields
from firmhold.engine.places import Site
from firmhold.engine.pools import PoolKind
from firmhold.engine.slots import MAX_SLOTS
from firmhold.planning.calendar_slots import CalendarSlot, CalendarSlots, read_calendar
from firmhold.planning.slot_file import Reject, SlotRow, read_slots
from firmhold.planning.zones import to_local, zone_of

AHEAD = timedelta(days=366)
"""How far ahead of today the events of a calendar are looked at; many recur without an end."""


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
    recurrence: datetime | None
    """Of an event: which one of a recurring one it is."""
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
    events: CalendarSlots | None = None
    """The whole of a calendar."""


Named = Mapping[tuple[PoolKind, str], str]
"""Ids of rooms and practitioners by what people call them."""


class File(NamedTuple):
    """A file as it was sent."""

    content: bytes
    kind: FileKind
    zone: str | None = None
    """The zone of times of which the file does not say it; the site's, unless another is said. In
    a calendar also that of zones that nobody knows, but only if one is said."""


def read(file: File, site: Site, names: Named) -> Reading:
    """What the file says. Raises `Refused` (`malformed_request`) if it is no such file at all, or
    comes to more slots than are published at once."""
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(malformed("file", f"is not UTF-8 at byte {error.start:,}")) from None
    zone = None if file.zone is None else zone_of(file.zone)
    read = _read_rows if file.kind is FileKind.CSV else _read_events
    reading = read(text, site, zone, names)
    count = len(reading.candidates)
    if count > MAX_SLOTS:
        reason = f"comes to {count:,} slots, and at most {MAX_SLOTS:,} are taken at once"
        raise Refused(malformed("file", reason))
    return reading


def _read_rows(text: str, site: Site, zone: ZoneInfo | None, names: Named) -> Reading:
    reading = Reading([], [])
    lines = list(io.StringIO(text, newline=""))
    for row in read_slots(lines, zone or zone_of(site.fields.zone)):
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
        row.sale_starts_at,
        row.sale_ends_at,
        row.min_quantity or 1,
        row.max_quantity,
        row.max_per_customer,
        row.hold_ttl_seconds,
        row.price_amount,
        row.price_currency,
    )
    fields = SlotFields(
        row.title, row.description, terms, required, row.metadata or {}, row.open is not False
    )
    slot = NewSlot(site.id, row.starts_at, row.ends_at, row.capacity, fields)
    return Candidate(row.line, None, None, slot, raw)


def _read_events(text: str, site: Site, zone: ZoneInfo | None, names: Named) -> Reading:
    here = zone_of(site.fields.zone)
    today = to_local(site.now, here).date()
    found = read_calendar(text, here, today, today + AHEAD, after=site.now, zone=zone)
    reading = Reading([], [], found.outside, len(found.cancelled), found)
    for problem in found.problems:
        reading.rejected.append(Rejected(problem.line, problem.uid, None, problem.reason, ""))
    for event in found.slots:
        if event.title is None:
            reason = "has no SUMMARY, so nobody could tell what it is for"
            reading.rejected.append(Rejected(event.line, event.uid, None, reason, ""))
        else:
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
    return Candidate(event.line, event.uid, event.recurrence, slot, "")
