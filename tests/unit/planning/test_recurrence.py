"""A rule falls on the dates that an oracle says, and two libraries where they are right."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from firmhold.planning.recurrence import MAX_DATES, Start, dates, first_date, last_date
from firmhold.planning.rule import read_rule
from firmhold.planning.zones import midnight
from tests.unit.planning.ask_libical import TABLE, digest, end_of
from tests.unit.planning.build import BERLIN, day, refused, short
from tests.unit.planning.oracle import NAMES, occurrences

UTC = ZoneInfo("UTC")


def found(rule: str, start: date, first: date, last: date) -> list[date]:
    return dates(read_rule(rule), Start(start), first, last)


# --- the oracle ---

KINDS = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYMONTH=2,12;BYDAY=SA,SU",
    "FREQ=DAILY;BYMONTHDAY=-1,1",
    "FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR;BYSETPOS=1",
    "FREQ=DAILY;INTERVAL=11;BYMONTH=5",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;WKST=WE",
    "FREQ=WEEKLY;BYMONTH=1;WKST=SU",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=1",
    "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU,SA;BYSETPOS=-2",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYMONTH=2,4,6;BYMONTHDAY=29,30,31",
    "FREQ=MONTHLY;BYDAY=-5MO",
    "FREQ=MONTHLY;BYDAY=MO,2TU,-1FR",
    "FREQ=MONTHLY;INTERVAL=7;BYDAY=SU;BYSETPOS=-1,2",
    "FREQ=MONTHLY;BYMONTHDAY=-7,-6,-5;BYDAY=TU",
    "FREQ=MONTHLY;BYMONTHDAY=1,15;BYSETPOS=2",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=2,3",
    "FREQ=YEARLY;BYMONTHDAY=31,-31",
    "FREQ=YEARLY;BYDAY=MO",
    "FREQ=YEARLY;BYDAY=TH,53FR,-53SA,1SU",
    "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYDAY=5SA,-1MO",
    "FREQ=YEARLY;BYYEARDAY=1,-1,60,366,-366",
    "FREQ=YEARLY;BYYEARDAY=100,101,102;BYDAY=MO,2TU",
    "FREQ=YEARLY;BYMONTH=4;BYYEARDAY=91,100,-250",
    "FREQ=YEARLY;BYYEARDAY=13,44;BYMONTHDAY=13",
    "FREQ=YEARLY;BYWEEKNO=1",
    "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=1,52,53;BYDAY=TH",
    "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR",
    "FREQ=YEARLY;BYWEEKNO=-53,-52;BYDAY=MO,SU",
    "FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,SU;WKST=SU;INTERVAL=2",
    "FREQ=YEARLY;BYWEEKNO=20,40;BYMONTHDAY=1,15,28",
    "FREQ=YEARLY;BYWEEKNO=-51,27;BYMONTH=1,7;WKST=TH",
    "FREQ=YEARLY;BYMONTH=12;BYDAY=MO,TU;BYSETPOS=-1,1",
    "FREQ=YEARLY;BYWEEKNO=10,11;BYSETPOS=2",
    "FREQ=YEARLY;BYDAY=MO;BYSETPOS=-3,40",
    "FREQ=YEARLY;BYMONTHDAY=31;BYSETPOS=7",
    "FREQ=YEARLY;INTERVAL=4",
]
STARTS = [day("2025-12-31"), day("2026-01-07"), day("2028-02-29")]


@pytest.mark.parametrize("rule", KINDS)
def test_every_kind_of_rule_falls_on_the_dates_of_the_oracle(rule: str) -> None:
    for start in STARTS:
        last = start + timedelta(days=3653)
        expected = occurrences(rule, start, last)
        assert found(rule, start, start, last) == expected
        assert found(f"{rule};COUNT=7", start, start, last) == expected[:7]
        assert found(f"{rule};UNTIL=20301231", start, start, last) == [
            on for on in expected if on <= day("2030-12-31")
        ]
        # A window far on sees what is there, whatever came before.
        first, until = start + timedelta(days=2000), start + timedelta(days=2600)
        expected = [on for on in expected if first <= on <= until]
        assert found(rule, start, first, until) == expected


def signed(most: int, size: int = 3) -> st.SearchStrategy[str]:
    number = st.integers(1, most) | st.integers(-most, -1)
    return st.lists(number, min_size=1, max_size=size, unique=True).map(
        lambda them: ",".join(map(str, them))
    )


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Any rule that RFC 5545 allows and we read."""

    def maybe(name: str, values: st.SearchStrategy[object]) -> None:
        if draw(st.booleans()):
            parts.append(f"{name}={draw(values)}")

    often = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = [f"FREQ={often}"]
    maybe("INTERVAL", st.integers(1, 9))
    maybe("BYMONTH", st.sets(st.integers(1, 12), min_size=1).map(lambda it: ",".join(map(str, it))))
    if often == "YEARLY":
        maybe("BYWEEKNO", signed(53))
        maybe("BYYEARDAY", signed(366, 9))
    if often != "WEEKLY":
        maybe("BYMONTHDAY", signed(31, 9))
    names = st.sampled_from(NAMES)
    named = {part.partition("=")[0] for part in parts}
    if often in {"MONTHLY", "YEARLY"} and "BYWEEKNO" not in named:
        most = 5 if often == "MONTHLY" or "BYMONTH" in named else 53
        numbered = st.tuples(st.integers(-most, most).map(lambda n: n or ""), names)
        names = names | numbered.map(lambda pair: f"{pair[0]}{pair[1]}")
    maybe("BYDAY", st.sets(names, min_size=1, max_size=4).map(lambda it: ",".join(sorted(it))))
    if any(part.startswith("BY") for part in parts):
        maybe("BYSETPOS", signed(4))
    maybe("WKST", st.sampled_from(NAMES))
    if draw(st.booleans()):
        parts.append(f"COUNT={draw(st.integers(1, 30))}")
    else:
        maybe(
            "UNTIL", st.dates(day("2024-01-01"), day("2031-01-01")).map(lambda on: f"{on:%Y%m%d}")
        )
    return ";".join(parts)


@settings(max_examples=120, deadline=None)
@given(rules(), st.dates(day("2023-01-01"), day("2028-12-31")))
def test_any_rule_falls_on_the_dates_of_the_oracle(rule: str, start: date) -> None:
    last = start + timedelta(days=1461)
    assert found(rule, start, start, last) == occurrences(rule, start, last)


# --- libical ---


@pytest.mark.parametrize("line", TABLE.read_text(encoding="ascii").splitlines())
def test_ten_years_are_those_of_libical(line: str) -> None:
    start, rule, expected = line.split(" ", 2)
    begin = day(start)
    there = found(rule, begin, begin, end_of(begin))
    assert digest(there) == expected
    assert there == occurrences(rule, begin, end_of(begin))


# --- python-dateutil ---

WRONG_THERE = re.compile(r"BYWEEKNO|WEEKLY.*BYSETPOS|\dMO|\dTU|\dWE|\dTH|\dFR|\dSA|\dSU")
"""Kinds of rules at which that library errs; `recurrence` says how. Where all days have numbers it
is right, which is shown by a table."""


@settings(max_examples=80, deadline=None)
@given(rules(), st.dates(day("2023-01-01"), day("2028-12-31")))
def test_any_other_rule_falls_on_the_dates_of_dateutil(rule: str, start: date) -> None:
    rule = re.sub(r";(COUNT|UNTIL)=\d+", "", rule)
    assume(not WRONG_THERE.search(rule))
    last = start + timedelta(days=1461)
    there = found(rule, start, start, last)
    # It would search for seconds where there is little to be found.
    assume(len(there) > 12)
    for count in ("", ";COUNT=9"):
        expected = of_dateutil(rule + count, start, last)
        assert found(rule + count, start, start, last) == expected


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
    assert found(rule, start, start, last) == of_dateutil(rule, start, last)


def of_dateutil(rule: str, start: date, last: date) -> list[date]:
    moments = rrulestr(rule, dtstart=midnight(start))
    return [at.date() for at in takewhile(lambda at: at.date() <= last, moments)]


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
