"""Dates, times of day and spans of a day, as people and files write them.

Owns which forms are understood and the words for what is not. Never guesses: a form that means
different things in different countries is refused, and so is a date that no calendar has.

The forms are those of ISO 8601 and RFC 3339: 2026-03-01, 09:00, 2026-03-01T09:00, and for an
instant 2026-03-01T09:00:00+01:00. Every function raises `Refused` (`malformed_request`), naming the
field.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple, NoReturn
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.zones import midnight, to_instant

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Dates outside are slips of the finger. No zone had rules of today's kind before, and nobody knows
those of the time after."""

DAY_MINUTES = 24 * 60

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
# Fractions of a second only if there are none: that is how JavaScript writes a whole second.
_LOCAL = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.0{1,9})?)?", re.ASCII)
_OFFSET = re.compile(r"(.+?)(?:([Zz])|([+-])(\d{2}):(\d{2}))", re.ASCII)


class Span(NamedTuple):
    """A part of a day on its wall clock: `[start, end)` in minutes after midnight.

    A span that lasts past midnight ends beyond 24 hours: 22:00 to 06:00 is `Span(1320, 1800)`.
    """

    start: int
    end: int

    @property
    def minutes(self) -> int:
        """How long it lasts on days on which no clock is changed."""
        return self.end - self.start

    def starts_on(self, on: date) -> datetime:
        """The wall-clock time at which it starts, on the day of this date."""
        return midnight(on) + timedelta(minutes=self.start)

    def ends_on(self, on: date) -> datetime:
        """The wall-clock time at which it ends when it starts on this date."""
        return midnight(on) + timedelta(minutes=self.end)

    def __str__(self) -> str:
        end = self.end if self.end == DAY_MINUTES else self.end % DAY_MINUTES
        return f"{_clock(self.start)}–{_clock(end)}"


def read_date(field: str, text: str) -> date:
    """A date such as 2026-03-01."""
    if not (found := _DATE.fullmatch(text.strip())):
        _refuse(field, f"must be a date such as 2026-03-01, not {shown(text)}")
    return _date(field, *map(int, found.groups()))


def read_span(field: str, start: str, end: str) -> Span:
    """The part of a day between two times such as 09:00 and 12:30.

    An end that is not later than the start is one on the next day. 24:00 may end a span.
    """
    first, last = _minutes(field, start), _minutes(field, end)
    if first == DAY_MINUTES:
        _refuse(field, "starts at 24:00; that is 00:00 of the next day")
    if first == last:
        _refuse(
            field,
            f"starts and ends at {start.strip()}, so it is empty; a whole day is 00:00 to 24:00",
        )
    return Span(first, last if last > first else last + DAY_MINUTES)


def read_local(field: str, text: str) -> datetime:
    """A wall-clock time such as 2026-03-01T09:00, or a date, which means its midnight.

    One with an offset from UTC is refused: a wall clock has none.
    """
    text = text.strip()
    if _DATE.fullmatch(text):
        return midnight(read_date(field, text))
    if (local := _local(field, text)) is None:
        if (found := _OFFSET.fullmatch(text)) and _LOCAL.fullmatch(found[1]):
            _refuse(field, f"is a wall-clock time, so it has no offset from UTC: {shown(text)}")
        _refuse(field, f"must be a date or a time such as 2026-03-01T09:00, not {shown(text)}")
    return local


def read_instant(field: str, text: str, zone: ZoneInfo | None = None) -> datetime:
    """An instant such as 2026-03-01T09:00:00+01:00, in UTC.

    A time without an offset is a wall-clock time in `zone`, and refused if there is no zone.
    """
    text = text.strip()
    if (local := _local(field, text)) is not None:
        if zone is None:
            _refuse(
                field,
                f"has neither an offset from UTC nor a zone: {shown(text)}; write Z or +01:00 after"
                " it, or name the site",
            )
        return to_instant(local, zone)
    found = _OFFSET.fullmatch(text)
    local = _local(field, found[1]) if found else None
    if found is None or local is None:
        _refuse(
            field, f"must be a time as in RFC 3339, such as 2026-03-01T09:00:00Z, not {shown(text)}"
        )
    _, _, sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if ahead >= timedelta(days=1) or int(minutes or 0) > 59:
        _refuse(field, f"has no possible offset from UTC: {shown(text)}")
    return (local + ahead if sign == "-" else local - ahead).replace(tzinfo=UTC)


def read_whole(field: str, value: object, low: int, high: int, what: str) -> int:
    """A whole number of `what` within its bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        said = f"must be a whole number of {what} from {low:,} to {high:,}"
        _refuse(field, f"{said}, not {shown(str(value))}")
    return value


def shown(text: str) -> str:
    """A value as it stands in a reason: recognisable, printable and never long."""
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f"'{short}'" if short.isprintable() else ascii(short)


def _date(field: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse(field, f"must be in a year from {FIRST_YEAR} to {LAST_YEAR}, not {year}")
    try:
        return date(year, month, day)
    except ValueError:
        _refuse(field, f"no calendar has the date {year}-{month:02}-{day:02}")


def _minutes(field: str, text: str) -> int:
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = map(int, found.groups()) if found else (24, 60)
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        form = "a time of day such as 09:00, with two digits each"
        _refuse(field, f"must be {form}, not {shown(text)}")
    return hour * 60 + minute


def _local(field: str, text: str) -> datetime | None:
    """The wall-clock time, or `None` if the text has not its form."""
    if not (found := _LOCAL.fullmatch(text)):
        return None
    on = read_date(field, found[1])
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    if hour > 23 or minute > 59 or second > 59:
        _refuse(field, f"no clock shows {text[11:]}")
    return midnight(on) + timedelta(hours=hour, minutes=minute, seconds=second)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _refuse(field: str, reason: str) -> NoReturn:
    raise Refused(malformed(field, reason))
