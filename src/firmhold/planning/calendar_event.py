"""One event of an iCalendar file: when it starts, how long it lasts, and how it recurs.

Owns the meaning of an event's properties in RFC 5545 and the words for what is refused of them.
Never looks beyond the event, and never expands a recurrence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused
from firmhold.domain.model import MAX_CAPACITY
from firmhold.planning.calendar_file import clean
from firmhold.planning.calendar_lines import Property, RawEvent
from firmhold.planning.rule import Rule, read_rule
from firmhold.planning.wall_clock import FIRST_YEAR, LAST_YEAR, shown
from firmhold.planning.zones import to_instant

LONGEST_UID = 255
LONGEST_LINE, LONGEST_TEXT = 200, 4_000
"""Characters of a title or place and of a description, as the API has them."""

MAX_LISTED = 5_000
"""Dates of RDATE and EXDATE in one event: a daily one with thirteen years of exceptions."""

LONGEST = timedelta(days=366)
"""What lasts longer is no slot that anyone could book."""

_UTC = ZoneInfo("UTC")
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?)",
    re.ASCII,
)

ZoneOf = Callable[[str], ZoneInfo]
"""The zone of a TZID. Raises `Refused` if there is none."""


class Unreadable(Exception):
    """Why an event is not taken, in words that follow its name."""

    uid = ""
    instead_of: datetime | None = None
    """What the event would have replaced, as far as that can be read."""


class Moment(NamedTuple):
    """A wall-clock time in its zone."""

    local: datetime
    """Without `tzinfo`."""
    zone: ZoneInfo

    @property
    def at(self) -> datetime:
        """The instant, in UTC."""
        return to_instant(self.local, self.zone)


class Length(NamedTuple):
    """How long an event lasts: whole days by the wall clock, and then an exact time.

    DURATION's days are nominal and its times exact (section 3.3.6); between DTSTART and DTEND the
    time is exact (section 3.8.5.3).
    """

    days: int
    exact: timedelta

    def after(self, start: Moment) -> datetime:
        """When what starts then ends, in UTC."""
        if not self.days:
            return start.at + self.exact
        return start._replace(local=start.local + timedelta(days=self.days)).at + self.exact


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


def read_event(raw: RawEvent, site: ZoneInfo, zone_of_name: ZoneOf) -> Event:
    """What an event says. Times without a zone are the site's.

    Raises `Unreadable` with the first reason why it cannot be a slot.
    """
    event = _Event(raw, site, zone_of_name)
    try:
        return event.read()
    except (Refused, Unreadable) as error:
        unreadable = Unreadable(str(error))
        with suppress(Refused, Unreadable):
            unreadable.uid, unreadable.instead_of = event.uid(), event.instead_of()
        raise unreadable from None


class _Event:
    """An event while it is read."""

    def __init__(self, raw: RawEvent, site: ZoneInfo, zone_of_name: ZoneOf) -> None:
        self._raw, self._site, self._zone_of = raw, site, zone_of_name

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
            title=self._text("SUMMARY", LONGEST_LINE),
            location=self._text("LOCATION", LONGEST_LINE),
            description=self._text("DESCRIPTION", LONGEST_TEXT),
            capacity=self._number("X-FIRMHOLD-CAPACITY", MAX_CAPACITY),
            cancelled=self._value("STATUS").upper() == "CANCELLED",
            sequence=self._number("SEQUENCE", 2**31 - 1) or 0,
            rule=None if rule is None else read_rule(rule.value, "RRULE"),
            more=tuple(self._additions(length)),
            less=less,
            less_dates=less_dates,
            instead_of=instead_of,
        )

    def uid(self) -> str:
        if uid := (self._text("UID", LONGEST_UID) or "").replace("\n", " ").strip():
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

    def _text(self, name: str, longest: int) -> str | None:
        text = clean(self._value(name))
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

    def _length(self, start: Moment) -> Length:
        end, duration = self._one("DTEND"), self._one("DURATION")
        if end is not None and duration is not None:
            raise Unreadable("has both DTEND and DURATION")
        if duration is not None:
            return _duration(duration.value)
        if end is None:
            raise Unreadable("has neither DTEND nor DURATION, so it takes no time")
        ends = self._moment(end, end.value)
        if not isinstance(ends, Moment):
            raise Unreadable("has a date without a time of day in its DTEND")
        return _checked(Length(0, ends.at - start.at), "DTEND")

    def _additions(self, length: Length) -> list[tuple[Moment, Length]]:
        found = []
        for it, value in self._listed("RDATE"):
            first, slash, rest = value.partition("/")
            start = self._moment(it, first)
            if not isinstance(start, Moment):
                raise Unreadable(f"has an RDATE without a time of day in line {it.line}")
            lasts = length
            if slash and rest.startswith(("P", "+P")):
                lasts = _duration(rest)
            elif slash:
                ends = self._moment(it, rest)
                if not isinstance(ends, Moment):
                    raise Unreadable(f"has a period without a time of day in line {it.line}")
                lasts = _checked(Length(0, ends.at - start.at), "RDATE")
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
        """A time, or a date: sections 3.3.4 and 3.3.5."""
        where = f"{it.name} in line {it.line}"
        found = _TIME.fullmatch(text.strip().upper())
        if not found:
            raise Unreadable(f"{where} is no time: {shown(text)}")
        year, month, day = (int(found[place]) for place in (1, 2, 3))
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Unreadable(f"{where} is outside the years {FIRST_YEAR} to {LAST_YEAR}")
        try:
            on = date(year, month, day)
            if found[4] is None:
                return on
            # The RFC has a 60th second, for leap seconds, and reads it as the 59th (3.3.12).
            clock = time(int(found[4]), int(found[5]), min(int(found[6]), 59))
        except ValueError:
            raise Unreadable(f"{where} is on no calendar or clock: {shown(text)}") from None
        local = datetime.combine(on, clock)
        name = it.params.get("TZID")
        if not found[7]:
            return Moment(local, self._site if name is None else self._zone_of(name))
        if name is not None:
            raise Unreadable(f"{where} is both in UTC and in a zone")
        return Moment(local, _UTC)


def _duration(text: str) -> Length:
    found = _DURATION.fullmatch(text.strip().upper())
    if not found or not any(found.groups()):
        raise Unreadable(f"has no DURATION such as PT30M: {shown(text)}")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return _checked(Length(weeks * 7 + days, exact), "DURATION")


def _checked(length: Length, name: str) -> Length:
    total = timedelta(days=length.days) + length.exact
    if total <= timedelta(0):
        raise Unreadable(f"does not end after it starts: see its {name}")
    if total > LONGEST:
        raise Unreadable(f"lasts more than {LONGEST.days} days")
    return length
