"""Slots read from an iCalendar file, recurring ones expanded within a window.

Owns which slots an event comes to, and how events with one UID go together. Never reads beyond the
window, and never loses an event silently: each is a slot, outside the window, cancelled, or
reported with its line and the reason.

DTSTART is always the first of a recurring event, whether its rule falls on it or not (RFC 5545,
section 3.8.2.4), and is counted by COUNT. Expanding can take a tenth of a second for each recurring
event of a file that means harm, so a file belongs into a thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.calendar_event import Event, Length, Moment, Unreadable, read_event
from firmhold.planning.calendar_file import zone_name
from firmhold.planning.calendar_lines import RawEvent, read_lines
from firmhold.planning.plan import MAX_SLOTS
from firmhold.planning.recurrence import MAX_WINDOW, Start, dates
from firmhold.planning.wall_clock import shown
from firmhold.planning.zones import to_local, zone_of

MAX_RECURRING = 1_000
"""Recurring events of one file. A room's or practitioner's week has a few dozen."""

_MARGIN = timedelta(days=2)
"""No two zones are further apart than 26 hours."""

_LONGEST_WINDOW = MAX_WINDOW - 2 * _MARGIN


class CalendarSlot(NamedTuple):
    """A slot that a file names. Its `uid` and `recurrence` tell it from all others of the file."""

    line: int
    """Of the event, counted from 1."""
    uid: str
    recurrence: datetime | None
    """For one of a recurring event: when it starts, or started before it was moved, in UTC."""
    starts_at: datetime
    ends_at: datetime
    title: str | None
    location: str | None
    description: str | None
    capacity: int | None


class Problem(NamedTuple):
    """An event that was not taken."""

    line: int
    uid: str | None
    reason: str


class CalendarSlots(NamedTuple):
    """What a file comes to."""

    slots: list[CalendarSlot]
    """In the order of their starts."""
    problems: list[Problem]
    """In the order of their lines."""
    outside: int
    """Events without a slot in the window."""
    cancelled: int
    """Events that are there only to say that they are off."""


def read_calendar(
    text: str,
    site: ZoneInfo,
    first: date,
    last: date,
    zones: Mapping[str, str] | None = None,
) -> CalendarSlots:
    """The slots of a file that start on `first` to `last`, both included, by the site's clocks.

    Times without a zone are the site's. `zones` gives IANA names for names of zones that are the
    file's own; a VTIMEZONE is not evaluated. Raises `Refused` (`malformed_request`) if it is not an
    iCalendar file, or has or makes too much.
    """
    if last < first:
        raise Refused(malformed("to", f"{last} is before {first}"))
    if last - first > _LONGEST_WINDOW:
        raise Refused(malformed("to", f"is more than {_LONGEST_WINDOW.days:,} days after {first}"))
    raw = read_lines(text)
    names = _Zones({**raw.places, **(zones or {})})
    problems: list[Problem] = []
    instead: defaultdict[str, set[datetime]] = defaultdict(set)
    events: dict[tuple[str, datetime | None], Event] = {}
    for each in raw.events:
        try:
            event = read_event(each, site, names.get)
        except Unreadable as error:
            problems.append(Problem(each.line, _uid(each), str(error)))
            # What it was to replace has moved or changed, so it is not taken either.
            if error.instead_of is not None:
                instead[error.uid].add(error.instead_of)
            continue
        key = (event.uid, event.instead_of)
        older = events.get(key)
        if older is not None and older.sequence > event.sequence:
            older, event = event, older
        events[key] = event
        if older is not None:
            reason = f"is the same as the one in line {event.line}, which is newer or comes later"
            problems.append(Problem(older.line, older.uid, reason))
    if raw.cut_off is not None:
        reason = "the file ends without END:VCALENDAR; it may be cut off"
        problems.append(Problem(raw.cut_off, None, reason))
    for event in events.values():
        if event.instead_of is not None:
            instead[event.uid].add(event.instead_of)
    found = _expand_all(list(events.values()), instead, _Window(site, first, last), problems)
    return found._replace(problems=sorted(problems, key=lambda it: it.line))


class _Window(NamedTuple):
    site: ZoneInfo
    first: date
    last: date

    def has(self, at: datetime) -> bool:
        return self.first <= to_local(at, self.site).date() <= self.last


class _Zones:
    """The zones that a file's names stand for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self._known: dict[str, ZoneInfo] = {}

    def get(self, name: str) -> ZoneInfo:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> ZoneInfo:
        given = self._places.get(name, name)
        # Names such as /example.org/Europe/Berlin are globally unique and end with the IANA name.
        parts = given.strip("/").split("/")
        tries = [zone_name(given), given, *("/".join(parts[place:]) for place in range(len(parts)))]
        for text in tries:
            try:
                return zone_of(text)
            except Refused:
                continue
        reason = f"{shown(name)} is not a zone of the IANA database; say which one it stands for"
        raise Refused(malformed("TZID", reason))


def _uid(raw: RawEvent) -> str | None:
    return next((shown(it.value)[1:-1] for it in raw.properties if it.name == "UID"), None)


def _expand_all(
    events: list[Event],
    instead: Mapping[str, set[datetime]],
    window: _Window,
    problems: list[Problem],
) -> CalendarSlots:
    slots: list[CalendarSlot] = []
    outside = cancelled = recurring = 0
    for event in events:
        if event.cancelled:
            cancelled += 1
            continue
        recurs = event.rule is not None or bool(event.more)
        recurring += recurs
        if recurring > MAX_RECURRING:
            raise Refused(malformed("file", f"has more than {MAX_RECURRING:,} recurring events"))
        replaced = instead.get(event.uid, set()) if event.instead_of is None else set()
        before = len(slots)
        try:
            for start, length in _starts(event, window):
                at = start.at
                if at not in replaced and window.has(at):
                    slots.append(_slot(event, at, length.after(start), recurs))
        except Refused as refused:
            del slots[before:]
            problems.append(Problem(event.line, event.uid, refused.refusal.detail))
            continue
        if len(slots) > MAX_SLOTS:
            reason = f"makes more than {MAX_SLOTS:,} slots from {window.first} to {window.last}"
            raise Refused(malformed("file", f"{reason}; choose a shorter time"))
        outside += len(slots) == before
    slots.sort(key=lambda slot: (slot.starts_at, slot.line))
    return CalendarSlots(slots, problems, outside, cancelled)


def _slot(event: Event, starts_at: datetime, ends_at: datetime, recurs: bool) -> CalendarSlot:
    return CalendarSlot(
        line=event.line,
        uid=event.uid,
        recurrence=event.instead_of or (starts_at if recurs else None),
        starts_at=starts_at,
        ends_at=ends_at,
        title=event.title,
        location=event.location,
        description=event.description,
        capacity=event.capacity,
    )


def _starts(event: Event, window: _Window) -> Iterator[tuple[Moment, Length]]:
    """When it starts in and around the window, each instant once."""
    seen: set[datetime] = set()
    for start, length in _all_starts(event, window):
        at = start.at
        if at in seen or at in event.less or start.local.date() in event.less_dates:
            continue
        seen.add(at)
        yield start, length


def _all_starts(event: Event, window: _Window) -> Iterator[tuple[Moment, Length]]:
    # A period of RDATE has a length of its own, which goes before that of the rule.
    yield from event.more
    yield event.start, event.length
    rule, (local, zone) = event.rule, event.start
    if rule is None:
        return
    start = Start(local.date(), local.time(), zone)
    if rule.times is not None and not dates(rule, start, start.on, start.on):
        if rule.times == 1:
            return
        rule = rule._replace(times=rule.times - 1)
    for on in dates(rule, start, window.first - _MARGIN, window.last + _MARGIN):
        yield Moment(datetime.combine(on, start.at), zone), event.length
