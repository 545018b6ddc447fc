"""Items go in and out in bulk: what is good is kept, what is not is named, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import json
from typing import Any, NamedTuple

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmhold.domain.commands import Asked, Hold
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Answer
from firmhold.store import transfer_read
from firmhold.store.database import Database
from firmhold.store.sql import statement
from firmhold.store.transfer import (
    BadFile,
    Existing,
    Format,
    ImportResult,
    OnError,
    Progress,
    export_items,
    import_items,
)
from firmhold.store.transfer_format import BIT, FIELDS
from firmhold.store.transfer_read import COLUMNS, MAX_LINE, Reader
from firmhold.store.verify import verify
from tests.databases import Address
from tests.store import books as b

ORGANIZATION = b.ORGANIZATION
HEADER = "sku,name,capacity"


class Rejected(NamedTuple):
    line: int
    field: str | None
    reason: str
    raw: str


@pytest.fixture
async def shop(connection: asyncpg.Connection) -> asyncpg.Connection:
    await connection.execute(
        "INSERT INTO organization (id, slug, name) VALUES ($1::uuid, 'shop', 'Shop')",
        ORGANIZATION[-32:],
    )
    return connection


async def load(
    connection: asyncpg.Connection,
    data: str | bytes,
    format: Format = "csv",
    *,
    on_error: OnError = "keep",
    existing: Existing = "error",
    rejected: list[Rejected] | None = None,
) -> ImportResult:
    """Import, and see that the books balance whatever came of it."""
    source = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    result = await import_items(
        connection,
        ORGANIZATION,
        "user:test",
        source,
        format,
        on_error=on_error,
        existing=existing,
        on_reject=None if rejected is None else lambda *reject: rejected.append(Rejected(*reject)),
    )
    assert (await verify(connection)).findings == []
    return result


async def dump(connection: asyncpg.Connection, format: Format = "csv", **options: Any) -> bytes:
    parts: list[bytes] = []
    rows = await export_items(connection, ORGANIZATION, parts.append, format, **options)
    data = b"".join(parts)
    if format == "jsonl":
        assert data.count(b"\n") == rows
    return data


async def items(connection: asyncpg.Connection) -> list[dict[str, Any]]:
    data = await dump(connection, "jsonl", counts=True)
    return [json.loads(line) for line in data.splitlines()]


async def entries(connection: asyncpg.Connection, sku: str) -> list[tuple[Any, ...]]:
    rows = await connection.fetch(
        "SELECT l.seq, l.kind, l.capacity_delta, l.capacity, l.actor, l.reason FROM ledger AS l "
        "JOIN item AS i ON i.id = l.offering_id WHERE i.sku = $1 ORDER BY l.seq",
        sku,
    )
    return [tuple(row) for row in rows]


# --- what comes in ---


async def test_rows_become_items_with_their_first_ledger_entry(shop: asyncpg.Connection) -> None:
    told: list[Progress] = []
    result = await import_items(
        shop,
        ORGANIZATION,
        "user:test",
        io.BytesIO(f"{HEADER}\nA,First,3\nB,Second,0\n".encode()),
        "csv",
        on_error="keep",
        existing="error",
        on_progress=told.append,
    )
    assert result == ImportResult(2, 0, 0, 0, [], kept=True)
    assert told == [Progress(rows=2, created=2, read=39)]
    assert await entries(shop, "A") == [(1, "created", 3, 3, "user:test", "import")]
    assert [(i["sku"], i["capacity"], i["available"]) for i in await items(shop)] == [
        ("A", 3, 3),
        ("B", 0, 0),
    ]


NASTY = [
    {"sku": "plain", "name": "Plain", "capacity": 0},
    {
        "sku": 'quote"s, and\u2028more',
        "name": "=SUM(A1:A9)",
        "capacity": 1_000_000_000,
        "description": 'line one\r\nline "two"\n\n\ttabbed, \r alone, and a trailing line\n',
        "price_amount": 2**63 - 1,
        "price_currency": "EUR",
        "sale_starts_at": "2026-03-29T02:30:00.000001Z",
        "sale_ends_at": "2026-10-25T02:30:00Z",
        "min_quantity": 2,
        "max_quantity": 1_000_000,
        "max_per_customer": 5,
        "hold_ttl_seconds": 604_800,
        "metadata": {"ключ": [1, 2.50, None, {"": "𝄞\u0001"}], "number": 0.1},
    },
    {"sku": " spaces ", "name": "null", "capacity": 7, "description": "null"},
    {"sku": "0123", "name": "NaN", "capacity": 1, "metadata": {"a": 1e-300, "b": "\\u0000"}},
    {"sku": "+49-30", "name": "'", "capacity": 1, "description": "@x\ttab"},
    {"sku": "x" * 128, "name": "👩‍👩‍👧", "capacity": 1, "price_amount": 0, "price_currency": "XXX"},
]


@pytest.mark.parametrize("format", ["csv", "jsonl"])
async def test_an_export_imports_to_the_same_items(
    shop: asyncpg.Connection, format: Format
) -> None:
    lines = "\n".join(json.dumps(row) for row in NASTY)
    # A number that no float holds.
    lines = lines.replace("2.5,", "1234567890.12345678901234567890,")
    assert (await load(shop, lines, "jsonl")).created == len(NASTY)
    first = await dump(shop, format)
    before = await _tables(shop)
    # Exported items exist, and are what they are: nothing to update.
    again = await load(shop, first, format, existing="update")
    assert again == ImportResult(0, 0, len(NASTY), 0, [], kept=True)
    assert await _tables(shop) == before
    # And into an empty shop.
    await _empty(shop)
    assert (await load(shop, first, format, on_error="stop")).created == len(NASTY)
    assert await _tables(shop) == before
    assert await dump(shop, format) == first
    assert b"1234567890.12345678901234567890" in first


async def _tables(connection: asyncpg.Connection) -> list[Any]:
    """All that an item is, without its id and dates, as the database has it."""
    return await connection.fetch(
        "SELECT to_jsonb(i) - 'id' - 'created_at' - 'updated_at' AS item, to_jsonb(o) - 'id' AS o "
        "FROM item AS i JOIN offering AS o USING (organization_id, id) ORDER BY i.sku"
    )


async def _empty(connection: asyncpg.Connection) -> None:
    await connection.execute("ALTER TABLE ledger DISABLE TRIGGER ledger_append_only")
    await connection.execute("GRANT ALL ON ledger TO firmhold")
    await connection.execute("DELETE FROM ledger; DELETE FROM item; DELETE FROM offering")


async def test_an_empty_export_imports_to_nothing(shop: asyncpg.Connection) -> None:
    csv, jsonl = await dump(shop, "csv"), await dump(shop, "jsonl")
    assert csv == f"{','.join(FIELDS)}\r\n".encode()
    assert jsonl == b""
    assert await load(shop, csv) == ImportResult(0, 0, 0, 0, [], kept=True)
    assert await load(shop, jsonl, "jsonl") == ImportResult(0, 0, 0, 0, [], kept=True)


async def test_counts_are_exported_when_asked_and_never_imported(books: Address) -> None:
    connection = await asyncpg.connect(books.dsn)
    await connection.execute("UPDATE item SET name = 'x' WHERE name = '' ")
    lines = (await dump(connection, counts=True)).decode().splitlines()
    assert lines[0].endswith(",held,confirmed,available")
    assert lines[1].endswith(",2,6,32")
    with pytest.raises(BadFile, match="column 'held' is read-only; export without counts"):
        await load(connection, "\n".join(lines))
    rejected: list[Rejected] = []
    row = json.dumps({"sku": "A", "name": "a", "capacity": 1, "held": 0})
    await load(connection, row, "jsonl", rejected=rejected)
    assert rejected[0][1:3] == ("held", "is read-only; export without counts to import again")
    await connection.close()


async def test_cells_that_a_spreadsheet_would_run_are_neutralised_when_asked(
    shop: asyncpg.Connection,
) -> None:
    await load(shop, f"{HEADER}\n-1+1,=HYPERLINK(0),3\n@a,+b,4\nplain,-,5\n")
    plain = (await dump(shop)).decode().splitlines()
    safe = (await dump(shop, spreadsheet_safe=True)).decode().splitlines()
    assert [line.split(",")[:3] for line in plain[1:]] == [
        ["-1+1", "=HYPERLINK(0)", "3"],
        ["@a", "+b", "4"],
        ["plain", "-", "5"],
    ]
    assert [line.split(",")[:3] for line in safe[1:]] == [
        ["'-1+1", "'=HYPERLINK(0)", "3"],
        ["'@a", "'+b", "4"],
        ["plain", "'-", "5"],
    ]


# --- what does not ---


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
    ("sku", "a\0b", "has a control character (U+0000)"),
    ("sku", "a\nb", "has a control character (U+000A)"),
    ("name", "bell\a", "has a control character (U+0007)"),
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


def read_one(data: bytes, format: Format, good: int = 0) -> transfer_read.Reject:
    """The only row that is rejected."""
    chunk = Reader(io.BytesIO(data), format, partial=False).chunk()
    assert chunk is not None
    assert len(chunk.rows) == good
    (reject,) = chunk.rejects
    return reject


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "line 1: the file needs a header with columns from sku, name"),
        (b"\n", "line 1: the file needs a header"),
        (b"sku,name\n", "line 1: a column is missing: capacity"),
        (b"sku,name,capacity,sku\n", "column 'sku' is there twice"),
        (b"sku,name,capcity\n", "column 'capcity' is not a field of an item; did you mean cap"),
        (b"SKU,name,capacity\n", "column 'SKU' is not a field of an item; did you mean sku?"),
        (b"sku;name;capacity\n", "columns must be separated by commas"),
        ("sku,name,capacity\n".encode("utf-16"), "the file is UTF-16; save it as UTF-8"),
        (b"sku,n\xffme,capacity\n", "line 1: is not UTF-8: byte 0xff at 6"),
        (b'"sku,name,capacity\n', "a quote is opened and never closed"),
    ],
)
@pytest.mark.parametrize("on_error", ["keep", "stop"])
async def test_a_file_that_cannot_be_read_says_why(
    shop: asyncpg.Connection, data: bytes, reason: str, on_error: OnError
) -> None:
    with pytest.raises(BadFile) as raised:
        await load(shop, data, on_error=on_error)
    assert reason in str(raised.value)
    assert await items(shop) == []


async def test_marks_and_line_endings_of_other_systems_are_read(
    shop: asyncpg.Connection,
) -> None:
    data = '\ufeffsku,name,capacity,description\r\nA,a,1,"x\r\ny"\r\n\r\nB,b,2,\r\n'
    assert (await load(shop, data)).created == 2
    assert (await load(shop, '\ufeff{"sku":"C","name":"c","capacity":1}\r\n', "jsonl")).created == 1
    assert [item["description"] for item in await items(shop)] == ["x\r\ny", None, None]


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


# --- more than one of the same ---


@pytest.mark.parametrize("existing", ["skip", "update", "error"])
async def test_a_sku_belongs_to_the_line_that_names_it_first(
    shop: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, existing: Existing
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    await load(shop, f"{HEADER}\nB,old,9\n")
    rejected: list[Rejected] = []
    result = await load(
        shop,
        f"{HEADER}\nA,a,1\nA,again,2\nB,b,3\nC,c,4\nB,later,5\nA,last,6\n",
        existing=existing,
        rejected=rejected,
    )
    repeated = [
        (3, "sku", "is in line 2 already", "A,again,2"),
        (6, "sku", "is in line 4 already", "B,later,5"),
        (7, "sku", "is in line 2 already", "A,last,6"),
    ]
    there = [(4, "sku", "exists already", "B,b,3")] if existing == "error" else []
    assert rejected == sorted(repeated + there)
    assert (
        result[:4]
        == {
            "skip": (2, 0, 1, 3),
            "update": (2, 1, 0, 3),
            "error": (2, 0, 0, 4),
        }[existing]
    )
    capacity = {item["sku"]: item["capacity"] for item in await items(shop)}
    assert capacity == {"A": 1, "B": 3 if existing == "update" else 9, "C": 4}


# --- changing what is there ---


async def test_an_update_changes_what_the_row_gives_and_nothing_else(
    shop: asyncpg.Connection,
) -> None:
    await load(shop, json.dumps({**NASTY[1], "sku": "A"}), "jsonl")
    before = (await items(shop))[0]
    assert (await load(shop, f"{HEADER}\nA,New name,5\n", existing="update")).updated == 1
    after = (await items(shop))[0]
    assert after == {**before, "name": "New name", "capacity": 5, "available": 5}
    # An empty cell takes the value away, as null does; a field left out stays.
    await load(
        shop, "sku,name,capacity,description,min_quantity\nA,New name,5,,\n", existing="update"
    )
    change = {"sku": "A", "name": "New name", "capacity": 5, "metadata": None}
    await load(shop, json.dumps(change), "jsonl", existing="update")
    cleared = {"description": None, "min_quantity": 1, "metadata": None}
    assert (await items(shop))[0] == {**after, **cleared}
    assert await entries(shop, "A") == [
        (1, "created", 10**9, 10**9, "user:test", "import"),
        (2, "updated", 0, 10**9, "user:test", "import"),
        (3, "capacity_set", 5 - 10**9, 5, "user:test", "import"),
        (4, "updated", 0, 5, "user:test", "import"),
        (5, "updated", 0, 5, "user:test", "import"),
    ]


async def test_what_stays_the_same_leaves_no_trace(shop: asyncpg.Connection) -> None:
    data = f"{HEADER}\nA,a,1\nB,b,2\n"
    await load(shop, data)
    assert (await load(shop, data, existing="update"))[:4] == (0, 0, 2, 0)
    assert (await load(shop, data, existing="skip"))[:4] == (0, 0, 2, 0)
    assert len(await entries(shop, "A")) == 1


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (
            {"sale_starts_at": "2027-01-01T00:00:00Z"},
            "sale_ends_at",
            "must be later than sale_starts_at",
        ),
        ({"max_quantity": 1}, "max_quantity", "must not be less than min_quantity"),
        (
            {"price_amount": None},
            "price_currency",
            "price_amount and price_currency come together or not at all",
        ),
    ],
)
async def test_a_row_must_fit_what_it_does_not_give(
    shop: asyncpg.Connection, change: dict[str, Any], field: str, reason: str
) -> None:
    await load(shop, json.dumps({**NASTY[1], "sku": "A"}), "jsonl")
    before = await items(shop)
    rejected: list[Rejected] = []
    line = json.dumps({"sku": "A", "name": "x", "capacity": 1, **change})
    await load(shop, line, "jsonl", existing="update", rejected=rejected)
    assert rejected == [(1, field, reason, line)]
    assert await items(shop) == before


async def test_capacity_never_goes_below_what_is_taken(books: Address) -> None:
    connection = await asyncpg.connect(books.dsn)
    before = await _tables(connection)
    rejected: list[Rejected] = []
    skus = (b.MANY, b.FEW, b.DRAINING)
    data = "\n".join([HEADER, f"{skus[0]},{skus[0]},7", f"{skus[1]},{skus[1]},0"])
    for on_error in ("keep", "stop"):
        rejected.clear()
        result = await load(
            connection, data, on_error=on_error, existing="update", rejected=rejected
        )
        assert (result.updated, result.rejected) == (0, 2)
        assert rejected[0][:3] == (
            2,
            "capacity",
            "must not be below the 8 units that are taken (2 held, 6 confirmed)",
        )
        assert await _tables(connection) == before

    async def drain() -> tuple[Any, ...]:
        (found,) = await connection.fetch(
            "SELECT capacity, drain_to FROM offering WHERE id = $1", b.DRAINING[-32:]
        )
        return tuple(found)

    # The exact number is fine; a drain goes on if its capacity is not touched, else it ends.
    data = "\n".join([HEADER, f"{skus[0]},{skus[0]},8", f"{skus[2]},{skus[2]},5"])
    assert (await load(connection, data, existing="update"))[1:3] == (1, 1)
    assert await drain() == (5, 2)
    data = f"{HEADER}\n{skus[2]},{skus[2]},6"
    assert (await load(connection, data, existing="update")).updated == 1
    assert await drain() == (6, None)
    await connection.close()


async def test_items_of_another_organization_are_out_of_reach(books: Address) -> None:
    connection = await asyncpg.connect(books.dsn)
    assert (await load(connection, f"{HEADER}\n{b.ELSEWHERE},mine,1\n", existing="update"))[:2] == (
        1,
        0,
    )
    foreign = await connection.fetch(
        "SELECT sku, name FROM item WHERE organization_id = $1", "0" * 31 + "2"
    )
    assert [tuple(found) for found in foreign] == [(b.ELSEWHERE, b.ELSEWHERE)]
    assert b"mine" in await dump(connection)
    assert b.DRAINING.encode() in await dump(connection)
    for act in (
        import_items(
            connection,
            b.number("org", 9),
            "x",
            io.BytesIO(),
            "jsonl",
            on_error="keep",
            existing="skip",
        ),
        export_items(connection, b.number("org", 9), lambda data: None, "csv"),
    ):
        with pytest.raises(LookupError):
            await act
    await connection.close()


# --- all, or what is good ---


async def test_stop_keeps_nothing_unless_all_is_good(
    shop: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    rejected: list[Rejected] = []
    good = "".join(f"{n},n,1\n" for n in range(5))
    result = await load(
        shop, f"{HEADER}\n{good}0,again,1\nbad,b,-1\n", on_error="stop", rejected=rejected
    )
    assert result._replace(errors=[]) == ImportResult(0, 0, 0, 2, [], kept=False)
    assert [(reject.line, reject.field) for reject in rejected] == [(7, "sku"), (8, "capacity")]
    assert await items(shop) == []
    assert (await load(shop, f"{HEADER}\n{good}", on_error="stop")).created == 5
    # What only the database knows counts too.
    result = await load(shop, f"{HEADER}\nnew,n,1\n3,n,1\n", on_error="stop")
    assert (result.created, result.rejected, result.kept) == (0, 1, False)
    assert len(await items(shop)) == 5


async def test_keep_keeps_what_is_good(
    shop: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    result = await load(shop, f"{HEADER}\na,a,1\nb,b,x\nc,c,3\nd,d,\ne,e,5\n")
    assert (result.created, result.rejected, result.kept) == (3, 2, True)
    assert [item["sku"] for item in await items(shop)] == ["a", "c", "e"]


async def test_only_the_first_errors_are_kept_and_all_are_told(shop: asyncpg.Connection) -> None:
    rejected: list[Rejected] = []
    result = await load(shop, HEADER + "\nx,x,x" * 100, rejected=rejected)
    assert (result.rejected, len(result.errors), len(rejected)) == (100, 20, 100)
    assert [reject.line for reject in rejected] == list(range(2, 102))


class Interrupted(Exception):
    pass


class Torn(io.BytesIO):
    """A pipe whose other end goes away."""

    def readline(self, size: int | None = -1, /) -> bytes:
        return super().readline(size) or self._gone()

    def _gone(self) -> bytes:
        raise Interrupted


@pytest.mark.parametrize(("on_error", "kept"), [("keep", 6), ("stop", 0)])
async def test_an_interruption_leaves_whole_chunks(
    shop: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, on_error: OnError, kept: int
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    rows = "".join(f"{n},n,1\n" for n in range(7))
    with pytest.raises(Interrupted):
        await import_items(
            shop,
            ORGANIZATION,
            "user:test",
            Torn(f"{HEADER}\n{rows}".encode()),
            "csv",
            on_error=on_error,
            existing="error",
        )
    assert len(await items(shop)) == kept
    # The connection is as good as before, and the same file may come again.
    assert (await load(shop, f"{HEADER}\n{rows}", existing="skip"))[:3] == (7 - kept, 0, kept)


async def test_two_imports_of_the_same_items_make_them_once(
    shop: asyncpg.Connection, database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 50)
    other = await asyncpg.connect(database.dsn)
    numbers = list(range(400))
    ways = [
        f"{HEADER}\n" + "".join(f"{n},n,1\n" for n in order) for order in (numbers, numbers[::-1])
    ]
    results = await asyncio.gather(
        *(
            import_items(
                connection,
                ORGANIZATION,
                "user:test",
                io.BytesIO(data.encode()),
                "csv",
                on_error="keep",
                existing="skip",
            )
            for connection, data in zip((shop, other), ways, strict=True)
        )
    )
    assert sum(result.created for result in results) == 400
    assert sum(result.skipped for result in results) == 400
    assert len(await items(shop)) == 400
    assert (await verify(shop)).ok
    await other.close()


async def test_importing_stock_and_selling_it_do_not_disturb_each_other(books: Address) -> None:
    """The same two items, held by the engine and set by two imports all the while."""
    opened = [await asyncpg.connect(books.dsn) for _ in range(2)]
    database = Database(books.dsn, engine_connections=4, read_connections=1, pooler=False)
    await database.open()
    engine = Engine(database)
    engine.start()
    stocked = asyncio.Event()

    async def sell() -> int:
        lines, taken = (Asked(b.MANY, 1), Asked(b.FEW, 1)), 0
        for start in itertools.count(1000, 5):
            holds = [
                Hold(b.number("rsv", n), b.SYSTEM, None, lines) for n in range(start, start + 5)
            ]
            replies = await asyncio.gather(
                *(engine.submit(ORGANIZATION, hold, b.render) for hold in holds)
            )
            taken += sum(isinstance(reply, Answer) for reply in replies)
            if stocked.is_set():
                break
        return taken

    async def stock(connection: asyncpg.Connection, on_error: OnError, most: int) -> int:
        updated = 0
        for capacity in range(most - 20, most):
            data = "".join(f"{sku},{sku},{capacity}\n" for sku in (b.FEW, b.MANY))
            result = await import_items(
                connection,
                ORGANIZATION,
                "user:test",
                io.BytesIO(f"{HEADER}\n{data}".encode()),
                "csv",
                on_error=on_error,
                existing="update",
            )
            assert result.rejected == 0
            updated += result.updated
        return updated

    async def stock_both() -> list[int]:
        updates = await asyncio.gather(
            stock(opened[0], "keep", 200_000), stock(opened[1], "stop", 300_000)
        )
        stocked.set()
        return updates

    taken, updates = await asyncio.gather(sell(), stock_both())
    assert taken > 0
    assert updates == [40, 40]
    assert (await verify(opened[0])).findings == []
    await engine.close()
    await database.close()
    for connection in opened:
        await connection.close()


def test_the_numbers_in_the_merge_are_the_places_of_the_fields() -> None:
    merge = statement("transfer", "merge")
    names = {"unit_price": "price_amount", "currency": "price_currency"}
    seen = set()
    for line in merge.replace("\n        CASE", " CASE").splitlines():
        if "= CASE" in line:
            column, _, rest = line.strip().partition(" = CASE WHEN given & (1 << ")
            field = names.get(column, column)
            assert BIT[field] == 1 << int(rest.split(")")[0])
            seen.add(field)
    assert seen == set(FIELDS) - {"sku", "name", "capacity"}
