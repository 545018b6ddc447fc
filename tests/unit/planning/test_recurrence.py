"""A rule falls on the dates that an oracle says. See also `test_recurrence_libraries`."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.planning.recurrence import MAX_DATES, Start, dates, first_date, last_date
from firmhold.planning.rule import read_rule
from tests.unit.planning.any_rule import rules
from tests.unit.planning.build import BERLIN, day, refused, short
from tests.unit.planning.kinds import KINDS, STARTS
from tests.unit.planning.oracle import occurrences


def found(rule: str, start: date, first: date, last: date) -> list[date]:
    return dates(read_rule(rule), Start(start), first, last)


# --- the oracle ---


@pytest.mark.parametrize("rule", KINDS)
def test_every_kind_of_rule_falls_on_the_dates_of_the_oracle(rule: str) -> None:
    for start in STARTS[1:]:
        last = start + timedelta(days=3653)
        expected = occurrences(rule, start, last)
        assert found(rule, start, start, last) == expected
        assert found(f"{rule};COUNT=7", start, start, last) == expected[:7]
        half = start + timedelta(days=1826)
        assert found(f"{rule};UNTIL={half:%Y%m%d}", start, start, last) == [
            on for on in expected if on <= half
        ]
        # A window far on sees what is there, whatever came before.
        first, until = start + timedelta(days=2000), start + timedelta(days=2600)
        expected = [on for on in expected if first <= on <= until]
        assert found(rule, start, first, until) == expected


@settings(max_examples=120, deadline=None)
@given(rules(), st.dates(day("2023-01-01"), day("2028-12-31")))
def test_any_rule_falls_on_the_dates_of_the_oracle(rule: str, start: date) -> None:
    last = start + timedelta(days=1461)
    assert found(rule, start, start, last) == occurrences(rule, start, last)


# --- the window ---


@pytest.mark.parametrize("rule", KINDS)
def test_a_window_shows_its_part_of_the_whole(rule: str) -> None:
    start = day("2001-02-27")
    first, last = day("2026-03-01"), day("2027-02-28")
    whole = found(rule, start, start, start + timedelta(days=9_500))
    assert found(rule, start, first, day("2026-02-01")) == []
    part = found(rule, start, first, last)
    assert [on for on in part if on <= whole[-1]] == [on for on in whole if first <= on <= last]


def test_nothing_falls_before_the_start() -> None:
    start = day("2026-01-07")
    assert short(
        found("FREQ=MONTHLY;BYMONTHDAY=1,9", start, day("2025-01-01"), day("2026-02-09"))
    ) == ("2026-01-09 02-01 09")


def test_a_start_on_which_the_rule_does_not_fall_is_not_a_date() -> None:
    start = day("2026-01-01")
    assert short(found("FREQ=WEEKLY;BYDAY=MO;COUNT=2", start, start, day("2027-01-01"))) == (
        "2026-01-05 12"
    )


def test_both_ends_of_the_window_are_in_it() -> None:
    on = day("2026-01-05")
    assert found("FREQ=DAILY", day("2020-01-01"), on, on) == [on]


def test_a_count_runs_from_the_start_also_where_the_window_is_later() -> None:
    start = day("2026-01-01")
    assert found("FREQ=DAILY;COUNT=10", start, day("2026-01-09"), day("2026-02-01")) == [
        day("2026-01-09"),
        day("2026-01-10"),
    ]
    assert found("FREQ=DAILY;COUNT=10", start, day("2026-01-11"), day("2026-02-01")) == []


def test_too_many_dates_are_refused() -> None:
    first = day("2026-01-01")
    last = first + timedelta(days=MAX_DATES - 1)
    assert len(found("FREQ=DAILY", first, first, last)) == MAX_DATES
    with refused("rule", "falls on more than 20,000 dates from 2026-01-01 to 2080-10-04"):
        found("FREQ=DAILY", first, first, last + timedelta(days=1))


def test_a_window_of_more_than_a_century_is_refused() -> None:
    with refused("to", "is more than 36,525 days after 2026-01-01"):
        found("FREQ=YEARLY", day("2026-01-01"), day("2026-01-01"), day("2126-01-03"))


def test_the_edges_of_what_can_be_written_are_no_trouble() -> None:
    first, last = day("1900-01-01"), day("2199-12-31")
    assert found("FREQ=WEEKLY;WKST=SU", first, first, day("1900-01-08")) == [
        first,
        day("1900-01-08"),
    ]
    assert found("FREQ=WEEKLY;BYDAY=TU", first, last, last) == [last]
    assert found("FREQ=YEARLY", last, last, last) == [last]


# --- rules that fall on no date ---

NEVER = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
    "FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
    "FREQ=YEARLY;BYMONTH=1;BYYEARDAY=366",
    "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6",
    "FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYMONTH=2",
]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_falls_on_no_date_is_refused(rule: str) -> None:
    start = Start(day("2026-01-06"))
    with refused("rule", "falls on no date from 2026-01-06 to 2126-01-07"):
        first_date(read_rule(rule), start)
    assert dates(read_rule(rule), start, day("2026-01-01"), day("2100-01-01")) == []


def test_a_rule_that_ends_before_its_first_date_is_refused() -> None:
    rule = read_rule("FREQ=YEARLY;BYMONTH=12;UNTIL=20261130")
    with refused("rule", "falls on no date from 2026-01-06 to 2026-11-30"):
        first_date(rule, Start(day("2026-01-06")))


def test_a_rule_that_ends_before_it_starts_is_refused() -> None:
    with refused("schedule.rule.UNTIL", "is before the start on 2026-01-06"):
        first_date(
            read_rule("FREQ=DAILY;UNTIL=20260105"), Start(day("2026-01-06")), "schedule.rule"
        )


RARE = [
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2028-02-29"),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "2044-02-29"),
    ("FREQ=DAILY;INTERVAL=1000;BYDAY=MO", "2031-06-30"),
    ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=FR", "2027-01-01"),
]


@pytest.mark.parametrize(("rule", "first"), RARE)
def test_a_rule_that_falls_rarely_is_found(rule: str, first: str) -> None:
    start = day("2026-01-07")
    assert first_date(read_rule(rule), Start(start)) == day(first)
    assert occurrences(rule, start, day(first)) == [day(first)]


# --- UNTIL with a time of day ---

ENDS = [
    ("20260310", time(9), "2026-03-10"),
    ("20260310T090000", time(9), "2026-03-10"),
    ("20260310T085959", time(9), "2026-03-09"),
    ("20260310T080000Z", time(9), "2026-03-10"),
    ("20260310T075959Z", time(9), "2026-03-09"),
    ("20260309T230000Z", time(0), "2026-03-10"),
    ("20260309T225959Z", time(0), "2026-03-09"),
    ("20260310T220000Z", time(0), "2026-03-10"),
    ("20260329T010000Z", time(2), "2026-03-29"),
    ("20260329T005959Z", time(2), "2026-03-28"),
    ("20261025T000000Z", time(2), "2026-10-25"),
]


@pytest.mark.parametrize(("until", "at", "last"), ENDS)
def test_until_allows_what_starts_by_then(until: str, at: time, last: str) -> None:
    rule = read_rule(f"FREQ=DAILY;UNTIL={until}")
    start = Start(day("2026-01-01"), at, BERLIN)
    assert last_date(rule, start) == day(last)
    assert dates(rule, start, day("2026-01-01"), day("2027-01-01"))[-1] == day(last)


def test_until_may_lie_in_the_second_end_of_a_date() -> None:
    # In St. John's of 2010 the clocks went from 00:01 on the 7th back to 23:01 on the 6th.
    start = Start(day("2010-11-01"), time(0), ZoneInfo("America/St_Johns"))
    assert last_date(read_rule("FREQ=DAILY;UNTIL=20101107T030000Z"), start) == day("2010-11-07")
