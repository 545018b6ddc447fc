"""Times and lengths as an iCalendar file writes them.

Owns their forms in RFC 5545 and how long an event may be. Never knows which property it reads.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.planning.wall_clock import FIRST_YEAR, LAST_YEAR, shown
from firmhold.planning.zones import to_instant

LONGEST = timedelta(days=366)
"""What lasts longer is no slot that anyone could book."""

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W|(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?)",
    re.ASCII,
)


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


def read_time(text: str, where: str) -> datetime | date:
    """A time, in UTC or without a zone, or a date: sections 3.3.4 and 3.3.5. Raises `Unreadable`,
    with `where` it stands in front."""
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
    return datetime.combine(on, clock, UTC if found[7] else None)


def read_duration(text: str) -> Length:
    """A length such as PT30M (section 3.3.6). Raises `Unreadable`."""
    found = _DURATION.fullmatch(text.strip().upper())
    if not found or not any(found.groups()):
        raise Unreadable(f"has no DURATION such as PT30M: {shown(text)}")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in found.groups())
    exact = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return checked(Length(weeks * 7 + days, exact), "DURATION")


def checked(length: Length, name: str) -> Length:
    """The length itself. Raises `Unreadable`, with the `name` of the property, if it cannot be."""
    total = timedelta(days=length.days) + length.exact
    if total <= timedelta(0):
        raise Unreadable(f"does not end after it starts: see its {name}")
    if total > LONGEST:
        raise Unreadable(f"lasts more than {LONGEST.days} days")
    return length
