"""What a recurrence rule says: its parts, read from the text of an RRULE and checked.

Owns the grammar of RFC 5545, section 3.3.10, as far as a rule that names days needs it, and the
words for what is refused. Never says on which dates a rule falls.

Refused, though the RFC knows them, are rules that repeat within a day and parts that name times of
day: a schedule's times are its opening hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple, NoReturn

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.wall_clock import FIRST_YEAR, LAST_YEAR, shown

LONGEST_RULE = 2_000
"""Characters. A rule that lists every day of a year has fewer."""

MAX_INTERVAL = 1_000
"""Beyond it, even days are years apart."""

MAX_COUNT = 20_000
"""Dates are counted one by one from the start, so this bounds the work; it is 54 years of days."""

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""In the order of `date.weekday()`."""


class Frequency(StrEnum):
    """What is repeated: the period within which the other parts choose days."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Day(NamedTuple):
    """A day of the week, or one such day of a month or year."""

    weekday: int
    """0 is Monday, as in `date.weekday()`."""
    ordinal: int = 0
    """2 is the second, -1 the last one of the month or year; 0 is every one."""

    def __str__(self) -> str:
        return f"{self.ordinal or ''}{WEEKDAYS[self.weekday]}"


class Rule(NamedTuple):
    """A recurrence rule whose parts are each valid and fit together. Empty means: not given."""

    frequency: Frequency
    interval: int = 1
    times: int | None = None
    """COUNT: how many dates there are in all."""
    until: date | datetime | None = None
    """The last date; or the last time, by the wall clock if it has no `tzinfo`, else in UTC."""
    months: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[Day, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    def __str__(self) -> str:
        """The rule as text, in the order of the RFC and without what goes without saying."""
        lists = (
            ("BYMONTH", self.months),
            ("BYWEEKNO", self.week_numbers),
            ("BYYEARDAY", self.year_days),
            ("BYMONTHDAY", self.month_days),
            ("BYDAY", self.days),
            ("BYSETPOS", self.positions),
        )
        parts = [f"FREQ={self.frequency}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.times is not None:
            parts.append(f"COUNT={self.times}")
        if self.until is not None:
            parts.append(f"UNTIL={_until_text(self.until)}")
        parts += [f"{name}={','.join(map(str, values))}" for name, values in lists if values]
        if self.week_start:
            parts.append(f"WKST={WEEKDAYS[self.week_start]}")
        return ";".join(parts)


def read_rule(text: str, field: str = "rule") -> Rule:
    """The rule of an RRULE's text, such as FREQ=WEEKLY;BYDAY=MO,WE.

    Raises `Refused` (`malformed_request`); the refused field is `field` and the part's name, as in
    `rule.BYDAY`.
    """
    text = text.strip().upper().removeprefix("RRULE:")
    if not text:
        _refuse(field, "is required, such as FREQ=WEEKLY;BYDAY=MO,WE")
    if len(text) > LONGEST_RULE:
        _refuse(field, f"has {len(text):,} characters; at most {LONGEST_RULE:,} are read")
    parts: dict[str, str] = {}
    for piece in text.split(";"):
        name, equals, value = piece.partition("=")
        where = f"{field}.{name}"
        if not equals:
            _refuse(field, f"must be parts such as FREQ=WEEKLY with ; between, not {shown(piece)}")
        if name in parts:
            _refuse(where, "is there twice")
        if name in _TIMES:
            _refuse(where, "a rule names days; the times of day are the opening hours")
        if name not in _PARTS:
            _refuse(field, f"{shown(name)} is not a part of a rule in RFC 5545")
        parts[name] = value
    if "FREQ" not in parts:
        _refuse(f"{field}.FREQ", "is required: DAILY, WEEKLY, MONTHLY or YEARLY")
    read = {_PARTS[name][0]: _PARTS[name][1](f"{field}.{name}", v) for name, v in parts.items()}
    rule = Rule(**read)  # type: ignore[arg-type]  # each reader makes what its member holds
    _check(field, rule)
    return rule


def _check(field: str, rule: Rule) -> None:
    """Refuse parts that RFC 5545 does not let stand together."""
    frequency, yearly = rule.frequency, rule.frequency is Frequency.YEARLY
    if rule.times is not None and rule.until is not None:
        _refuse(f"{field}.UNTIL", "cannot stand beside COUNT; a rule has one end")
    if rule.week_numbers and not yearly:
        _refuse(f"{field}.BYWEEKNO", f"needs FREQ=YEARLY, not {frequency}")
    if rule.year_days and not yearly:
        _refuse(f"{field}.BYYEARDAY", f"needs FREQ=YEARLY, not {frequency}")
    if rule.month_days and frequency is Frequency.WEEKLY:
        _refuse(f"{field}.BYMONTHDAY", "cannot stand beside FREQ=WEEKLY")
    chosen = (rule.months, rule.week_numbers, rule.year_days, rule.month_days, rule.days)
    if rule.positions and not any(chosen):
        _refuse(f"{field}.BYSETPOS", "chooses among days that another BY… part has to name")
    if any(day.ordinal for day in rule.days):
        if frequency not in {Frequency.MONTHLY, Frequency.YEARLY}:
            _refuse(f"{field}.BYDAY", f"a number before a day needs MONTHLY or YEARLY: {rule}")
        if rule.week_numbers:
            _refuse(f"{field}.BYDAY", "a number before a day cannot stand beside BYWEEKNO")
        if within_months(rule) and any(abs(day.ordinal) > 5 for day in rule.days):
            _refuse(f"{field}.BYDAY", "no month has a sixth day of a kind; it counts from 1 to 5")


def within_months(rule: Rule) -> bool:
    """Whether the numbers before days count within a month, rather than within a year."""
    return rule.frequency is Frequency.MONTHLY or bool(rule.months)


def _frequency(where: str, text: str) -> Frequency:
    if text in {"HOURLY", "MINUTELY", "SECONDLY"}:
        _refuse(where, f"{text} repeats within a day; times of day are the opening hours")
    try:
        return Frequency(text)
    except ValueError:
        _refuse(where, f"must be DAILY, WEEKLY, MONTHLY or YEARLY, not {shown(text)}")


def _number(low: int, high: int) -> Callable[[str, str], int]:
    def read(where: str, text: str) -> int:
        if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or not low <= int(text) <= high:
            _refuse(where, f"must be a whole number from {low} to {high:,}, not {shown(text)}")
        return int(text)

    return read


def _numbers(high: int, *, backwards: bool = True) -> Callable[[str, str], tuple[int, ...]]:
    allowed = f"from 1 to {high}" + (f" or from -{high} to -1" if backwards else "")
    form = re.compile(r"[+-]?\d{1,3}" if backwards else r"\d{1,3}", re.ASCII)

    def read(where: str, text: str) -> tuple[int, ...]:
        values = []
        for piece in text.split(","):
            if not form.fullmatch(piece) or not 1 <= abs(int(piece)) <= high:
                _refuse(where, f"must be numbers {allowed}, not {shown(piece)}")
            values.append(int(piece))
        return tuple(dict.fromkeys(values))

    return read


def _days(where: str, text: str) -> tuple[Day, ...]:
    values = []
    for piece in text.split(","):
        found = re.fullmatch(r"([+-]?\d{1,2})?([A-Z]{2})", piece, re.ASCII)
        if not found or found[2] not in WEEKDAYS:
            _refuse(where, f"must be days such as MO or 2TU or -1FR, not {shown(piece)}")
        if found[1] and not 1 <= abs(int(found[1])) <= 53:
            _refuse(where, f"counts days from 1 to 53 or from -53 to -1, not {shown(piece)}")
        values.append(Day(WEEKDAYS.index(found[2]), int(found[1] or 0)))
    return tuple(dict.fromkeys(values))


def _week_start(where: str, text: str) -> int:
    if text not in WEEKDAYS:
        _refuse(where, f"must be one of {', '.join(WEEKDAYS)}, not {shown(text)}")
    return WEEKDAYS.index(text)


def _until(where: str, text: str) -> date | datetime:
    form = r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?"
    if not (found := re.fullmatch(form, text, re.ASCII)):
        _refuse(where, f"must be as 20261231, 20261231T170000 or …Z for UTC, not {shown(text)}")
    year, month, day, hour, minute, second = (int(found[place] or 0) for place in range(1, 7))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        _refuse(where, f"must be in a year from {FIRST_YEAR} to {LAST_YEAR}, not {year}")
    try:
        if found[4] is None:
            return date(year, month, day)
        zone = UTC if found[7] else None
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
    except ValueError:
        _refuse(where, f"no calendar or clock has {shown(text)}")


def _until_text(until: date | datetime) -> str:
    if not isinstance(until, datetime):
        return f"{until:%Y%m%d}"
    return f"{until:%Y%m%dT%H%M%S}" + ("Z" if until.tzinfo else "")


def _refuse(where: str, reason: str) -> NoReturn:
    raise Refused(malformed(where, reason))


_TIMES = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_PARTS: dict[str, tuple[str, Callable[[str, str], object]]] = {
    "FREQ": ("frequency", _frequency),
    "INTERVAL": ("interval", _number(1, MAX_INTERVAL)),
    "COUNT": ("times", _number(1, MAX_COUNT)),
    "UNTIL": ("until", _until),
    "BYMONTH": ("months", _numbers(12, backwards=False)),
    "BYWEEKNO": ("week_numbers", _numbers(53)),
    "BYYEARDAY": ("year_days", _numbers(366)),
    "BYMONTHDAY": ("month_days", _numbers(31)),
    "BYDAY": ("days", _days),
    "BYSETPOS": ("positions", _numbers(366)),
    "WKST": ("week_start", _week_start),
}
"""The parts of a rule: the member of `Rule` that each is, and what reads it."""
