"""Ten years of every kind of rule, in eight zones and at nine times of day, at the instants that a
library gives and RFC 5545 says.

The dates and the instants are those of python-dateutil with Python's `zoneinfo`. Before they are
believed they are compared with the changes of the clocks that `zdump` printed (see `offsets`), read
as the RFC's section 3.3.5 says: a time in a gap has the offset before the gap, and one that occurs
twice is the first. Section 3.3.10 says the same of the times of a rule, at its end.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from firmhold.planning.calendar_slots import read_calendar
from firmhold.planning.plan import MAX_SLOTS, PlannedSlot, plan
from firmhold.planning.recurrence import Start, dates
from firmhold.planning.rule import read_rule
from firmhold.planning.schedule import read_schedule
from tests.unit.planning.ask_libical import end_of
from tests.unit.planning.kinds import KINDS, STARTS
from tests.unit.planning.libraries import daily_until, instants_of_dateutil, of_a_library
from tests.unit.planning.offsets import PLACES

RULES = [
    *KINDS,
    # Kinds from above, on days on which clocks are changed: most are Sundays in spring and autumn.
    WEEKENDS := "FREQ=WEEKLY;BYDAY=SA,SU;COUNT=1000",
    "FREQ=WEEKLY;INTERVAL=5;BYDAY=MO,FR,SU;WKST=SU",
    "FREQ=MONTHLY;BYDAY=-1SU,1SU,2SU",
    "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=-1,-2,13",
    "FREQ=YEARLY;BYMONTH=3,4,9,10,11;BYDAY=SU",
    "FREQ=YEARLY;BYWEEKNO=10,11,12,13,39,40,43,44;BYDAY=SU,FR",
    # The date that Samoa skipped, the one after it, and an end that is itself a date.
    "FREQ=YEARLY;BYYEARDAY=364,-1,80,100,300;UNTIL=20181231",
]
CLOCKS = [
    time(0, 0),  # in gaps of Casablanca until 2011 and of Apia in 2010, in overlaps of St. John's
    time(0, 30),  # in the gap of St. John's until 2011
    time(1, 45),  # in the overlaps of New York and Lord Howe
    time(2, 0),  # where most gaps begin
    time(2, 15),  # within the half hour that Lord Howe skips
    time(2, 30),  # where that half hour is over, and in the middle of the whole hours of others
    time(3, 30),  # in the gaps and overlaps of Apia from 2011 on
    time(9, 0),  # nothing happens but in Apia's date without a day
    time(23, 45),  # in the overlaps of Casablanca and St. John's that end at midnight
]
"""So far apart, also where a gap moves one of them, that two slots of a minute are in each other's
way only if they start at one instant."""

START, LAST = STARTS[0], end_of(STARTS[0])
DAY = timedelta(days=1)

RESTLESS = [place for place, offsets in PLACES.items() if len(offsets.since) > 1]
"""Where clocks are changed."""


@cache
def days_of(rule: str) -> list[date]:
    found = of_a_library(rule, START, LAST)
    assert found
    return found


def clocks_of(rule: str) -> list[time]:
    """All, but three for rules with many dates, each rule other ones: there are half a million
    slots as it is."""
    if rule == WEEKENDS or len(days_of(rule)) <= 250:
        return CLOCKS
    return CLOCKS[RULES.index(rule) % 3 :: 3]


def clock_of_an_event(rule: str, place: str) -> time:
    """Only one, because each event is a file to be read; every time of day has its turn."""
    return CLOCKS[(RULES.index(rule) + list(PLACES).index(place)) % len(CLOCKS)]


def instants_of(rule: str, place: str, clocks: list[time]) -> list[datetime]:
    """The rule at these times of day. Where a gap moves one time to another, there is one instant,
    and there is one for the two dates that Samoa's clocks run into one."""
    tables = (instants_of_dateutil(place, at, START, LAST) for at in clocks)
    return sorted({table[on] for table in tables for on in days_of(rule)})


# --- what is expected, and that it is hard ---


@pytest.mark.parametrize("place", PLACES)
def test_the_library_reads_every_time_of_day_as_the_rfc_says(place: str) -> None:
    every_day = [START + timedelta(days=number) for number in range((LAST - START).days + 1)]
    for at in CLOCKS:
        expected = [PLACES[place].to_instant(datetime.combine(on, at)) for on in every_day]
        assert instants_of_dateutil(place, at, START, LAST) == dict(
            zip(every_day, expected, strict=True)
        )


@cache
def changed(place: str, at: time) -> dict[date, int]:
    """The dates on which a time of day is in a gap or overlap, and the number of that change."""
    every_day = instants_of_dateutil(place, at, START, LAST)
    numbers = {on: PLACES[place].change_at(datetime.combine(on, at)) for on in every_day}
    return {on: number for on, number in numbers.items() if number is not None}


def hits(place: str, rule: str, clocks: list[time]) -> Counter[int]:
    """How often the dates of a rule are in the gap or overlap of each change."""
    found: Counter[int] = Counter()
    for at in clocks:
        found.update(changed(place, at)[on] for on in days_of(rule) if on in changed(place, at))
    return found


@pytest.mark.parametrize("place", RESTLESS)
def test_every_gap_and_every_overlap_of_the_ten_years_is_hit(place: str) -> None:
    offsets = PLACES[place]
    there = {
        number
        for number, since in enumerate(offsets.since)
        if START < (since + offsets.offsets[number]).date() < LAST
    }
    assert {offsets.is_gap(number) for number in there} == {True, False}
    by_schedules = sum((hits(place, rule, clocks_of(rule)) for rule in RULES), Counter())
    assert by_schedules.keys() == there
    by_events = sum((hits(place, it, [clock_of_an_event(it, place)]) for it in RULES), Counter())
    assert {offsets.is_gap(number) for number in by_events} == {True, False}


def test_six_of_the_eight_places_change_their_clocks() -> None:
    assert set(PLACES) - set(RESTLESS) == {"Asia/Kathmandu", "UTC"}


def test_the_gaps_are_of_half_an_hour_an_hour_and_a_day() -> None:
    lengths = {
        (place, after - before)
        for place in RESTLESS
        for before, after in map(PLACES[place].around, range(1, len(PLACES[place].since)))
        if before < after
    }
    hour = timedelta(hours=1)
    assert ("Australia/Lord_Howe", hour / 2) in lengths
    assert ("Pacific/Apia", 24 * hour) in lengths
    assert {length for _, length in lengths} == {hour / 2, hour, 24 * hour}


# --- schedules and events ---


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULES)
def test_ten_years_of_a_schedule(rule: str, place: str) -> None:
    clocks = clocks_of(rule)
    # One slot of a minute for each time of day.
    closing = [(datetime.combine(START, at) + timedelta(minutes=2)).time() for at in clocks]
    schedule = read_schedule(
        zone=place,
        rule=rule,
        starts_on=str(START),
        sessions=[
            (f"{opens:%H:%M}", f"{closes:%H:%M}")
            for opens, closes in zip(clocks, closing, strict=True)
        ],
        slot_minutes=1,
        gap_minutes=1440,
    )
    # A plan has at most so many slots; what it has does not depend on where it ends.
    days = timedelta(days=MAX_SLOTS // len(clocks))
    slots: list[PlannedSlot] = []
    first = START
    while first <= LAST:
        slots += plan(schedule, first, min(first + days - DAY, LAST)).slots
        first += days
    assert [slot.starts_at for slot in slots] == instants_of(rule, place, clocks)
    assert {slot.ends_at - slot.starts_at for slot in slots} == {timedelta(minutes=1)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", RULES)
def test_ten_years_of_an_event(rule: str, place: str) -> None:
    at, first = clock_of_an_event(rule, place), days_of(rule)[0]
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDURATION:PT30M\n"
        f"DTSTART;TZID={place}:{first:%Y%m%d}T{at:%H%M%S}\nRRULE:{rule}\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )
    read = read_calendar(text, ZoneInfo(place), START, LAST)
    assert read.problems == []
    assert [slot.starts_at for slot in read.slots] == instants_of(rule, place, [at])


@pytest.mark.parametrize("place", RESTLESS)
def test_until_an_instant_next_to_a_change_ends_a_rule_where_the_library_ends_it(
    place: str,
) -> None:
    zone = ZoneInfo(place)
    for at in CLOCKS:
        for on in changed(place, at):
            start, last = on - timedelta(days=3), on + timedelta(days=3)
            for second in (0, 1):
                until = PLACES[place].to_instant(datetime.combine(on, at))
                until -= timedelta(seconds=second)
                rule = read_rule(f"FREQ=DAILY;UNTIL={until:%Y%m%dT%H%M%SZ}")
                found = dates(rule, Start(start, at, zone), start, last)
                assert found == daily_until(until, datetime.combine(start, at, zone))
