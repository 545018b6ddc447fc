"""Slots read from an iCalendar file, recurring ones expanded within a window.

Owns which slots an event comes to, and how events with one UID go together. Never reads beyond the
window, and never loses an event silently: each is a slot, outside the window, cancelled, or
reported with its line and the reason.

DTSTART is always the first of a recurring event, whether its rule falls on it or not (RFC 5545,
section 3.8.2.4), and is counted by COUNT. Expanding takes up to a few seconds for a file that means
harm, so a file belongs into a thread.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.calendar_event import Event, read_event
from firmhold.planning.calendar_lines import RawCalendar, RawEvent, read_lines
from firmhold.planning.calendar_times import Length, Moment, Unreadable
from firmhold.planning.calendar_zones import Zones
from firmhold.planning.plan import MAX_SLOTS
from firmhold.planning.recurrence import MAX_WINDOW, Budget, Exhausted, Start, dates
from firmhold.planning.wall_clock import shown
from firmhold.planning.zones import to_local

MAX_RECURRING = 1_000
"""Recurring events of one file. A room's or practitioner's week has a few dozen."""

MAX_DAYS = 1_000_000
"""Days that are looked at to expand all of a file: two years of days for each recurring event. Each
takes some three microseconds, in which nobody else in the process gets on."""

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


class Cancelled(NamedTuple):
    """An event that is there only to say that it is off."""

    line: int
    uid: str
    recurrence: datetime | None
    """Which of a recurring event; `None` for all there is of it."""


class CalendarSlots(NamedTuple):
    """What a file comes to."""

    slots: list[CalendarSlot]
    """In the order of their starts."""
    problems: list[Problem]
    """In the order of their lines."""
    outside: int
    """Events without a slot in the window."""
    cancelled: list[Cancelled]
    events: dict[str, int]
    """UIDs of those that could be read in full, of which nothing is left out, and their lines."""


def read_calendar(
    text: str,
    site: ZoneInfo,
    first: date,
    last: date,
    *,
    after: datetime | None = None,
    zone: ZoneInfo | None = None,
) -> CalendarSlots:
    """The slots of a file that start on `first` to `last`, both included, by the site's clocks, and
    later than `after`.

    In `zone`, or else in the site's, times are read that name none; with a `zone` also those in one
    that nobody knows. What the file says of a zone must be so where it is used, or the event is a
    problem. Raises `Refused` (`malformed_request`) if it is not an iCalendar file, or has or makes
    too much.
    """
    if last < first:
        raise Refused(malformed("to", f"{last} is before {first}"))
    if last - first > _LONGEST_WINDOW:
        raise Refused(malformed("to", f"is more than {_LONGEST_WINDOW.days:,} days after {first}"))
    raw = read_lines(text)
    budget = Budget(MAX_DAYS)
    reading = _Reading(
        _Window(site, first, last, after), Zones(raw.zones, zone, budget), zone or site, budget
    )
    try:
        return reading.all_of(raw)
    except Exhausted:
        reason = f"recurs on more than {MAX_DAYS:,} days to look at; send it in parts"
        raise Refused(malformed("file", reason)) from None


class _Window(NamedTuple):
    site: ZoneInfo
    first: date
    last: date
    after: datetime | None

    def has(self, at: datetime) -> bool:
        if self.after is not None and at <= self.after:
            return False
        return self.first <= to_local(at, self.site).date() <= self.last


class _Reading:
    """A file while it is read."""

    def __init__(self, window: _Window, zones: Zones, floating: ZoneInfo, budget: Budget) -> None:
        self._window, self._zones, self._budget = window, zones, budget
        self._floating = floating
        self._events: dict[tuple[str, datetime | None], Event] = {}
        self._instead: defaultdict[str, set[datetime]] = defaultdict(set)
        self._problems: list[Problem] = []
        self._incomplete: set[str] = set()

    def all_of(self, raw: RawCalendar) -> CalendarSlots:
        for each in raw.events:
            self._take(each)
        if raw.cut_off is not None:
            reason = "the file ends without END:VCALENDAR; it may be cut off"
            self._problems.append(Problem(raw.cut_off, None, reason))
        slots, outside = self._expand_all()
        return CalendarSlots(
            slots,
            sorted(self._problems, key=lambda it: it.line),
            outside,
            [
                Cancelled(it.line, it.uid, it.instead_of)
                for it in self._events.values()
                if it.cancelled
            ],
            {
                it.uid: it.line
                for it in self._events.values()
                if not (it.cancelled or it.instead_of or it.uid in self._incomplete)
            },
        )

    def _take(self, raw: RawEvent) -> None:
        try:
            event = read_event(raw, self._floating, self._zones.get)
        except Unreadable as error:
            self._problems.append(Problem(raw.line, _uid(raw), str(error)))
            self._incomplete.add(error.uid)
            # What it was to replace has moved or changed, so it is not taken either.
            if error.instead_of is not None:
                self._instead[error.uid].add(error.instead_of)
            return
        key = (event.uid, event.instead_of)
        older = self._events.get(key)
        if older is not None and older.sequence > event.sequence:
            older, event = event, older
        self._events[key] = event
        if event.instead_of is not None:
            self._instead[event.uid].add(event.instead_of)
        if older is not None:
            reason = f"is the same as the one in line {event.line}, which is newer or comes later"
            self._problems.append(Problem(older.line, older.uid, reason))

    def _expand_all(self) -> tuple[list[CalendarSlot], int]:
        """The slots in the order of time, and how many events have none."""
        slots: list[CalendarSlot] = []
        outside = recurring = 0
        window = self._window
        for event in self._events.values():
            if event.cancelled:
                continue
            recurring += event.recurs
            if recurring > MAX_RECURRING:
                reason = f"has more than {MAX_RECURRING:,} recurring events"
                raise Refused(malformed("file", reason))
            try:
                found = list(self._slots(event))
            except (Refused, Unreadable) as error:
                self._problems.append(Problem(event.line, event.uid, str(error)))
                self._incomplete.add(event.uid)
                continue
            outside += not found
            slots += found
            if len(slots) > MAX_SLOTS:
                reason = f"makes more than {MAX_SLOTS:,} slots from {window.first} to {window.last}"
                raise Refused(malformed("file", f"{reason}; choose a shorter time"))
        slots.sort(key=lambda slot: (slot.starts_at, slot.line))
        return slots, outside

    def _slots(self, event: Event) -> Iterator[CalendarSlot]:
        """Those of an event. Raises `Unreadable` if the file means another time by one of them."""
        replaced = self._instead[event.uid] if event.instead_of is None else frozenset()
        for start, length in _starts(event, self._window, self._budget):
            at = start.at
            if at in replaced or not self._window.has(at):
                continue
            if event.tzid is not None and start.zone is event.start.zone:
                reason = self._zones.contradiction(event.tzid, start.local)
                if reason is not None:
                    raise Unreadable(reason)
            yield _slot(event, at, length.after(start))


def _uid(raw: RawEvent) -> str | None:
    return next((shown(it.value)[1:-1] for it in raw.properties if it.name == "UID"), None)


def _slot(event: Event, starts_at: datetime, ends_at: datetime) -> CalendarSlot:
    return CalendarSlot(
        line=event.line,
        uid=event.uid,
        recurrence=event.instead_of or (starts_at if event.recurs else None),
        starts_at=starts_at,
        ends_at=ends_at,
        title=event.title,
        location=event.location,
        description=event.description,
        capacity=event.capacity,
    )


def _starts(event: Event, window: _Window, budget: Budget) -> Iterator[tuple[Moment, Length]]:
    """When it starts in and around the window, each instant once."""
    seen: set[datetime] = set()
    for start, length in _all_starts(event, window, budget):
        at = start.at
        if at in seen or at in event.less or start.local.date() in event.less_dates:
            continue
        seen.add(at)
        yield start, length


def _all_starts(event: Event, window: _Window, budget: Budget) -> Iterator[tuple[Moment, Length]]:
    # A period of RDATE has a length of its own, which goes before that of the rule.
    yield from event.more
    yield event.start, event.length
    rule, (local, zone) = event.rule, event.start
    if rule is None:
        return
    start = Start(local.date(), local.time(), zone)
    if rule.times is not None and not dates(rule, start, start.on, start.on, budget):
        if rule.times == 1:
            return
        rule = rule._replace(times=rule.times - 1)
    for on in dates(rule, start, window.first - _MARGIN, window.last + _MARGIN, budget):
        yield Moment(datetime.combine(on, start.at), zone), event.length
