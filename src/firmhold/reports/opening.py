"""For how long a site is open: its hours less what it is closed for, by its own clocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from firmhold.planning.rule import WEEKDAYS
from firmhold.planning.schedule import read_blackout
from firmhold.planning.wall_clock import read_span
from firmhold.planning.zones import to_instant, to_local

Span = tuple[datetime, datetime]
"""`[begins, ends)`."""

_DAY = timedelta(days=1)


def open_seconds(
    hours: Sequence[Mapping[str, Any]],
    blackouts: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
    steps: Sequence[Span],
) -> list[float]:
    """Seconds for which a site with these hours is open, in each of these steps, which follow each
    other. A night on which the clocks change is as long as it is."""
    since, until = steps[0][0], steps[-1][1]
    opened = _merged(_sessions(hours, zone, since, until))
    closed = _merged(_closures(blackouts, zone))
    return [max(0.0, _within(opened, step) - _shared(opened, closed, step)) for step in steps]


def _sessions(
    hours: Sequence[Mapping[str, Any]], zone: ZoneInfo, since: datetime, until: datetime
) -> Iterable[Span]:
    spans = [(it["day"], read_span("hours", it["opens"], it["closes"])) for it in hours]
    # From the day before: its night may last into the first one.
    on, last = to_local(since, zone).date() - _DAY, to_local(until, zone).date()
    while on <= last:
        for day, span in spans:
            if day == WEEKDAYS[on.weekday()]:
                yield to_instant(span.starts_on(on), zone), to_instant(span.ends_on(on), zone)
        on += _DAY


def _closures(blackouts: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Iterable[Span]:
    for it in blackouts:
        closure = read_blackout("blackouts", it["starts"], it["ends"])
        yield to_instant(closure.starts, zone), to_instant(closure.ends, zone)


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for begins, ends in sorted(spans):
        if merged and begins <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(ends, merged[-1][1])
        else:
            merged.append((begins, ends))
    return merged


def _within(spans: Iterable[Span], step: Span) -> float:
    return sum(_overlap(span, step) for span in spans)


def _shared(spans: Sequence[Span], others: Sequence[Span], step: Span) -> float:
    """Seconds of a step that are in both."""
    return sum(
        _overlap((max(a[0], b[0]), min(a[1], b[1])), step)
        for a in spans
        for b in others
        if a[0] < b[1] and b[0] < a[1]
    )


def _overlap(span: Span, step: Span) -> float:
    return max(0.0, (min(span[1], step[1]) - max(span[0], step[0])).total_seconds())
