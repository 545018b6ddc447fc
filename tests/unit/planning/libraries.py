"""What independent libraries say about the dates of a rule.

Knows nothing of the code under test.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]  # has no types

from tests.unit.planning.kinds import DATEUTIL_DIFFERS
from tests.unit.planning.oracle import NAMES


@cache
def of_dateutil(rule: str, start: date, last: date) -> list[date]:
    """The dates of python-dateutil from `start` to `last`."""
    moments = rrulestr(rule, dtstart=datetime.combine(start, time.min))
    return [at.date() for at in takewhile(lambda at: at.date() <= last, moments)]


def of_a_library(rule: str, start: date, last: date) -> list[date]:
    """The dates of python-dateutil, asked in words that it does not misread; or those of the weeks
    of Python's own calendar, where there are no such words."""
    differs = DATEUTIL_DIFFERS.get(rule)
    if differs is None:
        return of_dateutil(rule, start, last)
    if not differs.words:
        return of_calendar_weeks(rule, start, last)
    words = [each.format(day=NAMES[start.weekday()]) for each in differs.words]
    return sorted({on for each in words for on in of_dateutil(each, start, last)})


def of_calendar_weeks(rule: str, start: date, last: date) -> list[date]:
    """Every date that has one of the weeks and one of the weekdays, as `date.isocalendar` says."""
    parts = dict(piece.split("=") for piece in rule.split(";"))
    assert parts.keys() == {"FREQ", "BYWEEKNO", "BYDAY"}, "no other part is understood"
    weeks = {int(week) for week in parts["BYWEEKNO"].split(",")}
    weekdays = {NAMES.index(name) + 1 for name in parts["BYDAY"].split(",")}
    found = []
    for days in range((last - start).days + 1):
        on = start + timedelta(days=days)
        year, week, weekday = on.isocalendar()
        # 28 December is always in the last week of its year.
        weeks_of_the_year = date(year, 12, 28).isocalendar().week
        if weekday in weekdays and not weeks.isdisjoint({week, week - weeks_of_the_year - 1}):
            found.append(on)
    return found


@cache
def instants_of_dateutil(place: str, at: time, start: date, last: date) -> dict[date, datetime]:
    """For every date from `start` to `last` the instant of a time of day in a time zone, as
    python-dateutil recurs in it and `zoneinfo` reads it, in UTC."""
    moments = rrulestr("FREQ=DAILY", dtstart=datetime.combine(start, at, ZoneInfo(place)))
    through = takewhile(lambda moment: moment.date() <= last, moments)
    return {moment.date(): moment.astimezone(UTC) for moment in through}


def daily_until(until: datetime, start: datetime) -> list[date]:
    """The dates of python-dateutil for every day from `start` to an instant, both with a zone."""
    rule = f"FREQ=DAILY;UNTIL={until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    return [moment.date() for moment in rrulestr(rule, dtstart=start)]
