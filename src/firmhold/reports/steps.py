"""Periods and the steps they are divided into, by the clocks of a place.

Counts are kept by quarters of an hour, so every border is at one. Wherever people live, clocks
differ from UTC by whole quarters; where they did not, long ago, it is said.
"""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.wall_clock import read_date, read_instant
from firmhold.planning.zones import midnight, to_instant, to_local, zone_of

QUARTER = 900
"""Seconds."""

MOST_STEPS = 1000
"""More points than a chart has room for; six weeks of hours, more than two years of days."""

LONGEST = timedelta(days=3660)
"""Ten years, which are 350,000 quarters of an hour."""

USUAL = timedelta(days=7)
"""Of a period of which the beginning is not said."""


class Every(StrEnum):
    """How long a step is."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    """From Monday on, as in ISO 8601."""
    MONTH = "month"


class Period(NamedTuple):
    """A half-open time, `[since, until)`, and its steps by the clocks of a zone."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    every: Every
    borders: tuple[datetime, ...]
    """Ascending: where steps begin, and where the last one ends. The first and the last step may be
    parts of an hour, a day, a week or a month."""

    @property
    def steps(self) -> list[tuple[datetime, datetime]]:
        """Each `[begins, ends)`."""
        return list(zip(self.borders, self.borders[1:], strict=False))

    @property
    def quarters(self) -> list[int]:
        """The borders, in quarters of an hour after 1970."""
        return [int(border.timestamp()) // QUARTER for border in self.borders]

    def local(self, at: datetime) -> datetime:
        """An instant with the offset from UTC that the zone has then."""
        return at.astimezone(self.zone)


def period_of(
    since: str | None, until: str | None, zone: str, every: Every, now: datetime
) -> Period:
    """The period that somebody asks for: dates or times, by the zone's clocks unless they have an
    offset from UTC. Unless given it ends with the step in which we are, and begins a week before it
    ends. Raises `Refused` (`malformed_request`), naming the field."""
    place = zone_of(zone)
    end = _instant("to", until, place) if until is not None else _after(now, place, every)
    begin = _instant("from", since, place) if since is not None else _before(end, place)
    for field, at in (("to", end), ("from", begin)):
        if at.timestamp() % QUARTER:
            raise Refused(malformed(field, "must be at a whole quarter of an hour"))
    if begin >= end:
        raise Refused(malformed("from" if until is None else "to", "the period is empty"))
    if end - begin > LONGEST:
        raise Refused(malformed("from", "a period is ten years at most"))
    return Period(begin, end, place, every, _borders(begin, end, place, every))


def _borders(begin: datetime, end: datetime, zone: ZoneInfo, every: Every) -> tuple[datetime, ...]:
    borders = [begin]
    while borders[-1] < end:
        if len(borders) > MOST_STEPS:
            raise Refused(
                malformed("every", f"would make more than {MOST_STEPS:,} steps of this period")
            )
        border = min(_after(borders[-1], zone, every), end)
        if border.timestamp() % QUARTER:
            raise Refused(
                malformed("zone", "its clocks were not set by quarters of an hour at that time")
            )
        borders.append(border)
    return tuple(borders)


def _after(at: datetime, zone: ZoneInfo, every: Every) -> datetime:
    """The first border after an instant."""
    if every is Every.HOUR:
        return _next_hour(at, zone)
    on = to_local(at, zone).date()
    while True:
        on = _next_date(on, every)
        # A date that is left out where the date line was moved begins when the next one does.
        if (border := to_instant(midnight(on), zone)) > at:
            return border


def _next_date(on: date, every: Every) -> date:
    if every is Every.DAY:
        return on + timedelta(days=1)
    if every is Every.WEEK:
        return on + timedelta(days=7 - on.weekday())
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def _next_hour(at: datetime, zone: ZoneInfo) -> datetime:
    """When the clocks show a whole hour next; where they are moved by half of one, half an hour
    later."""
    past = to_local(at, zone)
    guess = at + (past.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) - past)
    late = to_local(guess, zone).minute
    return guess + timedelta(minutes=60 - late) if late else guess


def _before(end: datetime, zone: ZoneInfo) -> datetime:
    return to_instant(to_local(end, zone) - USUAL, zone)


def _instant(field: str, text: str, zone: ZoneInfo) -> datetime:
    if len(text.strip()) == len("2026-03-01"):
        return to_instant(midnight(read_date(field, text)), zone).replace(tzinfo=UTC)
    return read_instant(field, text, zone)
