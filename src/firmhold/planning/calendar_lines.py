"""The lines of an iCalendar file, cut into events.

Owns where an event begins and ends, the numbers of its lines, and which of them are needed. Never
says what they mean. A broken event does not keep the others from being read, and what nobody needs
(alarms, attachments, tasks) is skipped unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.calendar_file import take_apart

LONGEST_FILE = 10 * 2**20
"""Characters. Each is looked at by itself, which takes about a second for so many."""

MAX_EVENTS = 20_000
"""Events of one file, as many as slots of one plan."""

MAX_DEPTH = 10
"""Components within each other. An alarm within an event within a calendar is 3."""

_NEEDED = frozenset(
    {
        *("UID", "DTSTART", "DTEND", "DURATION", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS"),
        *("SEQUENCE", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID"),
        *("X-FIRMHOLD-CAPACITY", "TZID", "X-LIC-LOCATION", "TZOFFSETFROM", "TZOFFSETTO"),
    }
)

_OBSERVANCES = frozenset({"STANDARD", "DAYLIGHT"})
_LOOKED_INTO = _OBSERVANCES | {"VEVENT", "VTIMEZONE"}

_NAME = re.compile(r"[A-Za-z0-9-]+")
_LINE_END = re.compile("\r\n|\r|\n")


class Property(NamedTuple):
    """One property of an event, its escapes undone."""

    line: int
    name: str
    params: dict[str, str]
    value: str


class RawEvent(NamedTuple):
    """The properties of an event that are needed, or why it cannot be read."""

    line: int
    """Of its BEGIN:VEVENT, counted from 1."""
    properties: list[Property]
    fault: str | None


class RawZone(NamedTuple):
    """What a file says of a time zone."""

    place: str | None
    """The IANA name that the file itself gives it."""
    observances: list[dict[str, list[str]]]
    """The values of their properties by their names."""


class RawCalendar(NamedTuple):
    """What a file holds."""

    events: list[RawEvent]
    zones: dict[str, RawZone]
    """By the names that the file's events use."""
    cut_off: int | None
    """The last line, if the file ends before its calendar does."""


def read_lines(text: str) -> RawCalendar:
    """The events of a file, each by itself: a broken one does not keep the others from being read.

    Raises `Refused` (`malformed_request`) if it is no iCalendar file or exceeds the bounds.
    """
    if len(text) > LONGEST_FILE:
        raise Refused(malformed("file", f"is longer than {LONGEST_FILE:,} characters"))
    lines = _unfold(text.removeprefix("\ufeff"))
    if next(lines, (0, ""))[1].strip().upper() != "BEGIN:VCALENDAR":
        raise Refused(malformed("file", "is not an iCalendar file; one starts BEGIN:VCALENDAR"))
    reading = _Reading()
    number = 1
    for number, line in lines:
        reading.take(number, line)
    return reading.end(number)


def _unfold(text: str) -> Iterator[tuple[int, str]]:
    """Each line with those that continue it (section 3.1), and the number of its first."""
    first, parts = 0, [""]
    for number, line in enumerate(_LINE_END.split(text), 1):
        if line[:1] in {" ", "\t"} and first:
            parts.append(line[1:])
        elif line:
            if first:
                yield first, "".join(parts)
            first, parts = number, [line]
    if first:
        yield first, "".join(parts)


class _Reading:
    """Where in the nest of components the lines are."""

    def __init__(self) -> None:
        self._open = ["VCALENDAR"]
        self._events: list[RawEvent] = []
        self._event: RawEvent | None = None
        self._zone: dict[str, str] = {}
        self._observances: list[dict[str, list[str]]] = []
        self._zones: dict[str, RawZone] = {}

    def take(self, number: int, line: str) -> None:
        found = _NAME.match(line)
        name = found[0].upper() if found else ""
        if name == "BEGIN":
            self._begin(number, line[6:].strip().upper())
        elif name == "END":
            self._end(line[4:].strip().upper())
        elif name in _NEEDED and self._open:
            self._property(number, line)

    def end(self, number: int) -> RawCalendar:
        cut_off = number if self._open else None
        self._close("has no END:VEVENT")
        return RawCalendar(self._events, self._zones, cut_off)

    def _begin(self, number: int, kind: str) -> None:
        if kind == "VEVENT":
            if self._event is not None:
                self._close(f"has no END:VEVENT before the next event in line {number}")
            if len(self._events) == MAX_EVENTS:
                raise Refused(malformed("file", f"has more than {MAX_EVENTS:,} events"))
            self._event = RawEvent(number, [], None)
            self._open = ["VCALENDAR"]
        elif kind == "VCALENDAR":
            self._open = []
        elif kind in _OBSERVANCES and self._open[-1:] == ["VTIMEZONE"]:
            self._observances.append({})
        self._open.append(kind)
        if len(self._open) > MAX_DEPTH:
            raise Refused(malformed("file", f"is nested too deep at line {number}"))

    def _end(self, kind: str) -> None:
        if kind not in self._open:
            return
        while self._open.pop() != kind:
            pass
        if kind == "VEVENT":
            self._close(None)
        elif kind == "VTIMEZONE":
            if "TZID" in self._zone:
                place = self._zone.get("X-LIC-LOCATION")
                self._zones[self._zone["TZID"]] = RawZone(place, self._observances)
            self._zone, self._observances = {}, []

    def _property(self, number: int, line: str) -> None:
        inside = self._open[-1]
        if inside not in _LOOKED_INTO:
            return
        try:
            name, params, value = take_apart(line)
        except ValueError:
            if inside == "VEVENT":
                self._fault(f"line {number} is not a property: a name, a colon and a value")
            return
        if inside == "VTIMEZONE":
            self._zone[name] = value
        elif inside in _OBSERVANCES:
            if self._observances:
                self._observances[-1].setdefault(name, []).append(value)
        elif self._event is not None:
            self._event.properties.append(Property(number, name, params, value))

    def _fault(self, reason: str) -> None:
        if self._event is not None and self._event.fault is None:
            self._event = self._event._replace(fault=reason)

    def _close(self, fault: str | None) -> None:
        if self._event is not None:
            if fault is not None:
                self._fault(fault)
            self._events.append(self._event)
            self._event = None
