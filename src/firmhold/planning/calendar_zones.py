"""The zones of a calendar file: which one a name stands for, and whether the file means the same.

Owns how names of zones are understood. Times are always read by the IANA database, never by what a
file says of a zone; but where the file says otherwise, that is noticed, for somebody has it in a
calendar at another time.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.calendar_file import zone_name
from firmhold.planning.calendar_lines import RawZone
from firmhold.planning.recurrence import Budget, Start, dates, last_date
from firmhold.planning.rule import Frequency, Rule, read_rule
from firmhold.planning.wall_clock import shown
from firmhold.planning.zones import to_instant, zone_of

MAX_LISTED = 1_000
"""Dates of RDATE in one observance. No zone has changed its clocks so often."""

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(\d\d)(\d\d)?", re.ASCII)


class Zones:
    """The zones that a file's names stand for."""

    def __init__(
        self, raw: Mapping[str, RawZone], otherwise: ZoneInfo | None, budget: Budget
    ) -> None:
        """`otherwise` is the zone that was said with the file for names that nobody knows."""
        self._raw, self._otherwise, self._budget = raw, otherwise, budget
        self._known: dict[str, ZoneInfo] = {}
        self._described: dict[str, _Description | None] = {}

    def get(self, name: str) -> ZoneInfo:
        """The zone of this name. Raises `Refused` (`malformed_request`) if it cannot be told."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def contradiction(self, name: str, local: datetime) -> str | None:
        """What is to be said if the file has the clocks of this zone otherwise at that time than
        the database, or `None` if it has not, or does not say."""
        if name not in self._described:
            raw = self._raw.get(name)
            self._described[name] = None if raw is None else _description(raw, self._budget)
        description = self._described[name]
        if description is None:
            return None
        theirs = description.offset(local)
        ours = local.replace(tzinfo=UTC) - to_instant(local, self.get(name))
        if theirs == ours:
            return None
        return (
            f"is at {local:%Y-%m-%dT%H:%M} in {shown(name)}, which is {_shown(theirs)} by the file "
            f"and {_shown(ours)} in the IANA database"
        )

    def _find(self, name: str) -> ZoneInfo:
        place = self._raw[name].place if name in self._raw else None
        # Names such as /example.org/Europe/Berlin are globally unique and end with the IANA name.
        parts = name.strip("/").split("/")
        tries = [name, place, zone_name(name), *("/".join(parts[at:]) for at in range(len(parts)))]
        for text in tries:
            with suppress(Refused):
                if text:
                    return zone_of(text)
        if self._otherwise is not None:
            return self._otherwise
        reason = f"{shown(name)} is not a zone of the IANA database; say with zone which one it is"
        raise Refused(malformed("TZID", reason))


class _Observance(NamedTuple):
    """A part of a description: from when on the clocks are so far ahead of UTC."""

    begins: datetime
    """As all times here, by the clocks that it ends."""
    before: timedelta
    after: timedelta
    rule: Rule | None
    listed: tuple[datetime, ...]


class _Description:
    """What a file says of a zone."""

    def __init__(self, observances: Sequence[_Observance], budget: Budget) -> None:
        self._observances, self._budget = observances, budget
        self._first = min(observances).before
        self._years: dict[int, tuple[list[datetime], list[timedelta]]] = {}

    def offset(self, local: datetime) -> timedelta:
        """How far ahead of UTC the clocks are that show this time, for the first time if twice."""
        if local.year not in self._years:
            found = sorted(
                # What the clocks skip is still read by what was before.
                (onset + max(it.after - it.before, timedelta()), it.after)
                for it in self._observances
                for onset in self._onsets(it, local.year)
            )
            self._years[local.year] = [at for at, _ in found], [offset for _, offset in found]
        times, offsets = self._years[local.year]
        place = bisect_right(times, local)
        return offsets[place - 1] if place else self._first

    def _onsets(self, it: _Observance, year: int) -> list[datetime]:
        """When it begins: all times in the year, and what of the earlier ones may be the last."""
        onsets = [it.begins, *it.listed]
        if it.rule is not None:
            start = Start(it.begins.date(), it.begins.time())
            last = min(date(year, 12, 31), last_date(it.rule, start) or date.max)
            if start.on <= last:
                first = date(max(last.year - 2, 1), 1, 1)
                found = dates(it.rule, start, first, last, self._budget)
                onsets += [datetime.combine(on, start.at) for on in found]
        return onsets


def _description(raw: RawZone, budget: Budget) -> _Description | None:
    """`None` if it cannot be understood, or says nothing."""
    try:
        observances = [_observance(it) for it in raw.observances]
    except (KeyError, ValueError, OverflowError, Refused):
        return None
    return _Description(observances, budget) if observances else None


def _observance(properties: Mapping[str, Sequence[str]]) -> _Observance:
    before, after = (_offset(properties[name][0]) for name in ("TZOFFSETFROM", "TZOFFSETTO"))
    listed = [text for value in properties.get("RDATE", ()) for text in value.split(",")]
    rules = [read_rule(text) for text in properties.get("RRULE", ())]
    if len(listed) > MAX_LISTED or len(rules) > 1 or not all(map(_is_plain, rules)):
        raise ValueError("no zone's")
    begins = _time(properties["DTSTART"][0])
    rule = _in_wall_clock_time(rules[0], before) if rules else None
    return _Observance(begins, before, after, rule, tuple(map(_time, listed)))


def _is_plain(rule: Rule) -> bool:
    """Whether it is what zones are described by: the same days of each year."""
    return rule.frequency is Frequency.YEARLY and rule.interval == 1 and rule.times is None


def _in_wall_clock_time(rule: Rule, ahead: timedelta) -> Rule:
    """UNTIL is in UTC where zones are described, and everything else is not (section 3.6.5)."""
    until = rule.until
    if not isinstance(until, datetime) or until.tzinfo is None:
        return rule
    return rule._replace(until=until.replace(tzinfo=None) + ahead)


def _time(text: str) -> datetime:
    if not (found := _TIME.fullmatch(text.strip().upper())):
        raise ValueError("no time")
    year, month, day, hour, minute, second = map(int, found.groups())
    return datetime.combine(date(year, month, day), time(hour, minute, min(second, 59)))


def _offset(text: str) -> timedelta:
    if not (found := _OFFSET.fullmatch(text.strip())):
        raise ValueError("no offset")
    hours, minutes, seconds = (int(it or 0) for it in found.groups()[1:])
    ahead = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -ahead if found[1] == "-" else ahead


def _shown(offset: timedelta) -> str:
    minutes = round(abs(offset).total_seconds() / 60)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"
