"""Ten years of a rule, in eight places, at the instants that RFC 5545 says.

The dates are the oracle's and the offsets those that `zdump` gives, so neither a library for rules
nor Python's reading of the time zone database has a part in what is expected.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from firmhold.planning.calendar_slots import read_calendar
from firmhold.planning.plan import plan
from firmhold.planning.rule import read_rule
from firmhold.planning.schedule import Schedule
from firmhold.planning.wall_clock import Span
from tests.unit.planning.build import day
from tests.unit.planning.offsets import PLACES
from tests.unit.planning.oracle import occurrences

RULES = [
    "FREQ=DAILY",
    "FREQ=DAILY;INTERVAL=13",
    "FREQ=WEEKLY;BYDAY=SU",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SA,SU;WKST=SU",
    "FREQ=MONTHLY;BYMONTHDAY=-1,-2,13",
    "FREQ=MONTHLY;BYDAY=-1SU,1SU,2SU",
    "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1",
    "FREQ=YEARLY;BYMONTH=3,4,10,11,12;BYDAY=SU",
    "FREQ=YEARLY;BYWEEKNO=10,11,12,13,43,44,45,52;BYDAY=SU,FR",
    "FREQ=YEARLY;BYYEARDAY=364,-1,80,100,300;UNTIL=20181231",
]
# Half an hour into the gaps and overlaps of each place, and where nothing ever happens.
CLOCKS = [time(0), time(0, 30), time(1, 45), time(2, 15), time(2, 30), time(23, 30), time(12)]
START, LAST = day("2010-01-03"), day("2020-01-02")


SKIPPED = day("2011-12-30")
"""The date that Samoa went without."""


@cache
def days_of(rule: str) -> list[date]:
    return occurrences(rule, START, LAST)


def case(rule: str, place: str) -> tuple[time, list[date], list[datetime]]:
    """A time of day, the dates of ten years, and the instants that are expected."""
    at = CLOCKS[(RULES.index(rule) + list(PLACES).index(place)) % len(CLOCKS)]
    on = days_of(rule)
    assert len(on) > 40
    return at, on, [PLACES[place].to_instant(datetime.combine(each, at)) for each in on]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULES)
def test_ten_years_of_an_event(rule: str, place: str) -> None:
    at, on, expected = case(rule, place)
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDURATION:PT30M\n"
        f"DTSTART;TZID={place}:{on[0]:%Y%m%d}T{at:%H%M%S}\nRRULE:{rule}\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    read = read_calendar(text, ZoneInfo(place), START, LAST)
    assert read.problems == []
    assert [slot.starts_at for slot in read.slots] == sorted(set(expected))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULES)
def test_ten_years_of_a_schedule(rule: str, place: str) -> None:
    at, on, expected = case(rule, place)
    # One slot a day, with room enough before closing to be moved.
    opens = at.hour * 60 + at.minute
    schedule = Schedule(
        zone=ZoneInfo(place),
        rule=read_rule(rule),
        starts_on=START,
        sessions=(Span(opens, opens + 300),),
        gap_minutes=1440,
    )
    made = plan(schedule, START, LAST)
    if place == "Pacific/Apia" and {SKIPPED, SKIPPED + timedelta(days=1)} <= set(on):
        # Moved to where the next day has a slot of its own.
        expected.pop(on.index(SKIPPED))
    assert [slot.starts_at for slot in made.slots] == expected
    assert {slot.ends_at - slot.starts_at for slot in made.slots} == {timedelta(minutes=30)}
