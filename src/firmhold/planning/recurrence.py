"""The dates on which a rule falls.

Owns the expansion of a rule (RFC 5545, section 3.3.10) and its bounds. Works on dates alone, so no
change of the clocks can shift anything here; and never expands more than a window, so a rule
without an end costs no more than one that has one.

A period is a day, a week, a month or a year, as FREQ says. Its dates are those that satisfy every
part of the rule: where the RFC speaks of parts that expand and parts that limit, both come to this.
What a rule leaves open is taken from its start. BYSETPOS then picks from all dates of the period,
also those before the start. A year is a calendar year, also where BYWEEKNO counts its weeks.

No library does it. python-dateutil 4.0 puts the first days of some years into week 53 where they
are in week 52, reads BYWEEKNO alone as whole weeks and BYDAY=MO,2TU as nothing, begins a week in
its middle for BYSETPOS, and searches to the year 9999 for a date that there is not, which takes
seconds. The tests compare with it where it is right, with libical, and with the RFC's examples.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.rule import Frequency, Rule, within_months
from firmhold.planning.zones import to_instant

MAX_DATES = 20_000
"""Dates of one expansion: 54 years of days, more than any plan of slots can use."""

MAX_WINDOW = timedelta(days=36_525)
"""The longest stretch that is searched: a century, in which every rule that people mean has fallen
on some date. It bounds the work for rules that fall on none."""

_DAY = timedelta(days=1)
_UTC = ZoneInfo("UTC")

Check = Callable[[date], bool]


class Exhausted(Exception):
    """More days would have to be looked at than there may be."""


class Budget:
    """How many days may be looked at, by all expansions of what somebody sends at once."""

    def __init__(self, days: int) -> None:
        self._days = days

    def spend(self, days: int) -> None:
        """Raises `Exhausted` when there are no more."""
        self._days -= days
        if self._days < 0:
            raise Exhausted


class Start(NamedTuple):
    """Where a recurrence begins: the DTSTART of RFC 5545, in wall-clock time."""

    on: date
    """The earliest date. It is among the dates only if the rule falls on it."""
    at: time = time.min
    """Time of day of what recurs. Only an UNTIL that has a time of day is compared with it."""
    zone: ZoneInfo = _UTC


def dates(
    rule: Rule, start: Start, first: date, last: date, budget: Budget | None = None
) -> list[date]:
    """The dates from `first` to `last`, both included, on which the rule falls, in their order.

    Raises `Refused` (`malformed_request`) if there are more than `MAX_DATES`, or if the window is
    longer than `MAX_WINDOW`; and `Exhausted` if it takes more than `budget`.
    """
    if last - first > MAX_WINDOW:
        reason = f"is more than {MAX_WINDOW.days:,} days after {first}; choose a shorter time"
        raise Refused(malformed("to", reason))
    found: list[date] = []
    for on in _expand(rule, start, first, last, budget):
        if len(found) == MAX_DATES:
            reason = f"falls on more than {MAX_DATES:,} dates from {first} to {last}"
            raise Refused(malformed("rule", reason))
        found.append(on)
    return found


def first_date(rule: Rule, start: Start, field: str = "rule") -> date:
    """The first date on which the rule falls.

    Raises `Refused` (`malformed_request`) if there is none within a century of the start, as with
    30 February.
    """
    end = last_date(rule, start)
    if end is not None and end < start.on:
        raise Refused(malformed(f"{field}.UNTIL", f"is before the start on {start.on}"))
    horizon = start.on + MAX_WINDOW
    for on in _expand(rule, start, start.on, horizon):
        return on
    span = f"from {start.on} to {min(horizon, end or horizon)}"
    raise Refused(malformed(field, f"falls on no date {span}: {rule}"))


def next_date(rule: Rule, start: Start, since: date) -> date | None:
    """The first date from `since` on, within a century, on which the rule falls."""
    since = max(since, start.on)
    return next(_expand(rule, start, since, since + MAX_WINDOW), None)


def last_date(rule: Rule, start: Start) -> date | None:
    """The last date that UNTIL allows, or `None` without UNTIL.

    An UNTIL with a time of day allows a date if what recurs starts by then on it.
    """
    until = rule.until
    if not isinstance(until, datetime):
        return until
    if until.tzinfo is None:
        on = until.date()
        return on if start.at <= until.time() else on - _DAY
    # The local date of that instant, or the date beside it if the clocks change around midnight.
    on = until.astimezone(start.zone).date() + _DAY
    while to_instant(datetime.combine(on, start.at), start.zone) > until.astimezone(UTC):
        on -= _DAY
    return on


def _expand(
    rule: Rule, start: Start, first: date, last: date, budget: Budget | None = None
) -> Iterator[date]:
    end = last_date(rule, start)
    last = last if end is None else min(last, end)
    # Without COUNT nothing before the window matters, however long ago the rule started.
    begin = start.on if rule.times is not None else max(first, start.on)
    checks = list(_checks(rule, start.on))
    left = rule.times
    for period in _periods(rule, start.on, begin, last):
        if budget is not None:
            budget.spend(1 + len(period))
        chosen = [on for on in period if all(check(on) for check in checks)]
        for on in _at_positions(rule, chosen) if rule.positions else chosen:
            if on < start.on:
                continue
            if on > last or left == 0:
                return
            if left is not None:
                left -= 1
            if on >= first:
                yield on


def _at_positions(rule: Rule, chosen: list[date]) -> list[date]:
    size = len(chosen)
    places = {place - 1 if place > 0 else size + place for place in rule.positions}
    return [chosen[place] for place in sorted(places) if 0 <= place < size]


# --- periods ---


def _periods(rule: Rule, start: date, begin: date, last: date) -> Iterator[list[date]]:
    """The days of each period that has some from `begin` to `last`, in steps of the interval.

    The steps are counted from the period that contains `start`.
    """
    step = rule.interval
    match rule.frequency:
        case Frequency.DAILY:
            on = start + _DAY * ((begin - start).days // step * step)
            while on <= last:
                yield [on]
                on += _DAY * step
        case Frequency.WEEKLY:
            week = start - _DAY * ((start.weekday() - rule.week_start) % 7)
            week += _DAY * ((begin - week).days // (7 * step) * 7 * step)
            while week <= last:
                yield [week + _DAY * day for day in range(7)]
                week += _DAY * 7 * step
        case Frequency.MONTHLY:
            origin, here = _month(start), _month(begin)
            for month in range(here - (here - origin) % step, _month(last) + 1, step):
                yield list(_days_of_month(rule, *divmod(month, 12)))
        case Frequency.YEARLY:
            for year in range(begin.year - (begin.year - start.year) % step, last.year + 1, step):
                yield [on for month in range(12) for on in _days_of_month(rule, year, month)]


def _month(on: date) -> int:
    """Months since the year 0."""
    return on.year * 12 + on.month - 1


def _days_of_month(rule: Rule, year: int, month: int) -> Iterator[date]:
    """The days of a month (0 is January), unless the rule has no use for it."""
    if not rule.months or month + 1 in rule.months:
        for day in range(monthrange(year, month + 1)[1]):
            yield date(year, month + 1, day + 1)


# --- parts ---


def _checks(rule: Rule, start: date) -> Iterator[Check]:
    """What a date has to satisfy: each part that is given, and the start where one is missing."""
    if rule.months:
        yield lambda on: on.month in rule.months
    if rule.week_numbers:
        weeks = frozenset(rule.week_numbers)
        yield lambda on: not weeks.isdisjoint(_week_numbers(on, rule.week_start))
    if rule.year_days:
        year_days = frozenset(rule.year_days)
        yield lambda on: not year_days.isdisjoint(_year_days(on))
    if rule.month_days:
        month_days = frozenset(rule.month_days)
        yield lambda on: not month_days.isdisjoint(_month_days(on))
    if rule.days:
        yield _day_check(rule)
    if rule.year_days or rule.month_days or rule.days:
        return
    if rule.frequency is Frequency.WEEKLY or rule.week_numbers:
        yield lambda on: on.weekday() == start.weekday()
    elif rule.frequency is not Frequency.DAILY:
        yield lambda on: on.day == start.day
        if rule.frequency is Frequency.YEARLY and not rule.months:
            yield lambda on: on.month == start.month


def _day_check(rule: Rule) -> Check:
    plain = {day.weekday for day in rule.days if not day.ordinal}
    numbered = {(day.weekday, day.ordinal) for day in rule.days if day.ordinal}
    if not numbered:
        return lambda on: on.weekday() in plain
    numbers = _month_days if within_months(rule) else _year_days

    def check(on: date) -> bool:
        weekday = on.weekday()
        if weekday in plain:
            return True
        # The 8th to the 14th of a month are its second of a kind; from the back -8 to -14 are.
        front, back = numbers(on)
        ordinals = (front + 6) // 7, -((6 - back) // 7)
        return any((weekday, ordinal) in numbered for ordinal in ordinals)

    return check


def _month_days(on: date) -> tuple[int, int]:
    """The number of a day in its month, from the front and from the back."""
    return on.day, on.day - monthrange(on.year, on.month)[1] - 1


def _year_days(on: date) -> tuple[int, int]:
    """The number of a day in its year, from the front and from the back."""
    number = on.timetuple().tm_yday
    return number, number - _year_length(on.year) - 1


def _week_numbers(on: date, week_start: int) -> tuple[int, int]:
    """The number of a day's week, from the front and from the back of the year it belongs to.

    A week belongs to the year that has its fourth day, as in ISO 8601.
    """
    fourth = on + _DAY * (3 - (on.weekday() - week_start) % 7)
    day = fourth.timetuple().tm_yday
    number = (day + 6) // 7
    weeks = number + (_year_length(fourth.year) - day) // 7
    return number, number - weeks - 1


def _year_length(year: int) -> int:
    return 366 if isleap(year) else 365
