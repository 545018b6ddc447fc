"""Periods begin and end where they are said to, and days are as long as where people live."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.planning.zones import zone_of
from firmhold.reports.figures import class_begins, median_seconds, share
from firmhold.reports.opening import open_seconds
from firmhold.reports.steps import MOST_STEPS, Every, Period, period_of

NOW = datetime(2026, 11, 29, 17, 0, 21, 123456, tzinfo=UTC)


def period(since: str | None, until: str | None, zone: str, every: Every) -> Period:
    return period_of(since, until, zone, every, NOW)


def hours(asked: Period) -> list[float]:
    return [(ends - begins).total_seconds() / 3600 for begins, ends in asked.steps]


def test_days_on_which_the_clocks_change_have_an_hour_less_or_more() -> None:
    assert hours(period("2026-03-28", "2026-03-31", "Europe/Berlin", Every.DAY)) == [24, 23, 24]
    assert hours(period("2026-10-24", "2026-10-27", "Europe/Berlin", Every.DAY)) == [24, 25, 24]


def test_an_hour_that_comes_twice_is_two_steps() -> None:
    asked = period("2026-10-25", "2026-10-25T04:00", "Europe/Berlin", Every.HOUR)
    assert hours(asked) == [1] * 5
    clocks = [asked.local(begins).isoformat()[11:] for begins, _ in asked.steps]
    assert clocks == [
        *("00:00:00+02:00", "01:00:00+02:00", "02:00:00+02:00", "02:00:00+01:00"),
        "03:00:00+01:00",
    ]


def test_where_clocks_move_by_half_an_hour_steps_begin_at_whole_hours_again() -> None:
    asked = period("2026-10-04", "2026-10-04T05:00", "Australia/Lord_Howe", Every.HOUR)
    assert hours(asked) == [1, 1.5, 1, 1]
    asked = period("2027-04-04", "2027-04-04T05:00", "Australia/Lord_Howe", Every.HOUR)
    assert hours(asked) == [1, 1.5, 1, 1, 1]


def test_a_day_that_was_left_out_is_no_step() -> None:
    asked = period("2011-12-29", "2012-01-01", "Pacific/Apia", Every.DAY)
    assert hours(asked) == [24, 24]


def test_a_midnight_that_does_not_occur_is_when_the_day_begins() -> None:
    asked = period("2018-11-03", "2018-11-06", "America/Sao_Paulo", Every.DAY)
    assert hours(asked) == [24, 23, 24]


def test_weeks_begin_on_monday_and_the_first_and_the_last_may_be_parts() -> None:
    asked = period("2026-11-05", "2026-11-18", "UTC", Every.WEEK)
    assert [begins.strftime("%a %d") for begins, _ in asked.steps] == ["Thu 05", "Mon 09", "Mon 16"]
    assert hours(asked)[-1] == 48


def test_months_are_as_long_as_they_are() -> None:
    asked = period("2023-12-01", "2024-04-01", "UTC", Every.MONTH)
    assert [h / 24 for h in hours(asked)] == [31, 31, 29, 31]


def test_unless_given_it_is_the_week_up_to_the_end_of_the_step_in_which_we_are() -> None:
    asked = period(None, None, "Europe/Berlin", Every.HOUR)
    assert asked.until == datetime(2026, 11, 29, 18, tzinfo=UTC)
    assert asked.until - asked.since == timedelta(days=7)
    assert len(asked.steps) == 168
    assert period(None, None, "Asia/Kathmandu", Every.DAY).until.minute == 15


def test_a_time_with_an_offset_is_that_instant_whatever_the_zone() -> None:
    asked = period("2026-11-01T00:00:00+05:45", "2026-11-02T00:00Z", "Europe/Berlin", Every.DAY)
    assert asked.since == datetime(2026, 10, 31, 18, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "zone", "every", "field"),
    [
        ("2026-11-01T00:05", None, "UTC", Every.DAY, "from"),
        (None, "2026-11-01T00:00:01Z", "UTC", Every.DAY, "to"),
        ("2026-11-02", "2026-11-02", "UTC", Every.DAY, "to"),
        ("2026-11-03", "2026-11-02", "UTC", Every.DAY, "to"),
        ("2027-11-03", None, "UTC", Every.DAY, "from"),
        ("1999-01-01", "2026-01-01", "UTC", Every.MONTH, "from"),
        ("2026-01-01", "2026-11-01", "UTC", Every.HOUR, "every"),
        ("2026-11-31", None, "UTC", Every.DAY, "from"),
        ("yesterday", None, "UTC", Every.DAY, "from"),
        ("0000-00-00", None, "UTC", Every.DAY, "from"),
        (None, "9999-12-31", "UTC", Every.DAY, "to"),
        (None, None, "Mars/Olympus", Every.DAY, "zone"),
        ("1960-01-01", "1960-01-03", "Africa/Monrovia", Every.DAY, "to"),
        ("1960-01-01T00:00Z", "1960-01-03T00:00Z", "Africa/Monrovia", Every.DAY, "zone"),
    ],
)
def test_what_cannot_be_a_period_is_refused_by_the_name_of_the_field(
    since: str | None, until: str | None, zone: str, every: Every, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        period(since, until, zone, every)
    assert refused.value.refusal.facts["field"] == field


ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns")


@given(
    st.integers(0, 35_000 * 4),
    st.integers(1, 3000),
    st.sampled_from(ZONES),
    st.sampled_from(Every),
)
def test_steps_follow_each_other_from_one_end_to_the_other(
    start: int, quarters: int, zone: str, every: Every
) -> None:
    since = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * start)
    until = since + timedelta(minutes=15 * quarters)
    asked = period(since.isoformat(), until.isoformat(), zone, every)
    assert (asked.borders[0], asked.borders[-1]) == (since, until)
    assert all(begins < ends for begins, ends in asked.steps)
    assert len(asked.steps) <= MOST_STEPS
    for border in asked.borders[1:-1]:
        local = asked.local(border)
        assert local.minute == 0
        if every is not Every.HOUR:
            assert local.hour == 0
        if every is Every.WEEK:
            assert local.weekday() == 0


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200))
def test_the_median_is_right_to_a_fifth_of_the_one_in_the_middle(milliseconds: list[int]) -> None:
    counted: dict[int, int] = {}
    for one in milliseconds:
        number = 0
        while class_begins(number + 1) <= one:
            number += 1
        counted[number] = counted.get(number, 0) + 1
    told = median_seconds(counted)
    middle = sorted(milliseconds)[(len(milliseconds) - 1) // 2]
    assert told is not None
    # It is in the same class, or at the border of the next one.
    assert abs(told * 1000 - middle) <= max(100, 0.2 * middle)


def test_of_nothing_there_is_no_median_and_no_share() -> None:
    assert median_seconds({}) is None
    assert share(0, 0) is None
    assert share(1, 3) == 0.3333


def test_opening_hours_are_those_of_the_clocks_less_what_is_closed_and_never_twice() -> None:
    berlin = zone_of("Europe/Berlin")
    asked = period("2026-10-24", "2026-10-27", "Europe/Berlin", Every.DAY)  # Sa, So, Mo
    every_day = [
        {"day": day, "opens": "09:00", "closes": "17:00"} for day in ("SA", "MO", "MO")
    ] + [{"day": "SA", "opens": "22:00", "closes": "06:00"}]
    opened = open_seconds(every_day, [], berlin, asked.steps)
    # The night on which the clocks go back has one hour more.
    assert [it / 3600 for it in opened] == [10, 7, 8]
    closed = [{"starts": "2026-10-26T12:00", "ends": "2026-10-27"}]
    assert [it / 3600 for it in open_seconds(every_day, closed, berlin, asked.steps)] == [10, 7, 3]
