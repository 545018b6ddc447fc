"""Slots and reservations written as iCalendar files, and the lines of such files taken apart.

Owns the form of RFC 5545: components, properties, folding and escaping, and is the only module that
knows the library for it. Never says what a property that was read means; `calendar_slots` does.

Times are written in UTC. With a zone its changes would have to be written out, and programs read
those in ways of their own: Outlook takes them from yearly rules and from nothing else, and is an
hour wrong all summer without. Nothing written here recurs, so UTC says all there is to say.

What is not left to the library, and why:

- Parsing whole files. One broken event would take the file down with it, lines would lose their
  numbers, and a VTIMEZONE would be remembered for every later file in the process.
- Texts. It turns a backslash and an N in a text into a line break, and does not escape NAME.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneStandard
from icalendar.parser import Contentline
from icalendar.prop import vText
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

PRODUCT = "-//Firmhold//Firmhold//EN"

REFRESH = timedelta(minutes=15)
"""How often a calendar may ask for a feed again, unless the caller says otherwise."""

_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class Status(StrEnum):
    """How firm an event is, as calendars show it (RFC 5545, section 3.8.1.11)."""

    TENTATIVE = "TENTATIVE"
    """A hold."""
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


class Entry(NamedTuple):
    """A slot, or a reservation of one, as an event."""

    uid: str
    """The same whenever the same thing is written; an id of ours is."""
    starts_at: datetime
    ends_at: datetime
    title: str
    changed_at: datetime
    """When it was changed last."""
    sequence: int = 0
    """Counts its changes, so that calendars know the newer of two copies."""
    status: Status = Status.CONFIRMED
    location: str | None = None
    description: str | None = None
    url: str | None = None
    capacity: int | None = None
    available: int | None = None
    busy: bool = False
    """Whether whoever has it in a calendar is busy then: with one's own reservation."""


def write_feed(
    entries: Iterable[Entry],
    *,
    name: str,
    zone: ZoneInfo | None = None,
    refresh: timedelta = REFRESH,
) -> bytes:
    """A calendar to subscribe to, in UTF-8. `zone` is the one to show it in, where a program asks.

    The library takes about a fifth of a millisecond for each entry: thousands belong into a thread.
    """
    calendar = _calendar(entries)
    for key in ("NAME", "X-WR-CALNAME"):
        calendar.add(key, _Text(clean(name)))
    calendar.add("REFRESH-INTERVAL", refresh, parameters={"VALUE": "DURATION"})  # RFC 7986, 5.7
    minutes = max(int(refresh.total_seconds()) // 60, 1)
    calendar.add("X-PUBLISHED-TTL", f"PT{minutes}M")
    if zone is not None:
        calendar.add("X-WR-TIMEZONE", zone.key)
    return _bytes(calendar)


def write_reservation(entries: Iterable[Entry]) -> bytes:
    """A file with the slots of one reservation, to be opened or mailed, in UTF-8."""
    return _bytes(_calendar(entries))


def clean(text: str) -> str:
    """The text without what no calendar may hold: control characters, halves of characters."""
    text = _CONTROL.sub("", _BREAK.sub("\n", text))
    return _SURROGATE.sub("\ufffd", text)


def take_apart(line: str) -> tuple[str, dict[str, str], str]:
    """A line's name, its parameters and its value, with the escapes undone.

    Raises `ValueError` if it is not of that form. Lines that were folded come unfolded.
    """
    name, params, value = Contentline(line).parts()  # type: ignore[no-untyped-call]  # theirs
    plain = {
        str(key).upper(): each if isinstance(each, str) else ",".join(each)
        for key, each in params.items()
    }
    return name.upper(), plain, value


def zone_name(name: str) -> str:
    """The IANA name of a zone that Windows and Outlook name otherwise; else the name itself."""
    return WINDOWS_TO_OLSON.get(name, name)


class _Text(vText):
    """A text that comes back as it was. The library takes a backslash and an N for a break."""

    def to_ical(self) -> bytes:
        text = str(self)
        for mark in "\\;,":
            text = text.replace(mark, f"\\{mark}")
        return text.replace("\n", "\\n").encode()


def _calendar(entries: Iterable[Entry]) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODUCT)
    calendar.add("CALSCALE", "GREGORIAN")
    for entry in entries:
        calendar.add_component(_event(entry))
    if not calendar.subcomponents:
        calendar.add_component(_utc())
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("UID", _Text(clean(entry.uid)))
    event.add("DTSTAMP", entry.changed_at)  # without METHOD the same as LAST-MODIFIED (3.8.7.2)
    event.add("LAST-MODIFIED", entry.changed_at)
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTART", entry.starts_at.astimezone(UTC))
    event.add("DTEND", entry.ends_at.astimezone(UTC))
    texts = (("LOCATION", entry.location), ("DESCRIPTION", entry.description))
    for key, text in (("SUMMARY", entry.title), *texts):
        if text:
            event.add(key, _Text(clean(text)))
    if entry.url:
        event.add("URL", clean(entry.url).replace("\n", ""))
    event.add("STATUS", entry.status.value)
    event.add("TRANSP", "OPAQUE" if entry.busy else "TRANSPARENT")
    units = (("X-FIRMHOLD-CAPACITY", entry.capacity), ("X-FIRMHOLD-AVAILABLE", entry.available))
    for key, number in units:
        if number is not None:
            event.add(key, str(number))
    return event


def _utc() -> Timezone:
    """What stands in a calendar without events, because something has to (section 3.6)."""
    always = TimezoneStandard()
    always.add("DTSTART", datetime(1970, 1, 1))  # noqa: DTZ001  by the clock that it describes
    always.add("TZOFFSETFROM", timedelta())
    always.add("TZOFFSETTO", timedelta())
    utc = Timezone()
    utc.add("TZID", "UTC")
    utc.add_component(always)
    return utc


def _bytes(calendar: Calendar) -> bytes:
    written: bytes = calendar.to_ical(sorted=False)
    return written
