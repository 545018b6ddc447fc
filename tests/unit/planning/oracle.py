"""What RFC 5545 says, done the slow way: every day is looked at, and asked about every part.

Knows nothing of the code under test but the values that it reads, and no library. Where the RFC's
table (section 3.3.10) says that a part expands or limits, both come to the same here: a day belongs
to a period's set if it satisfies every part that is given, and those taken from the start where a
part is missing that would name the day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import cache

ONE = timedelta(days=1)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def occurrences(text: str, start: date, last: date) -> list[date]:
    """Every date of the rule from `start` to `last`. UNTIL has to be a date."""
    parts = dict(piece.split("=") for piece in text.split(";"))
    found: list[date] = []
    for period in periods(parts, start, last):
        chosen = [day for day in period if belongs(day, parts, start)]
        if "BYSETPOS" in parts:
            chosen = at_positions(chosen, [int(n) for n in parts["BYSETPOS"].split(",")])
        found += [day for day in chosen if start <= day <= last]
    if "UNTIL" in parts:
        found = [day for day in found if f"{day:%Y%m%d}" <= parts["UNTIL"]]
    return found[: int(parts["COUNT"])] if "COUNT" in parts else found


def periods(parts: dict[str, str], start: date, last: date) -> Iterator[list[date]]:
    """The days of each period, from the one that holds the start, in steps of the interval."""
    keys: dict[str, Callable[[date], object]] = {
        "DAILY": lambda day: day.toordinal(),
        "WEEKLY": lambda day: first_of_week(day, parts.get("WKST", "MO")).toordinal(),
        "MONTHLY": lambda day: (day.year, day.month),
        "YEARLY": lambda day: day.year,
    }
    key = keys[parts["FREQ"]]
    day = start
    while key(day - ONE) == key(start):
        day -= ONE
    number = 0
    while day <= last:
        days = []
        this = key(day)
        while key(day) == this:
            days.append(day)
            day += ONE
        if number % int(parts.get("INTERVAL", "1")) == 0:
            yield days
        number += 1


def belongs(day: date, parts: dict[str, str], start: date) -> bool:
    names_days = {"BYYEARDAY", "BYMONTHDAY", "BYDAY"} & parts.keys()
    checks = [
        "BYMONTH" not in parts or day.month in numbers(parts, "BYMONTH"),
        "BYWEEKNO" not in parts
        or bool(week_numbers(day, parts.get("WKST", "MO")) & numbers(parts, "BYWEEKNO")),
        "BYYEARDAY" not in parts or bool(year_days(day) & numbers(parts, "BYYEARDAY")),
        "BYMONTHDAY" not in parts or bool(month_days(day) & numbers(parts, "BYMONTHDAY")),
        "BYDAY" not in parts or is_one_of(day, parts),
    ]
    if not names_days:
        match parts["FREQ"]:
            case "WEEKLY":
                checks.append(day.weekday() == start.weekday())
            case "MONTHLY":
                checks.append(day.day == start.day)
            case "YEARLY" if "BYWEEKNO" in parts:
                checks.append(day.weekday() == start.weekday())
            case "YEARLY":
                checks.append(day.day == start.day)
                checks.append("BYMONTH" in parts or day.month == start.month)
    return all(checks)


def is_one_of(day: date, parts: dict[str, str]) -> bool:
    """Whether BYDAY names the day, its number counted in the month or the year."""
    in_month = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    for name in parts["BYDAY"].split(","):
        if NAMES[day.weekday()] != name[-2:]:
            continue
        if not name[:-2]:
            return True
        forwards = backwards = 0
        other = day
        while (other.year, in_month and other.month) == (day.year, in_month and day.month):
            forwards, other = forwards + 1, other - 7 * ONE
        other = day
        while (other.year, in_month and other.month) == (day.year, in_month and day.month):
            backwards, other = backwards - 1, other + 7 * ONE
        if int(name[:-2]) in {forwards, backwards}:
            return True
    return False


@cache
def first_of_week(day: date, week_start: str) -> date:
    while NAMES[day.weekday()] != week_start:
        day -= ONE
    return day


@cache
def week_numbers(day: date, week_start: str) -> set[int]:
    """The number of the day's week, from the first and from the last of the year it belongs to.

    A week belongs to the year that has at least four of its days.
    """
    monday = first_of_week(day, week_start)
    year = (monday + 3 * ONE).year
    week = first_of_week(date(year, 1, 4), week_start)
    weeks = []
    while (week + 3 * ONE).year == year:
        weeks.append(week)
        week += 7 * ONE
    place = weeks.index(monday)
    return {place + 1, place - len(weeks)}


@cache
def year_days(day: date) -> set[int]:
    before, after = date(day.year - 1, 12, 31), date(day.year + 1, 1, 1)
    return {(day - before).days, (day - after).days}


@cache
def month_days(day: date) -> set[int]:
    length = next(n for n in (31, 30, 29, 28) if (date(day.year, day.month, 1) + n * ONE).day == 1)
    return {day.day, day.day - length - 1}


def numbers(parts: dict[str, str], name: str) -> set[int]:
    return {int(n) for n in parts[name].split(",")}


def at_positions(days: list[date], positions: list[int]) -> list[date]:
    size = len(days)
    places = {n - 1 if n > 0 else size + n for n in positions}
    return [day for place, day in enumerate(days) if place in places]
