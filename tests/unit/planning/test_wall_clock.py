"""Dates and times are read as ISO 8601 and RFC 3339 write them, and nothing else is guessed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.planning.wall_clock import (
    Span,
    read_date,
    read_instant,
    read_local,
    read_span,
    read_whole,
    shown,
)
from tests.unit.planning.build import BERLIN, day, refused, utc, wall

NO_DATES = [
    ("2025-02-30", "no calendar has the date 2025-02-30"),
    ("2026-02-29", "no calendar has the date 2026-02-29"),
    ("2026-13-01", "no calendar has the date 2026-13-01"),
    ("2026-00-10", "no calendar has the date 2026-00-10"),
    ("1899-12-31", "must be in a year from 1900 to 2199, not 1899"),
    ("2200-01-01", "must be in a year from 1900 to 2199, not 2200"),
    ("0000-01-01", "must be in a year from 1900 to 2199, not 0"),
    *(
        (text, "must be a date such as 2026-03-01")
        for text in (
            *("", "1.3.2026", "03/01/2026", "20260301", "2026-3-1", "2026-W10-1", "2026-060"),
            *("2026-03-01T09:00", "2026-03-01\n2026-03-02", "٢٠٢٦-03-01", "today"),
        )
    ),
]


def test_a_date_is_read() -> None:
    assert read_date("on", " 2028-02-29 ") == day("2028-02-29")


@pytest.mark.parametrize(("text", "reason"), NO_DATES)
def test_what_is_no_date_is_refused(text: str, reason: str) -> None:
    with refused("on", reason):
        read_date("on", text)


SPANS = [
    ("09:00", "12:00", Span(540, 720), "09:00–12:00"),
    ("00:00", "24:00", Span(0, 1440), "00:00–24:00"),
    ("22:00", "06:00", Span(1320, 1800), "22:00–06:00"),
    ("22:00", "00:00", Span(1320, 1440), "22:00–24:00"),
    ("23:59", "23:58", Span(1439, 2878), "23:59–23:58"),
]


@pytest.mark.parametrize(("start", "end", "span", "text"), SPANS)
def test_a_span_is_read(start: str, end: str, span: Span, text: str) -> None:
    assert read_span("sessions[0]", start, end) == span
    assert str(span) == text


NO_SPANS = [
    ("09:00", "09:00", "starts and ends at 09:00, so it is empty"),
    ("24:00", "09:00", "starts at 24:00; that is 00:00 of the next day"),
    ("9:00", "12:00", "must be a time of day such as 09:00, with two digits each, not '9:00'"),
    ("09:60", "12:00", "must be a time of day"),
    ("24:01", "12:00", "must be a time of day"),
    ("09:00:30", "12:00", "must be a time of day"),
    ("9 am", "12:00", "must be a time of day"),
    ("09:00Z", "12:00", "must be a time of day"),
    ("", "12:00", "must be a time of day"),
    ("٠٩:٠٠", "12:00", "must be a time of day"),
]


@pytest.mark.parametrize(("start", "end", "reason"), NO_SPANS)
def test_what_is_no_span_is_refused(start: str, end: str, reason: str) -> None:
    with refused("breaks[2]", reason):
        read_span("breaks[2]", start, end)


def test_a_span_starts_and_ends_on_the_wall_clock() -> None:
    span = read_span("sessions[0]", "22:00", "06:00")
    assert span.starts_on(day("2026-03-28")) == wall("2026-03-28T22:00")
    assert span.ends_on(day("2026-03-28")) == wall("2026-03-29T06:00")
    assert span.minutes == 480


LOCALS = [
    ("2026-03-01", "2026-03-01T00:00"),
    ("2026-03-01T09:00", "2026-03-01T09:00"),
    ("2026-03-01 09:00:30", "2026-03-01T09:00:30"),
]


@pytest.mark.parametrize(("text", "local"), LOCALS)
def test_a_wall_clock_time_is_read(text: str, local: str) -> None:
    assert read_local("starts", text) == wall(local)


NO_LOCALS = [
    ("2026-03-01T09:00Z", "is a wall-clock time, so it has no offset from UTC"),
    ("2026-03-01T09:00+01:00", "is a wall-clock time, so it has no offset from UTC"),
    ("2026-02-30T09:00", "no calendar has the date 2026-02-30"),
    ("2026-03-01T24:00", "no clock shows 24:00"),
    ("2026-03-01T09:61", "no clock shows 09:61"),
    ("2026-03-01T9", "must be a date or a time such as 2026-03-01T09:00"),
    ("tomorrow", "must be a date or a time such as 2026-03-01T09:00"),
]


@pytest.mark.parametrize(("text", "reason"), NO_LOCALS)
def test_what_is_no_wall_clock_time_is_refused(text: str, reason: str) -> None:
    with refused("starts", reason):
        read_local("starts", text)


INSTANTS = [
    ("2026-03-01T09:00:00Z", "2026-03-01T09:00"),
    ("2026-03-01t09:00z", "2026-03-01T09:00"),
    ("2026-03-01T09:00:00.000Z", "2026-03-01T09:00"),
    ("2026-03-01 09:00:00+01:00", "2026-03-01T08:00"),
    ("2026-03-01T00:30-03:30", "2026-03-01T04:00"),
    ("2026-03-01T00:30+14:00", "2026-02-28T10:30"),
    ("2026-03-29T02:30", "2026-03-29T01:30"),
    ("2026-10-25T02:30", "2026-10-25T00:30"),
]


@pytest.mark.parametrize(("text", "instant"), INSTANTS)
def test_an_instant_is_read(text: str, instant: str) -> None:
    assert read_instant("starts_at", text, BERLIN) == utc(instant)


NO_INSTANTS = [
    ("2026-03-01T09:00", "has neither an offset from UTC nor a zone"),
    ("2026-03-01", "must be a time as in RFC 3339"),
    ("2026-03-01T09:00+1", "must be a time as in RFC 3339"),
    ("2026-03-01T09:00+24:00", "has no possible offset from UTC"),
    ("2026-03-01T09:00+01:60", "has no possible offset from UTC"),
    ("2026-02-30T09:00Z", "no calendar has the date 2026-02-30"),
    ("1767225600", "must be a time as in RFC 3339"),
    ("2026-03-01T09:00:00.5Z", "must be a time as in RFC 3339"),
]


@pytest.mark.parametrize(("text", "reason"), NO_INSTANTS)
def test_what_is_no_instant_is_refused(text: str, reason: str) -> None:
    with refused("starts_at", reason):
        read_instant("starts_at", text)


@pytest.mark.parametrize("value", [0, 1441, -1, 1.0, True, "30", None])
def test_a_number_out_of_its_bounds_is_refused(value: object) -> None:
    with refused("slot_minutes", "must be a whole number of minutes from 1 to 1,440"):
        read_whole("slot_minutes", value, 1, 1440, "minutes")


def test_a_value_is_shown_short_and_printable() -> None:
    assert shown("x" * 50) == f"'{'x' * 40}…'"
    assert shown("a\0b") == r"'a\x00b'"


@pytest.mark.parametrize("read", [read_date, read_local, read_instant])
@given(text=st.text(max_size=30) | st.text("0123456789-T:+Z ", max_size=26))
def test_any_text_is_read_or_refused(read: Callable[[str, str], object], text: str) -> None:
    try:
        read("field", text)
    except Refused as error:
        facts = error.refusal.facts
    else:
        return
    assert facts["field"] == "field"
    assert facts["reason"].isprintable()
