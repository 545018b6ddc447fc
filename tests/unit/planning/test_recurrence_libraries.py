"""A rule falls on the dates that two libraries say, but where they misread RFC 5545.

Which kinds of rules each of them misreads, and what the RFC says there, stands in `kinds`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firmhold.planning.recurrence import Start, dates
from firmhold.planning.rule import read_rule
from tests.unit.planning.any_rule import rules
from tests.unit.planning.ask_libical import COMMON, answers, digest, end_of
from tests.unit.planning.build import day
from tests.unit.planning.kinds import (
    DATEUTIL_DIFFERS,
    KINDS,
    LIBICAL_DIFFERS,
    READ_BY_NEITHER,
    STARTS,
)
from tests.unit.planning.libraries import of_a_library, of_dateutil


def found(rule: str, start: date, last: date) -> list[date]:
    return dates(read_rule(rule), Start(start), start, last)


# --- every kind of rule ---

PARTS = {
    "DAILY": "INTERVAL BYMONTH BYMONTHDAY BYDAY BYSETPOS",
    "WEEKLY": "INTERVAL BYMONTH BYDAY BYSETPOS WKST",
    "MONTHLY": "INTERVAL BYMONTH BYMONTHDAY BYDAY BYSETPOS",
    "YEARLY": "INTERVAL BYMONTH BYWEEKNO BYYEARDAY BYMONTHDAY BYDAY BYSETPOS WKST",
}
"""What the RFC's table lets stand together, without the parts that name times of day."""


@pytest.mark.parametrize("often", PARTS)
def test_every_part_that_can_stand_beside_a_frequency_is_among_the_kinds(often: str) -> None:
    kinds = [rule.split(";") for rule in KINDS if rule.startswith(f"FREQ={often}")]
    assert {piece.split("=")[0] for kind in kinds for piece in kind} == {
        "FREQ",
        *PARTS[often].split(),
    }
    assert [f"FREQ={often}"] in kinds


@cache
def expansion(rule: str, start: date) -> list[date]:
    """The ten years under test."""
    return found(rule, start, end_of(start))


@pytest.mark.parametrize("rule", KINDS)
def test_libical_agrees_about_every_kind_but_those_that_it_is_listed_to_misread(rule: str) -> None:
    said = answers()
    agrees = all(digest(expansion(rule, start)) == said[str(start), rule] for start in STARTS)
    assert agrees == (rule not in LIBICAL_DIFFERS)


@pytest.mark.parametrize("rule", KINDS)
def test_dateutil_agrees_about_every_kind_but_those_that_it_is_listed_to_misread(rule: str) -> None:
    agrees = all(
        expansion(rule, start) == of_dateutil(rule, start, end_of(start)) for start in STARTS
    )
    assert agrees == (rule not in DATEUTIL_DIFFERS)


@pytest.mark.parametrize("rule", KINDS)
def test_some_library_agrees_about_every_kind_if_asked_in_words_that_it_understands(
    rule: str,
) -> None:
    for start in STARTS:
        assert expansion(rule, start) == of_a_library(rule, start, end_of(start))


def test_no_kind_is_misread_by_both_libraries_but_the_listed_ones() -> None:
    both = DATEUTIL_DIFFERS.keys() & LIBICAL_DIFFERS.keys()
    assert sorted(both) == sorted(READ_BY_NEITHER)
    assert both <= set(KINDS)


@pytest.mark.parametrize("rule", sorted({*DATEUTIL_DIFFERS, *LIBICAL_DIFFERS}))
def test_every_exception_says_how_the_library_differs_and_what_the_rfc_says(rule: str) -> None:
    for library in (DATEUTIL_DIFFERS, LIBICAL_DIFFERS):
        if rule in library:
            assert library[rule].how and library[rule].rfc


@pytest.mark.parametrize(("start", "rule"), COMMON)
def test_ten_years_of_a_common_rule_are_those_of_libical(start: str, rule: str) -> None:
    begin = day(start)
    assert digest(found(rule, begin, end_of(begin))) == answers()[start, rule]


# --- any rule ---


def misread(rule: str) -> bool:
    """Whether python-dateutil reads it otherwise than the RFC, for a reason given in `kinds`."""
    days = re.search(r"BYDAY=([^;]+)", rule)
    numbers = {name[:-2] != "" for name in days[1].split(",")} if days else set()
    weekly_set = "FREQ=WEEKLY" in rule and "BYSETPOS" in rule
    return "BYWEEKNO" in rule or weekly_set or len(numbers) == 2


CYCLE = 7_600
"""Years after which the calendar is the same again, a multiple of 400."""


def of_dateutil_later(rule: str, start: date, last: date) -> list[date]:
    """The dates of python-dateutil, found in the years from 9600 on: it looks for a date that there
    is not until the year 9999, which takes seconds from today."""
    start, last = start.replace(year=start.year + CYCLE), last.replace(year=last.year + CYCLE)
    return [on.replace(year=on.year - CYCLE) for on in of_dateutil(rule, start, last)]


@settings(max_examples=80, deadline=None)
@given(rules(), st.dates(day("2023-01-01"), day("2028-12-31")))
def test_any_rule_that_dateutil_does_not_misread_falls_on_its_dates(rule: str, start: date) -> None:
    assume(not misread(rule))
    rule = re.sub(r";(COUNT|UNTIL)=\d+", "", rule)
    last = start + timedelta(days=3653)
    expected = of_dateutil_later(rule, start, last)
    assert found(rule, start, last) == expected
    if len(expected) >= 9:
        expected = of_dateutil_later(f"{rule};COUNT=9", start, last)
        assert found(f"{rule};COUNT=9", start, last) == expected


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=MONTHLY;BYDAY=1MO,-2FR,5SU",
        "FREQ=YEARLY;BYDAY=1MO,-1FR,20TU,53SU",
        "FREQ=YEARLY;BYMONTH=2,9;BYDAY=-1WE,3SA",
        "FREQ=YEARLY;BYMONTHDAY=1,8,15;BYDAY=2MO,-3TH;INTERVAL=2",
        "FREQ=YEARLY;BYWEEKNO=2,20,51;BYDAY=MO,SU;WKST=SU",
        "FREQ=MONTHLY;BYDAY=1SA,2SA,-1SU;BYSETPOS=2,-1",
    ],
)
def test_numbered_days_and_weeks_are_those_of_dateutil(rule: str) -> None:
    start = day("2026-01-07")
    last = start + timedelta(days=7300)
    assert found(rule, start, last) == of_dateutil(rule, start, last)
