"""One event of an iCalendar file: when it starts, how long it lasts, and how it recurs.

Owns the meaning of an event's properties in RFC 5545 and the words for what is refused of them.
Never looks beyond the event, and never expands a recurrence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused
from firmhold.domain.model import MAX_CAPACITY
from firmhold.planning.calendar_file import clean
from firmhold.planning.calendar_lines import Property, RawEvent
from firmhold.planning.calendar_times import (
    Length,
    Moment,
    Unreadable,
    checked,
    read_duration,
    read_time,
)
from firmhold.planning.rule import Rule, read_rule
from firmhold.planning.wall_clock import shown

LONGEST_UID = 255
LONGEST_LINE, LONGEST_TEXT = 200, 4_000
"""Characters of a title or place and of a description, as the API has them."""

MAX_LISTED = 5_000
"""Dates of RDATE and EXDATE in one event: a daily one with thirteen years of exceptions."""

_UTC = ZoneInfo("UTC")
_NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")

ZoneOf = Callable[[str], ZoneInfo]
"""The zone of a TZID. Raises `Refused` if there is none."""


class Event(NamedTuple):
    """An event as it is to be expanded."""

    line: int
    uid: str
    start: Moment
    length: Length
    title: str | None
    location: str | None
    description: str | None
    capacity: int | None
    tzid: str | None
    """The name that the file has for the zone of its start, if it names one."""
    cancelled: bool
    sequence: int
    rule: Rule | None
    more: tuple[tuple[Moment, Length], ...]
    """From RDATE."""
    less: frozenset[datetime]
    """From EXDATE: instants at which it does not start."""
    less_dates: frozenset[date]
    """Dates of its zone on which it does not start."""
    instead_of: datetime | None
    """From RECURRENCE-ID: it replaces the one that would start at this instant."""

    @property
    def recurs(self) -> bool:
        """Whether there may be several of it."""
        return self.rule is not None or bool(self.more)


def read_event(raw: RawEvent, floating: ZoneInfo, zone_of_name: ZoneOf) -> Event:
    """What an event says. Times without a zone are read in `floating`.

    Raises `Unreadable` with the first reason why it cannot be a slot.
    """
    event = _Event(raw, floating, zone_of_name)
    try:
        return event.read()
    except (Refused, Unreadable) as error:
        unreadable = Unreadable(str(error))
        with suppress(Refused, Unreadable):
            unreadable.uid, unreadable.instead_of = event.uid(), event.instead_of()
        raise unreadable from None


class _Event:
    """An event while it is read."""

    def __init__(self, raw: RawEvent, floating: ZoneInfo, zone_of_name: ZoneOf) -> None:
        self._raw, self._floating, self._zone_of = raw, floating, zone_of_name

    def read(self) -> Event:
        if self._raw.fault is not None:
            raise Unreadable(self._raw.fault)
        uid, instead_of = self.uid(), self.instead_of()
        if instead_of is not None and (self._all("RRULE") or self._all("RDATE")):
            raise Unreadable("has a RECURRENCE-ID and recurs itself")
        if self._all("EXRULE"):
            raise Unreadable("has an EXRULE, which RFC 5545 no longer knows; list EXDATE instead")
        start = self._start()
        length = self._length(start)
        rule = self._one("RRULE")
        less, less_dates = self._exceptions()
        return Event(
            line=self._raw.line,
            uid=uid,
            start=start,
            length=length,
            title=self._line("SUMMARY", LONGEST_LINE),
            location=self._line("LOCATION", LONGEST_LINE),
            description=self._text("DESCRIPTION", LONGEST_TEXT),
            capacity=self._number("X-FIRMHOLD-CAPACITY", MAX_CAPACITY),
            tzid=self._raw_zone(),
            cancelled=self._value("STATUS").upper() == "CANCELLED",
            sequence=self._number("SEQUENCE", 2**31 - 1) or 0,
            rule=None if rule is None else read_rule(rule.value, "RRULE"),
            more=tuple(self._additions(length)),
            less=less,
            less_dates=less_dates,
            instead_of=instead_of,
        )

    def uid(self) -> str:
        if uid := self._line("UID", LONGEST_UID):
            return uid
        raise Unreadable("has no UID, so it could not be told from others later")

    def _all(self, name: str) -> list[Property]:
        return [it for it in self._raw.properties if it.name == name]

    def _one(self, name: str) -> Property | None:
        found = self._all(name)
        if len(found) > 1:
            raise Unreadable(f"has {name} twice, in lines {found[0].line} and {found[1].line}")
        return found[0] if found else None

    def _value(self, name: str) -> str:
        found = self._one(name)
        return found.value.strip() if found else ""

    def _line(self, name: str, longest: int) -> str | None:
        """A text that is one line everywhere else, so that it can go where all others go."""
        return self._bounded(name, _NOT_IN_LINE.sub(" ", self._value(name)).strip(), longest)

    def _text(self, name: str, longest: int) -> str | None:
        return self._bounded(name, self._value(name), longest)

    def _bounded(self, name: str, value: str, longest: int) -> str | None:
        text = clean(value)
        if len(text) > longest:
            raise Unreadable(f"{name} has more than {longest:,} characters")
        return text or None

    def _number(self, name: str, most: int) -> int | None:
        text = self._value(name)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 12 and int(text) <= most):
            raise Unreadable(f"{name} is no number up to {most:,}: {shown(text)}")
        return int(text)

    def _start(self) -> Moment:
        found = self._one("DTSTART")
        if found is None:
            raise Unreadable("has no DTSTART")
        start = self._moment(found, found.value)
        if not isinstance(start, Moment):
            raise Unreadable("lasts whole days; a slot needs a time of day in its DTSTART")
        return start

    def _raw_zone(self) -> str | None:
        found = self._one("DTSTART")
        return None if found is None else found.params.get("TZID")

    def _length(self, start: Moment) -> Length:
        end, duration = self._one("DTEND"), self._one("DURATION")
        if end is not None and duration is not None:
            raise Unreadable("has both DTEND and DURATION")
        if duration is not None:
            return read_duration(duration.value)
        if end is None:
            raise Unreadable("has neither DTEND nor DURATION, so it takes no time")
        ends = self._moment(end, end.value)
        if not isinstance(ends, Moment):
            raise Unreadable("has a date without a time of day in its DTEND")
        return checked(Length(0, ends.at - start.at), "DTEND")

    def _additions(self, length: Length) -> list[tuple[Moment, Length]]:
        found = []
        for it, value in self._listed("RDATE"):
            first, slash, rest = value.partition("/")
            start = self._moment(it, first)
            if not isinstance(start, Moment):
                raise Unreadable(f"has an RDATE without a time of day in line {it.line}")
            lasts = length
            if slash and rest.startswith(("P", "+P")):
                lasts = read_duration(rest)
            elif slash:
                ends = self._moment(it, rest)
                if not isinstance(ends, Moment):
                    raise Unreadable(f"has a period without a time of day in line {it.line}")
                lasts = checked(Length(0, ends.at - start.at), "RDATE")
            found.append((start, lasts))
        return found

    def _exceptions(self) -> tuple[frozenset[datetime], frozenset[date]]:
        moments = [self._moment(it, value) for it, value in self._listed("EXDATE")]
        # A date without a time is not what the RFC asks for, but what some calendars write.
        return (
            frozenset(it.at for it in moments if isinstance(it, Moment)),
            frozenset(it for it in moments if not isinstance(it, Moment)),
        )

    def _listed(self, name: str) -> list[tuple[Property, str]]:
        found = self._all(name)
        listed = [(it, value) for it in found for value in it.value.split(",") if value.strip()]
        if len(listed) > MAX_LISTED:
            raise Unreadable(f"has more than {MAX_LISTED:,} dates in its {name}")
        return listed

    def instead_of(self) -> datetime | None:
        found = self._one("RECURRENCE-ID")
        if found is None:
            return None
        if "RANGE" in found.params:
            raise Unreadable("changes all later ones too (RANGE); write them as an event of theirs")
        moment = self._moment(found, found.value)
        if not isinstance(moment, Moment):
            raise Unreadable("has a RECURRENCE-ID without a time of day")
        return moment.at

    def _moment(self, it: Property, text: str) -> Moment | date:
        """A time, or a date."""
        where = f"{it.name} in line {it.line}"
        read = read_time(text, where)
        if not isinstance(read, datetime):
            return read
        name = it.params.get("TZID")
        if read.tzinfo is None:
            return Moment(read, self._floating if name is None else self._zone_of(name))
        if name is not None:
            raise Unreadable(f"{where} is both in UTC and in a zone")
        return Moment(read.replace(tzinfo=None), _UTC)
