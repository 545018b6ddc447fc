"""A schedule is read from what people write, or refused by the field that is wrong."""

from __future__ import annotations

from datetime import UTC, time
from typing import Any

import pytest

from firmhold.planning.recurrence import Start
from firmhold.planning.rule import Frequency, Rule
from firmhold.planning.schedule import (
    Blackout,
    Override,
    Schedule,
    check,
    flaw_of_past,
    read_blackout,
    read_override,
)
from firmhold.planning.wall_clock import Span
from tests.unit.planning.build import BERLIN, a_schedule, day, refused, utc, wall

MORNING, AFTERNOON = ("09:00", "12:00"), ("13:00", "17:00")


def test_a_schedule_is_read() -> None:
    schedule = a_schedule(
        rule="FREQ=WEEKLY",
        starts_on="2026-01-05",
        ends_on="2026-12-31",
        sessions=[AFTERNOON, MORNING],
        slot_minutes=20,
        gap_minutes=5,
        breaks=[("15:00", "15:15")],
        overrides=[read_override("overrides[0]", "2026-12-24", [])],
        blackouts=[read_blackout("blackouts[0]", "2026-05-01", "2026-05-02T12:00", "Fair")],
    )
    assert schedule == Schedule(
        zone=BERLIN,
        rule=Rule(Frequency.WEEKLY),
        starts_on=day("2026-01-05"),
        ends_on=day("2026-12-31"),
        sessions=(Span(540, 720), Span(780, 1020)),
        slot_minutes=20,
        gap_minutes=5,
        breaks=(Span(900, 915),),
        overrides=(Override(day("2026-12-24"), ()),),
        blackouts=(Blackout(wall("2026-05-01"), wall("2026-05-02T12:00"), "Fair"),),
    )
    assert schedule.start == Start(day("2026-01-05"), time(9), BERLIN)


def test_slots_take_half_an_hour_unless_something_else_is_said() -> None:
    schedule = a_schedule()
    assert (schedule.slot_minutes, schedule.gap_minutes) == (30, 0)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"zone": ""}, "zone", "is required"),
    ({"zone": "Berlin"}, "zone", "'Berlin' is not in the IANA time zone database"),
    ({"rule": ""}, "rule", "is required"),
    ({"rule": "FREQ=HOURLY"}, "rule.FREQ", "HOURLY repeats within a day"),
    ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rule", "falls on no date from 2020-01-01"),
    ({"rule": "FREQ=DAILY;UNTIL=20191231"}, "rule.UNTIL", "is before the start on 2020-01-01"),
    ({"starts_on": "2025-02-30"}, "starts_on", "no calendar has the date 2025-02-30"),
    ({"starts_on": ""}, "starts_on", "must be a date such as 2026-03-01"),
    ({"ends_on": "2019-12-31"}, "ends_on", "2019-12-31 is before the start on 2020-01-01"),
    (
        {"rule": "FREQ=YEARLY;BYMONTH=5", "ends_on": "2020-04-30"},
        "ends_on",
        "the rule falls on 2020-05-01 first, which is after 2020-04-30",
    ),
    ({"sessions": []}, "sessions", "at least one is needed"),
    ({"sessions": [("09:00", "09:00")]}, "sessions[0]", "so it is empty"),
    ({"sessions": [("09:00", "25:00")]}, "sessions[0]", "must be a time of day"),
    (
        {"sessions": [MORNING, ("11:30", "13:00")]},
        "sessions[1]",
        "11:30–13:00 overlaps 09:00–12:00",
    ),
    (
        {"sessions": [("22:00", "06:00"), ("23:00", "23:30")]},
        "sessions[1]",
        "23:00–23:30 overlaps 22:00–06:00",
    ),
    (
        {"sessions": [("09:00", "09:20")]},
        "sessions[0]",
        "09:00–09:20 lasts 20 minutes, less than a slot's 30",
    ),
    ({"sessions": [MORNING] * 49}, "sessions", "at most 48 for a day, not 49"),
    ({"slot_minutes": 0}, "slot_minutes", "must be a whole number of minutes from 1 to 1,440"),
    ({"slot_minutes": 1441}, "slot_minutes", "from 1 to 1,440"),
    ({"slot_minutes": 2.5}, "slot_minutes", "not '2.5'"),
    ({"slot_minutes": True}, "slot_minutes", "not 'True'"),
    ({"gap_minutes": -1}, "gap_minutes", "must be a whole number of minutes from 0 to 1,440"),
    ({"breaks": [("12:00", "12:30")]}, "breaks[0]", "12:00–12:30 is in none of the sessions"),
    ({"breaks": [("10:00", "10:00")]}, "breaks[0]", "so it is empty"),
    (
        {"breaks": [("10:00", "11:00"), ("10:30", "11:30")]},
        "breaks[1]",
        "10:30–11:30 overlaps 10:00–11:00",
    ),
    (
        {"overrides": [Override(day("2026-01-05"), ())] * 2},
        "overrides[1].on",
        "2026-01-05 is there twice",
    ),
    (
        {"overrides": [Override(day("2026-01-05"), (Span(540, 550),))]},
        "overrides[0].sessions[0]",
        "lasts 10 minutes, less than a slot's 30",
    ),
    (
        {"overrides": [Override(day("2026-01-05"), (Span(540, 600),), (Span(600, 630),))]},
        "overrides[0].breaks[0]",
        "10:00–10:30 is in none of the sessions",
    ),
    (
        {"overrides": [Override(day("2026-01-05"), ())] * 2001},
        "overrides",
        "at most 2,000, not 2,001",
    ),
    (
        {"blackouts": [Blackout(wall("2026-01-05"), wall("2026-01-05"))]},
        "blackouts[0].ends",
        "is not after 2026-01-05 00:00:00",
    ),
    (
        {"blackouts": [Blackout(utc("2026-01-05"), wall("2026-01-06"))]},
        "blackouts[0]",
        "so it has no offset from UTC",
    ),
    (
        {"blackouts": [Blackout(wall("2026-01-05"), wall("2026-01-06"), "a\nb")]},
        "blackouts[0].reason",
        "one line of at most 200 characters",
    ),
    (
        {"blackouts": [Blackout(wall("2026-01-05"), wall("2026-01-06"))] * 2001},
        "blackouts",
        "at most 2,000, not 2,001",
    ),
]


@pytest.mark.parametrize(("said", "field", "reason"), REFUSED)
def test_a_schedule_is_refused_by_the_field_that_is_wrong(
    said: dict[str, Any], field: str, reason: str
) -> None:
    with refused(field, reason):
        a_schedule(**said)


def test_what_is_read_by_itself_is_refused_by_itself() -> None:
    with refused("blackouts[3].ends", "is not after"):
        read_blackout("blackouts[3]", "2026-05-02", "2026-05-01")
    with refused("blackouts[3].starts", "is a wall-clock time, so it has no offset from UTC"):
        read_blackout("blackouts[3]", "2026-05-02T09:00Z", "2026-05-03")
    with refused("overrides[1].on", "no calendar has the date"):
        read_override("overrides[1]", "2025-02-30", [])
    with refused("overrides[1].sessions[0]", "so it is empty"):
        read_override("overrides[1]", "2025-02-20", [("09:00", "09:00")])


FINE: list[dict[str, Any]] = [
    {"sessions": [("22:00", "06:00")], "breaks": [("02:00", "02:30")]},
    {"sessions": [("00:00", "24:00")], "slot_minutes": 1440},
    {"sessions": [("22:00", "06:00"), ("06:00", "22:00")]},
    {"sessions": [("09:00", "09:30")]},
    {"breaks": [("08:00", "09:15")]},
    {"ends_on": "2020-01-01"},
    {
        "rule": "FREQ=YEARLY;BYMONTH=5",
        "ends_on": "2020-04-30",
        "overrides": [Override(day("2020-02-01"), (Span(540, 600),))],
    },
    {"overrides": [Override(day("2019-02-01"), ())]},
]


@pytest.mark.parametrize("said", FINE)
def test_what_is_unusual_is_not_refused_and_all_of_it_is_kept(said: dict[str, Any]) -> None:
    schedule = a_schedule(**said)
    lists = said.keys() & {"sessions", "breaks", "overrides"}
    assert {name: len(getattr(schedule, name)) for name in lists} == {
        name: len(said[name]) for name in lists
    }
    assert (schedule.ends_on is not None) == ("ends_on" in said)


def test_a_schedule_that_was_not_read_is_checked_alike() -> None:
    schedule = a_schedule()._replace(sessions=())
    with refused("sessions", "at least one is needed"):
        check(schedule)


def test_until_is_compared_with_the_first_session() -> None:
    schedule = a_schedule(rule="FREQ=DAILY;UNTIL=20260105T120000", sessions=[AFTERNOON, MORNING])
    assert schedule.start.at == time(9)
    assert schedule.rule.until == wall("2026-01-05T12:00")
    assert utc("2026-01-05").tzinfo is UTC


# --- when its time is over ---

TODAY = "2026-03-04"  # a Wednesday

OVER: list[tuple[dict[str, Any], str, str]] = [
    ({"ends_on": "2026-03-03"}, "ends_on", "2026-03-03 is in the past; today is 2026-03-04"),
    (
        {"rule": "FREQ=WEEKLY;BYDAY=MO", "ends_on": "2026-03-08"},
        "ends_on",
        "2026-03-08 is before 2026-03-09, the next date of the rule",
    ),
    ({"rule": "FREQ=DAILY;UNTIL=20260303"}, "rule.UNTIL", "falls on no date from 2026-03-04"),
    ({"rule": "FREQ=DAILY;UNTIL=20260304T083000"}, "rule.UNTIL", "falls on no date"),
    ({"rule": "FREQ=DAILY;COUNT=5"}, "rule.COUNT", "falls on no date from 2026-03-04"),
    ({"rule": "FREQ=YEARLY;INTERVAL=500"}, "rule", "falls on no date from 2026-03-04"),
    (
        {
            "rule": "FREQ=DAILY;COUNT=5",
            "overrides": [Override(day("2026-03-03"), (Span(540, 600),)), Override(day(TODAY), ())],
        },
        "rule.COUNT",
        "falls on no date",
    ),
]


@pytest.mark.parametrize(("said", "field", "reason"), OVER)
def test_a_schedule_without_a_date_to_come_is_over(
    said: dict[str, Any], field: str, reason: str
) -> None:
    flaw = flaw_of_past(a_schedule(**said), day(TODAY))
    assert flaw is not None
    assert flaw.facts["field"] == field
    assert reason in flaw.facts["reason"]


TO_COME: list[dict[str, Any]] = [
    {},
    {"ends_on": TODAY},
    {"starts_on": "2035-01-01", "ends_on": "2035-01-01"},
    {"rule": "FREQ=DAILY;UNTIL=20260304"},
    {"rule": "FREQ=DAILY;COUNT=5", "starts_on": "2026-02-28"},
    {"rule": "FREQ=WEEKLY;BYDAY=MO", "ends_on": "2026-03-09"},
    {
        "rule": "FREQ=DAILY;COUNT=5",
        "overrides": [Override(day(TODAY), (Span(540, 600),))],
    },
]


@pytest.mark.parametrize("said", TO_COME)
def test_a_schedule_with_a_date_to_come_is_not_over(said: dict[str, Any]) -> None:
    assert flaw_of_past(a_schedule(**said), day(TODAY)) is None
