"""Wall-clock times become the instants that RFC 5545 says, and instants wall-clock times."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmhold.planning.zones import Fit, midnight, place, to_instant, to_local, zone_of
from tests.unit.planning.build import refused, utc, wall
from tests.unit.planning.offsets import FIRST, LAST, PLACES

ONCE, TWICE, NEVER = Fit.ONCE, Fit.TWICE, Fit.NEVER

KNOWN = [
    ("Europe/Berlin", "2026-01-15T09:00", "2026-01-15T08:00", ONCE),
    ("Europe/Berlin", "2026-07-15T09:00", "2026-07-15T07:00", ONCE),
    ("Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59", ONCE),
    ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00", NEVER),
    ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:30", NEVER),
    ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00", ONCE),
    ("Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59", ONCE),
    ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00", TWICE),
    ("Europe/Berlin", "2026-10-25T02:59", "2026-10-25T00:59", TWICE),
    ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00", ONCE),
    # The two examples of the RFC itself.
    ("America/New_York", "2007-03-11T02:30", "2007-03-11T07:30", NEVER),
    ("America/New_York", "2007-11-04T01:30", "2007-11-04T05:30", TWICE),
    # By half an hour only.
    ("Australia/Lord_Howe", "2026-10-04T02:00", "2026-10-03T15:30", NEVER),
    ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30", ONCE),
    ("Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-04T14:30", TWICE),
    ("Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30", ONCE),
    # A whole date that was skipped.
    ("Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59", ONCE),
    ("Pacific/Apia", "2011-12-30T00:00", "2011-12-30T10:00", NEVER),
    ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T19:00", NEVER),
    ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00", ONCE),
    # One minute after midnight, so that a date ends twice.
    ("America/St_Johns", "2010-11-06T23:30", "2010-11-07T02:00", TWICE),
    ("America/St_Johns", "2010-11-07T00:00", "2010-11-07T02:30", TWICE),
    ("America/St_Johns", "2010-11-07T00:01", "2010-11-07T03:31", ONCE),
    # Standard time in the summer: the clocks go back for Ramadan.
    ("Africa/Casablanca", "2026-02-15T02:30", "2026-02-15T01:30", TWICE),
    ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:30", NEVER),
    ("Asia/Kathmandu", "2026-03-29T02:30", "2026-03-28T20:45", ONCE),
    # Beyond the transitions that the database lists one by one.
    ("Europe/Berlin", "2199-03-31T02:30", "2199-03-31T01:30", NEVER),
    ("Europe/Berlin", "2199-10-27T02:30", "2199-10-27T00:30", TWICE),
    ("UTC", "2026-03-29T02:30", "2026-03-29T02:30", ONCE),
]


@pytest.mark.parametrize(("zone", "local", "instant", "fit"), KNOWN)
def test_a_wall_clock_time_is_placed(zone: str, local: str, instant: str, fit: Fit) -> None:
    placed = place(wall(local), ZoneInfo(zone))
    assert placed == (utc(instant), fit)
    assert placed.at.tzinfo is UTC
    assert to_instant(wall(local), ZoneInfo(zone)) == utc(instant)


WALL = st.builds(
    lambda on, minute: midnight(on) + timedelta(minutes=minute),
    st.dates(FIRST, LAST),
    st.integers(0, 24 * 60 - 1),
)


@pytest.mark.parametrize("zone", PLACES)
def test_every_wall_clock_time_around_a_change_is_what_the_rfc_says(zone: str) -> None:
    offsets = PLACES[zone]
    for number in range(1, len(offsets.since)):
        before, after = offsets.offsets[number - 1 : number + 1]
        local = (offsets.since[number] + min(before, after)).replace(tzinfo=None)
        end = local + abs(after - before) + timedelta(hours=1)
        local -= timedelta(hours=1)
        while local < end:
            assert to_instant(local, ZoneInfo(zone)) == offsets.to_instant(local)
            local += timedelta(minutes=29)


@given(st.sampled_from(sorted(PLACES)), WALL)
def test_any_wall_clock_time_is_what_the_rfc_says(zone: str, local: datetime) -> None:
    assert to_instant(local, ZoneInfo(zone)) == PLACES[zone].to_instant(local)


@given(st.sampled_from(sorted(PLACES)), WALL)
@example("Pacific/Apia", wall("2011-12-30T12:00"))
def test_a_wall_clock_time_comes_back_unless_it_never_occurs(zone: str, local: datetime) -> None:
    at, fit = place(local, ZoneInfo(zone))
    back = to_local(at, ZoneInfo(zone))
    assert (back == local) == (fit is not NEVER)
    assert back >= local


@given(st.sampled_from(sorted(PLACES)), WALL)
def test_an_instant_is_shown_by_the_clocks_of_its_place(zone: str, local: datetime) -> None:
    at = local.replace(tzinfo=UTC)
    assert to_local(at, ZoneInfo(zone)) == local + PLACES[zone].at(at)


@pytest.mark.parametrize("name", ["Europe/Berlin", "UTC", "Etc/GMT+5", "America/Indiana/Knox"])
def test_a_zone_is_found_by_its_name(name: str) -> None:
    assert zone_of(name).key == name


NO_ZONES = [
    *("Berlin", "Europe", "europe/berlin/", "W. Europe Standard Time", "+01:00", "UTC+1", "CESTX"),
    *("../../etc/passwd", "/etc/localtime", "Europe/../UTC", "Europe//Berlin", "UTC\0", "a" * 5000),
    *("localtime", "posixrules", "right/UTC", "posix/UTC", "Factory", "zone.tab", "tzdata.zi", "ä"),
]


@pytest.mark.parametrize("name", NO_ZONES)
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with refused("zone", "is not in the IANA time zone database"):
        zone_of(name)


def test_a_missing_zone_is_refused_by_the_field_that_lacks_it() -> None:
    with refused("site.zone", "is required"):
        zone_of("", "site.zone")


def test_the_package_is_used_where_the_machine_has_no_database() -> None:
    code = "from firmhold.planning.zones import *; print(zone_of('Africa/Casablanca'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "Africa/Casablanca\n"


def test_the_zone_of_the_machine_means_nothing() -> None:
    code = (
        "import datetime as d; from firmhold.planning.zones import *;"
        "print(to_instant(d.datetime(2026, 7, 15, 9), zone_of('Europe/Berlin')))"
    )
    for machine in ("Pacific/Apia", "UTC"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TZ": machine},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == "2026-07-15 07:00:00+00:00\n"


def test_midnight_begins_a_date() -> None:
    assert midnight(date(2026, 3, 29)) == wall("2026-03-29T00:00")
