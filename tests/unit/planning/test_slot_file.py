"""Whatever a file of slots has in it, each row comes out good or with its line and the reason."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.domain.errors import Refused
from firmhold.planning.slot_file import COLUMNS, LONGEST_ROW, Reject, SlotRow, read_slots
from tests.unit.planning.build import BERLIN, refused, utc

HEADER = "title,starts_at,minutes,capacity"
GOOD = "Visit,2026-01-05T09:00:00Z,30,1"


def read(*rows: str, zone: ZoneInfo | None = None) -> list[SlotRow | Reject]:
    lines = "\n".join(rows).split("\n")
    return list(read_slots((f"{line}\n" for line in lines), zone))


def row_with(zone: ZoneInfo | None = None, **cells: str) -> SlotRow | Reject:
    """The row that has these cells, and others that are good."""
    usual = {"title": "Visit", "starts_at": "2026-01-05T09:00Z", "minutes": "30", "capacity": "1"}
    named = {**usual, **cells}
    written = io.StringIO(newline="")
    csv.writer(written).writerows([named.keys(), named.values()])
    (found,) = read_slots(io.StringIO(written.getvalue(), newline=""), zone)
    return found


def test_a_row_is_read() -> None:
    found = row_with(
        title="Vaccination, adults",
        starts_at="2026-01-05T09:00:00+01:00",
        ends_at="2026-01-05T08:45:00Z",
        minutes="",
        capacity="12",
        room="Room 3",
        practitioner="Dr. Ada",
        description="Line one\nline two",
        price_amount="2500",
        price_currency="EUR",
        hold_ttl_seconds="120",
        sale_starts_at="2026-01-01T00:00:00Z",
        sale_ends_at="2026-01-05T08:00:00+01:00",
        min_quantity="2",
        max_quantity="6",
        max_per_customer="8",
        open="false",
        metadata='{"floor": 3, "tags": ["x", null]}',
    )
    assert found == SlotRow(
        line=2,
        title="Vaccination, adults",
        starts_at=utc("2026-01-05T08:00"),
        ends_at=utc("2026-01-05T08:45"),
        capacity=12,
        room="Room 3",
        practitioner="Dr. Ada",
        description="Line one\nline two",
        price_amount=2500,
        price_currency="EUR",
        hold_ttl_seconds=120,
        sale_starts_at=utc("2026-01-01T00:00"),
        sale_ends_at=utc("2026-01-05T07:00"),
        min_quantity=2,
        max_quantity=6,
        max_per_customer=8,
        open=False,
        metadata={"floor": 3, "tags": ["x", None]},
    )


def test_an_empty_cell_is_no_value() -> None:
    empty: dict[str, Any] = {name: "" for name in COLUMNS[4:] if name != "capacity"}
    found = row_with(**{**empty, "practitioner": " "})
    assert isinstance(found, SlotRow)
    assert set(found[5:]) == {None}


TIMES = [
    ("2026-01-05T09:00", "2026-01-05T08:00"),
    ("2026-07-05 09:00:00", "2026-07-05T07:00"),
    ("2026-03-29T02:30", "2026-03-29T01:30"),
    ("2026-10-25T02:30", "2026-10-25T00:30"),
    ("2026-01-05T09:00Z", "2026-01-05T09:00"),
    ("2026-01-05T09:00-05:00", "2026-01-05T14:00"),
]


@pytest.mark.parametrize(("text", "instant"), TIMES)
def test_a_time_without_an_offset_is_one_of_the_sites_clocks(text: str, instant: str) -> None:
    found = row_with(BERLIN, starts_at=text)
    assert isinstance(found, SlotRow)
    assert found.starts_at == utc(instant)


def test_a_time_without_an_offset_is_refused_where_there_is_no_site() -> None:
    for cells in (
        {"starts_at": "2026-01-05T09:00"},
        {"ends_at": "2026-01-05T09:30", "minutes": ""},
    ):
        found = row_with(**cells)
        assert isinstance(found, Reject)
        assert found.reason.startswith("has neither an offset from UTC nor a zone")


def test_minutes_are_exact_also_when_the_clocks_change() -> None:
    found = row_with(BERLIN, starts_at="2026-03-29T01:30", minutes="60")
    assert isinstance(found, SlotRow)
    assert (found.starts_at, found.ends_at) == (utc("2026-03-29T00:30"), utc("2026-03-29T01:30"))


def test_minutes_and_an_end_may_stand_together_if_they_agree() -> None:
    assert isinstance(row_with(ends_at="2026-01-05T09:30Z"), SlotRow)


UNITS = "must be a whole number from 0 to 1,000,000,000"
BAD = [
    ("title", "", "is required"),
    ("title", "   ", "is required"),
    ("title", "x" * 201, "must be text of at most 200 characters"),
    ("title", "a\nb", "has a control character (U+000A)"),
    ("room", "bell\a", "has a control character (U+0007)"),
    ("practitioner", "\x1b[31m", "has a control character (U+001B)"),
    ("description", "x" * 4001, "must be text of at most 4,000 characters"),
    ("description", "a\0b", "has a control character (U+0000)"),
    ("starts_at", "", "is required"),
    ("starts_at", "2026-01-05", "must be a time as in RFC 3339"),
    ("starts_at", "5.1.2026 9:00", "must be a time as in RFC 3339"),
    ("starts_at", "2025-02-30T09:00Z", "no calendar has the date 2025-02-30"),
    ("starts_at", "2026-01-05T25:00Z", "no clock shows 25:00"),
    ("starts_at", "1767225600", "must be a time as in RFC 3339"),
    ("ends_at", "2026-01-05T09:00Z", "must be later than starts_at"),
    ("ends_at", "2026-01-05T08:00Z", "must be later than starts_at"),
    ("ends_at", "2027-01-07T09:00Z", "is more than 366 days after starts_at"),
    ("minutes", "0", "must be a whole number from 1 to 527,040, not '0'"),
    ("minutes", "-30", "must be a whole number from 1 to 527,040"),
    ("minutes", "1e2", "must be a whole number from 1 to 527,040"),
    ("capacity", "", "is required"),
    *(
        ("capacity", value, f"{UNITS}, not '{value}'")
        for value in ("1e3", "1.5", "NaN", "-1", str(2**63), "9" * 30, "٣", " 1", "+1")
    ),
    ("hold_ttl_seconds", "604801", "must be a whole number from 1 to 604,800"),
    ("price_amount", str(2**63), "must be a whole number from 0 to"),
    ("price_currency", "eur", "three capital letters as in ISO 4217, such as EUR, not 'eur'"),
    ("price_currency", "EUR", "come together or not at all"),
    ("sale_starts_at", "soon", "must be a time as in RFC 3339"),
    ("sale_ends_at", "2026-02-30T09:00Z", "no calendar has the date 2026-02-30"),
    ("min_quantity", "0", "must be a whole number from 1 to 1,000,000, not '0'"),
    ("max_quantity", "1000001", "must be a whole number from 1 to 1,000,000"),
    ("max_per_customer", "many", "must be a whole number from 1 to 1,000,000"),
    ("open", "yes", "must be true or false, not 'yes'"),
    ("metadata", "[]", "must be a JSON object, not '[]'"),
    ("metadata", "{", "must be a JSON object: "),
    ("metadata", '{"a": NaN}', "has a number that JSON does not know: NaN"),
    ("metadata", '{"a": 1e400}', "has a number that is too large"),
    ("metadata", '{"a": ' + "9" * 400 + "}", "has a number that is too large"),
    ("metadata", '{"a": "\\u0000"}', "has a NUL character"),
    ("metadata", '{"\\u0000": 1}', "has a NUL character"),
    ("metadata", '{"a": "\\ud800"}', "has half of a character"),
    ("metadata", '{"a":' * 200 + "1" + "}" * 200, "is nested too deep"),
    ("metadata", '{"a":' * 9000 + "1" + "}" * 9000, "is nested too deep"),
    ("metadata", '{"a": "' + "x" * 65_536 + '"}', "must not be longer than 65,536 bytes"),
]


@pytest.mark.parametrize(("field", "value", "reason"), BAD)
def test_a_bad_cell_is_named_with_its_line_and_reason(field: str, value: str, reason: str) -> None:
    found = row_with(**{field: value})
    assert isinstance(found, Reject)
    assert (found.line, found.field) == (2, field)
    assert reason in found.reason


def test_an_end_or_minutes_are_needed() -> None:
    found = row_with(minutes="", ends_at="")
    assert isinstance(found, Reject)
    assert (found.field, found.reason) == ("ends_at", "is required, or else minutes")


def test_an_end_that_contradicts_the_minutes_is_named() -> None:
    found = row_with(ends_at="2026-01-05T09:45Z")
    assert isinstance(found, Reject)
    assert (found.field, found.reason[:12]) == ("minutes", "does not fit")


def test_bad_rows_are_reported_and_the_good_ones_are_kept() -> None:
    found = read(HEADER, GOOD, "Visit,soon,30,1", "", "Visit,2026", GOOD)
    assert [(type(it).__name__, it.line) for it in found] == [
        ("SlotRow", 2),
        ("Reject", 3),
        ("Reject", 5),
        ("SlotRow", 6),
    ]
    short = found[2]
    assert isinstance(short, Reject)
    assert short == (5, None, "has 2 cells where the header has 4 columns", "Visit,2026")


def test_a_row_over_several_lines_is_at_its_first() -> None:
    found = read(f"{HEADER},description", f'{GOOD},"one\r\ntwo\nthree"', f"{GOOD},x", "y")
    first, second, third = found
    assert isinstance(first, SlotRow)
    assert isinstance(second, SlotRow)
    assert isinstance(third, Reject)
    assert (first.line, first.description) == (2, "one\r\ntwo\nthree")
    assert (second.line, third.line) == (5, 6)


def test_lines_without_breaks_are_read() -> None:
    assert len(list(read_slots([HEADER, GOOD, GOOD]))) == 2


def test_a_byte_order_mark_is_no_part_of_a_name() -> None:
    assert isinstance(read(f"\ufeff{HEADER}", GOOD)[0], SlotRow)


def test_rows_are_read_as_they_are_asked_for() -> None:
    asked: list[int] = []

    def lines() -> list[str]:
        return [HEADER, GOOD, GOOD]

    def counted() -> object:
        for number, line in enumerate(lines()):
            asked.append(number)
            yield line + "\n"

    rows = read_slots(counted())  # type: ignore[arg-type]  # a generator of text
    next(rows)
    assert asked == [0, 1]


FAULTS = [
    ('Visit,"2026', "a quote is opened and never closed"),
    ('Visit,"2026"x,30,1', "is not CSV: ',' expected after '\"'"),
    ("Vis\rit,2026-01-05T09:00Z,30,1", "has a carriage return outside of quotes"),
    ("x" * (LONGEST_ROW + 1), "is longer than 1,048,576 characters"),
    ("x" * 140_000 + ",1,1,1", "a cell is too long, or a quote is opened and never closed"),
]


@pytest.mark.parametrize(("row", "reason"), FAULTS)
def test_a_row_that_is_no_csv_is_reported(row: str, reason: str) -> None:
    first, bad, *_ = read(HEADER, GOOD, row)
    assert isinstance(first, SlotRow)
    assert isinstance(bad, Reject)
    assert (bad.line, bad.field, bad.reason) == (3, None, reason)


def test_a_long_row_does_not_swallow_those_after_it() -> None:
    found = read(HEADER, '"' + "x" * LONGEST_ROW, GOOD)
    assert [type(it).__name__ for it in found] == ["Reject", "SlotRow"]


HEADERS = [
    ("", "the file needs a header with columns from title, starts_at, ends_at"),
    ("\n\n", "the file needs a header"),
    ("title;starts_at;minutes;capacity", "columns must be separated by commas"),
    ("title,starts_at,minutes", "a column is missing: capacity"),
    ("minutes", "a column is missing: title, starts_at, capacity"),
    ("title,starts_at,capacity", "a column is missing: ends_at or minutes"),
    (f"{HEADER},title", "column 'title' is there twice"),
    (f"{HEADER},Starts At", "column 'Starts At' is not one of a slot; did you mean starts_at"),
    (f"{HEADER},doctor", "column 'doctor' is not one of a slot; title, starts_at,"),
    ('title,"starts_at', "a quote is opened and never closed"),
]


@pytest.mark.parametrize(("header", "reason"), HEADERS)
def test_a_header_that_does_not_say_what_the_columns_are_is_refused(
    header: str, reason: str
) -> None:
    with refused("header", reason):
        read(header)


CELLS = st.sampled_from(["", "1", "30", "Visit", "2026-01-05T09:00Z", "2026-01-05T10:00", "EUR"])
ROWS = st.lists(st.lists(CELLS | st.text(max_size=6), max_size=12), max_size=6)


@given(ROWS, st.booleans(), st.sets(st.sampled_from(COLUMNS)))
def test_any_file_is_read_or_reported(
    rows: list[list[str]], with_zone: bool, more: set[str]
) -> None:
    header = sorted({"title", "starts_at", "minutes", "capacity"} | more)
    written = io.StringIO(newline="")
    csv.writer(written).writerows([header, *rows])
    found = list(
        read_slots(io.StringIO(written.getvalue(), newline=""), BERLIN if with_zone else None)
    )
    assert len(found) <= len(rows)
    for it in found:
        if isinstance(it, SlotRow):
            assert isinstance(it.starts_at, datetime)
            assert it.starts_at < it.ends_at
        else:
            assert it.reason


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    list(read_slots(io.StringIO(f"{HEADER}\n{text}", newline="")))
    try:
        list(read_slots(io.StringIO(text, newline="")))
    except Refused as error:
        field = error.refusal.facts["field"]
    else:
        return
    assert field == "header"
