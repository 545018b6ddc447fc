"""Whatever an iCalendar file has in it, each event becomes slots or is reported with the reason."""

from __future__ import annotations

import warnings
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.unit.planning.build import day, utc
from tests.unit.planning.calendars import an_event, read, starts

# --- times ---

TIMES = [
    ("DTSTART:20260105T090000", "01-05T08:00"),
    ("DTSTART:20260105T090000Z", "01-05T09:00"),
    ("DTSTART;TZID=America/New_York:20260105T090000", "01-05T14:00"),
    ('DTSTART;VALUE=DATE-TIME;TZID="Asia/Kathmandu":20260105T090000', "01-05T03:15"),
    ("DTSTART;TZID=W. Europe Standard Time:20260705T090000", "07-05T07:00"),
    ("DTSTART;TZID=/freeassociation.sourceforge.net/Europe/London:20260705T090000", "07-05T08:00"),
    ("DTSTART;TZID=/example.org/America/Argentina/Salta:20260705T090000", "07-05T12:00"),
    ("DTSTART;TZID=Etc/UTC:20260705T090000", "07-05T09:00"),
    ("dtstart;tzid=Europe/Berlin:20260705t090000", "07-05T07:00"),
    ("DTSTART:20260329T023000", "03-29T01:30"),
    ("DTSTART:20261025T023000", "10-25T00:30"),
    ("DTSTART:20260630T235960Z", "06-30T23:59"),
]


@pytest.mark.parametrize(("line", "expected"), TIMES)
def test_a_time_is_read_in_its_zone(line: str, expected: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read(an_event(line, dtstart=""))
    assert starts(found) == expected


def test_an_event_says_what_a_slot_is() -> None:
    found = read(
        an_event(
            r"SUMMARY:Check-up\, long",
            "LOCATION;LANGUAGE=en:Room 3",
            r"DESCRIPTION:Line one\nline",
            "  two",
            "X-FIRMHOLD-CAPACITY:12",
        )
    )
    (slot,) = found.slots
    assert slot == (
        *(3, "1", None, utc("2026-01-05T08:00"), utc("2026-01-05T09:00")),
        *("Check-up, long", "Room 3", "Line one\nline two", 12),
    )
    assert (found.problems, found.outside, found.cancelled) == ([], 0, [])


LENGTHS = [
    ("DURATION:PT90M", "2026-01-05T09:30"),
    ("DURATION:+PT1H30M15S", "2026-01-05T09:30:15"),
    ("DURATION:P1W", "2026-01-12T08:00"),
    ("DTEND:20260105T100000", "2026-01-05T09:00"),
    ("DTEND;TZID=America/New_York:20260105T053000", "2026-01-05T10:30"),
    ("DTEND:20260105T100000Z", "2026-01-05T10:00"),
]


@pytest.mark.parametrize(("line", "ends_at"), LENGTHS)
def test_an_event_ends(line: str, ends_at: str) -> None:
    assert read(an_event(line, duration="")).slots[0].ends_at == utc(ends_at)


def test_days_of_a_duration_are_days_of_the_wall_clock_and_hours_are_hours() -> None:
    for duration, hours in (("P1D", 23), ("PT24H", 24), ("P1DT1H", 24)):
        (slot,) = read(an_event(dtstart="20260328T090000", duration=duration)).slots
        assert slot.ends_at - slot.starts_at == timedelta(hours=hours)


# --- recurring ---

RECURRING = [
    (["RRULE:FREQ=DAILY;COUNT=3"], "01-05T08:00 01-06T08:00 01-07T08:00"),
    (["RRULE:FREQ=WEEKLY;UNTIL=20260119T080000Z"], "01-05T08:00 01-12T08:00 01-19T08:00"),
    (["RRULE:FREQ=WEEKLY;UNTIL=20260119T075959Z"], "01-05T08:00 01-12T08:00"),
    # The start is the first of them also where the rule does not fall on it, and is counted.
    (["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=3"], "01-05T08:00 01-06T08:00 01-13T08:00"),
    (["RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=1"], "01-05T08:00"),
    (
        ["RRULE:FREQ=DAILY;COUNT=4", "EXDATE:20260106T090000,20260107T080000Z"],
        "01-05T08:00 01-08T08:00",
    ),
    (["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;VALUE=DATE:20260106"], "01-05T08:00 01-07T08:00"),
    (["RRULE:FREQ=DAILY;COUNT=2", "EXDATE:20260105T090000"], "01-06T08:00"),
    (["RDATE:20260107T120000,20260106T120000Z"], "01-05T08:00 01-06T12:00 01-07T11:00"),
    (["RDATE:20260105T090000"], "01-05T08:00"),
    (
        ["RRULE:FREQ=DAILY;COUNT=2", "RDATE:20260110T090000", "EXDATE:20260110T090000"],
        "01-05T08:00 01-06T08:00",
    ),
    # In wall-clock time: an hour earlier in UTC from the 29th of March on.
    (
        ["RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=28,29,30;COUNT=4"],
        "01-05T08:00 03-28T08:00 03-29T07:00 03-30T07:00",
    ),
]


@pytest.mark.parametrize(("more", "expected"), RECURRING)
def test_a_recurring_event_is_expanded(more: list[str], expected: str) -> None:
    assert starts(read(an_event(*more))) == expected


def test_a_period_has_a_length_of_its_own() -> None:
    periods = "RDATE;VALUE=PERIOD:20260106T090000/PT2H,20260107T090000/20260107T093000"
    found = read(an_event(periods)).slots
    assert [slot.ends_at - slot.starts_at for slot in found] == [
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(minutes=30),
    ]


def test_only_the_window_is_expanded_however_long_ago_the_first_one_was() -> None:
    forever = an_event("RRULE:FREQ=WEEKLY", dtstart="19260104T090000")
    found = read(forever, first=day("2026-03-23"), last=day("2026-03-30"))
    assert starts(found) == "03-23T08:00 03-30T07:00"


def test_the_window_is_of_the_clocks_of_the_site() -> None:
    late = an_event("RRULE:FREQ=DAILY", "DTSTART;TZID=Pacific/Apia:20260105T090000", dtstart="")
    found = read(late, first=day("2026-01-06"), last=day("2026-01-07"))
    assert starts(found) == "01-06T20:00 01-07T20:00"
    found = read(late, first=day("2026-01-06"), last=day("2026-01-07"), site=ZoneInfo("Asia/Tokyo"))
    assert starts(found) == "01-05T20:00 01-06T20:00"


def test_one_of_a_recurring_event_is_told_by_when_it_would_start() -> None:
    daily = an_event("RRULE:FREQ=DAILY;COUNT=3", summary="Visit")
    moved = an_event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20260106T090000",
        dtstart="20260106T140000",
        summary="Later",
    )
    for order in ([daily, moved], [moved, daily]):
        found = read(*order)
        assert starts(found) == "01-05T08:00 01-06T13:00 01-07T08:00"
        assert [slot.recurrence for slot in found.slots] == [
            utc("2026-01-05T08:00"),
            utc("2026-01-06T08:00"),
            utc("2026-01-07T08:00"),
        ]
        assert [slot.title for slot in found.slots] == ["Visit", "Later", "Visit"]


def test_one_of_a_recurring_event_may_be_off() -> None:
    daily = an_event("RRULE:FREQ=DAILY;COUNT=3")
    off = an_event("RECURRENCE-ID:20260106T080000Z", status="CANCELLED")
    found = read(daily, off)
    assert starts(found) == "01-05T08:00 01-07T08:00"
    assert found.cancelled == [(9, "1", utc("2026-01-06T08:00"))]


def test_one_that_was_moved_but_cannot_be_read_is_not_where_it_was() -> None:
    daily = an_event("RRULE:FREQ=DAILY;COUNT=3")
    broken = an_event("RECURRENCE-ID:20260106T090000", dtstart="2026-01-06")
    found = read(daily, broken)
    assert [slot.starts_at.day for slot in found.slots] == [5, 7]
    assert found.problems[0].line == 9


def test_one_that_was_moved_into_the_window_is_in_it() -> None:
    daily = an_event("RRULE:FREQ=MONTHLY", dtstart="20251231T090000")
    moved = an_event("RECURRENCE-ID:20251231T090000", dtstart="20260103T090000")
    found = read(daily, moved, last=day("2026-01-10"))
    assert starts(found) == "01-03T08:00"


def test_another_uid_is_another_event() -> None:
    daily = an_event("RRULE:FREQ=DAILY;COUNT=2")
    other = an_event("RECURRENCE-ID:20260106T090000", uid="2", dtstart="20260106T140000")
    assert starts(read(daily, other)) == "01-05T08:00 01-06T08:00 01-06T13:00"


def test_of_two_with_one_uid_the_newer_counts() -> None:
    old, new = an_event(sequence="1"), an_event(sequence="2", dtstart="20260105T100000")
    for order, line in (([old, new], 3), ([new, old], 9)):
        found = read(*order)
        assert [slot.starts_at.hour for slot in found.slots] == [9]
        assert [(it.line, it.uid) for it in found.problems] == [(line, "1")]
        assert "is newer or comes later" in found.problems[0].reason


def test_events_outside_the_window_are_counted() -> None:
    found = read(an_event(dtstart="20251231T235959"), an_event(uid="2", dtstart="20270101T000000"))
    assert (found.slots, found.outside, found.problems) == ([], 2, [])


def test_what_has_begun_is_outside_like_what_was_yesterday() -> None:
    morning = utc("2026-01-05T08:00")
    for after, expected in ((morning, 1), (morning - timedelta(seconds=1), 0)):
        found = read(an_event(), first=day("2026-01-05"), after=after)
        assert (found.outside, len(found.slots)) == (expected, 1 - expected)
    daily = an_event("RRULE:FREQ=DAILY;COUNT=3")
    found = read(daily, first=day("2026-01-05"), after=morning)
    assert (starts(found), found.outside) == ("01-06T08:00 01-07T08:00", 0)


def test_an_event_that_is_off_is_no_slot() -> None:
    found = read(an_event(status="cancelled"))
    assert (found.slots, found.cancelled, found.problems) == ([], [(3, "1", None)], [])


def test_it_is_told_which_events_were_read_whole_and_where() -> None:
    daily = an_event("RRULE:FREQ=DAILY;COUNT=3")
    moved = an_event("RECURRENCE-ID:20260106T080000Z", dtstart="20260106T140000")
    found = read(daily, moved, an_event(uid="2"), an_event(uid="3", status="CANCELLED"))
    assert found.events == {"1": 3, "2": 15}
    # Of what could not be read in part nobody can say what is missing.
    broken = an_event("RECURRENCE-ID:20260106T080000Z", dtstart="soon")
    assert read(daily, broken, an_event(uid="2")).events == {"2": 15}
    assert read(moved).events == {}


TITLES = [
    (r"Line one\nand two", "Line one and two"),
    ("tab\there", "tab here"),
    ("bell\aand escape\x1b[31m", "bell and escape [31m"),
    (r"\n\n", None),
    ("a\u2028b\x85c\x7fd", "a b c d"),
]


@pytest.mark.parametrize(("written", "title"), TITLES)
def test_a_title_and_a_place_are_one_line(written: str, title: str | None) -> None:
    """As everywhere else: what comes in here must go out and in again."""
    (slot,) = read(an_event(f"SUMMARY:{written}", f"LOCATION:{written}")).slots
    assert (slot.title, slot.location) == (title, title)
