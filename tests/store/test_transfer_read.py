"""Whatever a file has in it, each row comes out good or with its line and the reason why not."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.store.transfer_read import COLUMNS, MAX_LINE, BadFile, Format, Reader, Reject

HEADER = "sku,name,capacity"


def row(**fields: Any) -> dict[str, Any]:
    return {"sku": "A", "name": "a", "capacity": 1, **fields}


UNITS = "must be a whole number from 1 to 1,000,000"
CAPACITY = "must be a whole number from 0 to 1,000,000,000"
TIME = "must be a time as in RFC 3339"
BAD_VALUES = [
    *(
        ("capacity", value, f"{CAPACITY}, not '{value}'")
        for value in ("1e3", "1.5", "1.0", "NaN", "-1", str(2**63), "9" * 30, "٣", " 1", "+1")
    ),
    ("capacity", "", "is required"),
    ("sku", "", "is required"),
    ("sku", "x" * 129, "must be text of 1 to 128 characters"),
    *(
        ("sku", sku, "must not begin or end with white space")
        for sku in (" A", "A ", "\u00a0A", "A\u3000", " ")
    ),
    ("sku", "a\0b", "has a control character (U+0000)"),
    ("sku", "a\nb", "has a control character (U+000A)"),
    ("name", "bell\a", "has a control character (U+0007)"),
    ("name", "", "is required"),
    ("name", " ", "must be text of 1 to 200 characters, not only white space"),
    ("name", "x" * 201, "must be text of 1 to 200 characters"),
    ("description", "x\x1b[31m", "has a control character (U+001B)"),
    ("min_quantity", "0", f"{UNITS}, not '0'"),
    ("max_quantity", "null", f"{UNITS}, not 'null'"),
    ("max_per_customer", "true", f"{UNITS}, not 'true'"),
    ("hold_ttl_seconds", "604801", "must be a whole number of seconds from 1 to 604,800"),
    ("price_amount", str(2**63), "must be a whole number of minor units from 0 to"),
    ("price_currency", "eur", "three capital letters as in ISO 4217, such as EUR, not 'eur'"),
    ("price_currency", "EUR", "come together or not at all"),
    ("sale_starts_at", "2026-03-01T09:00:00", "has no offset from UTC: '2026-03-01T09:00:00'"),
    ("sale_starts_at", "2026-03-01", TIME),
    ("sale_starts_at", "2026-02-30T09:00:00Z", TIME),
    ("sale_ends_at", "1767225600x", TIME),
    ("sale_ends_at", "9999-12-31T23:59:59-01:00", "must be in a year from 2 to 9998"),
    ("metadata", "[1]", "must be a JSON object, not '[1]'"),
    ("metadata", "{'a': 1}", "must be a JSON object: JSON is malformed"),
    ("metadata", '{"a": "\\u0000"}', "has a NUL character"),
    ("metadata", '{"a": "\\ud800"}', "must be a JSON object"),
    ("metadata", '{"a": 1e-20000}', "has a number with more than 16,383 decimals"),
    ("metadata", '{"a": 1e400}', "must be a JSON object: Number out of range"),
    ("metadata", f'{{"a": "{"x" * 65_536}"}}', "must not be longer than 65,536 bytes"),
    ("metadata", f'{{"a": {"[" * 5000}{"]" * 5000}}}', "is nested too deep"),
]


def csv_cell(value: str) -> str:
    quoted = value.replace('"', '""')
    return f'"{quoted}"'


@pytest.mark.parametrize(("field", "value", "reason"), BAD_VALUES)
def test_a_bad_cell_is_named_with_its_line_and_reason(field: str, value: str, reason: str) -> None:
    cells = {**row(description=""), field: value}
    text = f"{','.join(cells)}\n{','.join(csv_cell(str(cell)) for cell in cells.values())}\n"
    reject = read_one(text.encode(), "csv")
    assert (reject.line, reject.field) == (2, field)
    assert reason in reject.reason


BAD_MEMBERS = [
    *(
        ("capacity", text, f"{CAPACITY}, not '{shown}'")
        for text, shown in (
            ("1e3", "1000.0"),
            ("1.5", "1.5"),
            ("-1", "-1"),
            (str(2**63), str(2**63)),
            ('"1"', "1"),
            ("null", "null"),
            ("true", "true"),
        )
    ),
    ("sku", '""', "must be text of 1 to 128 characters, not ''"),
    ("sku", '"A "', "must not begin or end with white space: 'A '"),
    ("name", '""', "must be text of 1 to 200 characters, not ''"),
    ("name", '"\\u2003 "', "must be text of 1 to 200 characters, not only white space"),
    ("sku", "7", "must be text of 1 to 128 characters, not '7'"),
    ("sku", '"a\\u0000"', "has a control character (U+0000)"),
    ("name", '"\\n"', "has a control character (U+000A)"),
    ("max_quantity", "1e0", UNITS),
    ("sale_ends_at", '"2026-03-01T09:00:00"', "has no offset from UTC"),
    ("sale_ends_at", "1767225600", TIME),
    ("metadata", "[]", "must be a JSON object, not '[]'"),
    ("metadata", '"{}"', "must be a JSON object, not '{}'"),
    ("kapacity", "1", "is not a field of an item; did you mean capacity?"),
    ("Sale Starts At", "1", "did you mean sale_starts_at or sale_ends_at?"),
    ("zzz", "1", "is not a field of an item; there are sku, name,"),
    (None, "NaN", "is not JSON"),
]


@pytest.mark.parametrize(("field", "value", "reason"), BAD_MEMBERS)
def test_a_bad_member_is_named_with_its_line_and_reason(
    field: str | None, value: str, reason: str
) -> None:
    members = {name: json.dumps(given) for name, given in row().items()}
    members[field or "capacity"] = value
    text = "{" + ",".join(f'"{name}":{given}' for name, given in members.items()) + "}"
    reject = read_one(f"\n{text}\n".encode(), "jsonl")
    assert (reject.line, reject.field) == (2, field)
    assert reason in reject.reason
    assert reject.raw == text


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        (b"[1]", None, "must be a JSON object with the fields of an item"),
        (b"{}", "sku", "is required"),
        (b'{"sku":"A\xff"}', None, "is not UTF-8: byte 0xff at 10"),
        (b"{", None, "is not JSON"),
        (b'{"sku":"\\ud800","name":"a","capacity":1}', None, "is not JSON"),
        (b'{"metadata":' + b"[" * 100_000, None, "too deep"),
        (b'{"sku":"' + b"x" * MAX_LINE + b'"}', None, "is longer than 1,048,576 bytes"),
    ],
)
def test_a_line_that_is_no_item_is_named(text: bytes, field: str | None, reason: str) -> None:
    reject = read_one(b'{"sku":"B","name":"b","capacity":1}\n' + text, "jsonl", good=1)
    assert (reject.line, reject.field) == (2, field)
    assert reason in reject.reason
    assert len(reject.raw) <= len(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b", "has 2 cells where the header has 3 columns"),
        ("a,b,1,", "has 4 cells where the header has 3 columns"),
        ('a,"b,1\nc,d,2\n', "a quote is opened and never closed"),
        ('a,"b"c,1', "is not CSV: ',' expected after '\"'"),
        ("a,b\rc,1", "has a carriage return outside of quotes"),
        (f"a,{'x' * 200_000},1", "a cell is too long"),
        (f"a,{'x' * MAX_LINE},1", "is longer than 1,048,576 bytes"),
    ],
)
def test_a_row_that_is_none_is_named(text: str, reason: str) -> None:
    reject = read_one(f"{HEADER}\nB,b,1\n{text}".encode(), "csv", good=1)
    assert (reject.line, reject.field) == (3, None)
    assert reason in reject.reason


def test_invalid_bytes_spoil_one_row_only() -> None:
    data = f"{HEADER}\nA,a,1\nB,".encode() + b"caf\xe9" + b',2\nC,"two\nlines",3\nD,,4\n'
    reader = Reader(io.BytesIO(data), "csv", partial=False)
    chunk = reader.chunk()
    assert chunk is not None
    assert [(good[0], good[4]) for good in chunk.rows] == [(2, "A"), (4, "C")][:1]
    assert [(bad.line, bad.field, bad.reason) for bad in chunk.rejects] == [
        (3, None, "is not UTF-8: byte 0xe9 at 6"),
        (4, "name", "has a control character (U+000A)"),
        (6, "name", "is required"),
    ]
    assert chunk.rejects[1].raw == 'C,"two\nlines",3'


def read_one(data: bytes, format: Format, good: int = 0) -> Reject:
    """The only row that is rejected."""
    chunk = Reader(io.BytesIO(data), format, partial=False).chunk()
    assert chunk is not None
    assert len(chunk.rows) == good
    (reject,) = chunk.rejects
    return reject


@given(st.binary(max_size=300), st.sampled_from(["csv", "jsonl"]), st.booleans())
def test_any_bytes_are_rows_or_reasons(data: bytes, format: Format, header: bool) -> None:
    if header:
        data = f"{HEADER},metadata\n".encode() + data
    reader = Reader(io.BytesIO(data), format, partial=True)
    lines = data.count(b"\n") + 1
    with contextlib.ExitStack() as stack:
        if not header:
            stack.enter_context(contextlib.suppress(BadFile))
        while chunk := reader.chunk():
            for good in chunk.rows:
                assert len(good) == len(COLUMNS)
            for bad in chunk.rejects:
                assert 1 <= bad.line <= lines and bad.reason
