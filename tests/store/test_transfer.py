"""Items go in and out in bulk: what is good is kept, what is not is named, nothing is lost."""

from __future__ import annotations

import asyncio
import io
import json

import asyncpg
import pytest

from firmhold.store import transfer_read
from firmhold.store.transfer import (
    BadFile,
    Existing,
    Format,
    ImportResult,
    OnError,
    Progress,
    import_items,
)
from firmhold.store.transfer_format import FIELDS
from firmhold.store.verify import verify
from tests.databases import Address, looking
from tests.store.transferring import (
    HEADER,
    NASTY,
    ORGANIZATION,
    Rejected,
    dump,
    entries,
    items,
    load,
    tables,
)

# --- what comes in ---


async def test_rows_become_items_with_their_first_ledger_entry(
    stockroom: asyncpg.Connection,
) -> None:
    told: list[Progress] = []
    result = await import_items(
        stockroom,
        ORGANIZATION,
        "user:test",
        io.BytesIO(f"{HEADER}\nA,First,3\nB,Second,0\n".encode()),
        "csv",
        on_error="skip",
        existing="error",
        on_progress=told.append,
    )
    assert result == ImportResult(2, 0, 0, 0, [], kept=True)
    assert told == [Progress(rows=2, created=2, read=39)]
    assert await entries(stockroom, "A") == [(1, "created", 3, 3, "user:test", "import")]
    assert [(i["sku"], i["capacity"], i["available"]) for i in await items(stockroom)] == [
        ("A", 3, 3),
        ("B", 0, 0),
    ]


@pytest.mark.parametrize("format", ["csv", "jsonl"])
async def test_an_export_imports_to_the_same_items(
    stockroom: asyncpg.Connection, format: Format
) -> None:
    lines = "\n".join(json.dumps(row) for row in NASTY)
    # A number that no float holds.
    lines = lines.replace("2.5,", "1234567890.12345678901234567890,")
    assert (await load(stockroom, lines, "jsonl")).created == len(NASTY)
    first = await dump(stockroom, format)
    before = await tables(stockroom)
    # Exported items exist, and are what they are: nothing to update.
    again = await load(stockroom, first, format, existing="update")
    assert again == ImportResult(0, 0, len(NASTY), 0, [], kept=True)
    assert await tables(stockroom) == before
    # And into an empty stockroom.
    await _empty(stockroom)
    assert (await load(stockroom, first, format, on_error="abort")).created == len(NASTY)
    assert await tables(stockroom) == before
    assert await dump(stockroom, format) == first
    assert b"1234567890.12345678901234567890" in first


async def _empty(connection: asyncpg.Connection) -> None:
    await connection.execute("ALTER TABLE ledger DISABLE TRIGGER ledger_append_only")
    await connection.execute("GRANT ALL ON ledger TO firmhold")
    await connection.execute("DELETE FROM ledger; DELETE FROM item; DELETE FROM offering")


async def test_an_empty_export_imports_to_nothing(stockroom: asyncpg.Connection) -> None:
    csv, jsonl = await dump(stockroom, "csv"), await dump(stockroom, "jsonl")
    assert csv == f"{','.join(FIELDS)}\r\n".encode()
    assert jsonl == b""
    assert await load(stockroom, csv) == ImportResult(0, 0, 0, 0, [], kept=True)
    assert await load(stockroom, jsonl, "jsonl") == ImportResult(0, 0, 0, 0, [], kept=True)


async def test_counts_are_exported_when_asked_and_never_imported(books: Address) -> None:
    connection = await looking(books.dsn)
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
    stockroom: asyncpg.Connection,
) -> None:
    await load(
        stockroom, f"{HEADER}\n-1+1,=HYPERLINK(0),3\n@a,+b,4\nplain,-,5\nx,\uff1d1,6\ny, =1,7\n"
    )
    plain = (await dump(stockroom)).decode().splitlines()
    safe = (await dump(stockroom, spreadsheet_safe=True)).decode().splitlines()
    assert [line.split(",")[:3] for line in plain[1:]] == [
        ["-1+1", "=HYPERLINK(0)", "3"],
        ["@a", "+b", "4"],
        ["plain", "-", "5"],
        ["x", "\uff1d1", "6"],
        ["y", " =1", "7"],
    ]
    assert [line.split(",")[:3] for line in safe[1:]] == [
        ["'-1+1", "'=HYPERLINK(0)", "3"],
        ["'@a", "'+b", "4"],
        ["plain", "'-", "5"],
        ["x", "'\uff1d1", "6"],
        ["y", "' =1", "7"],
    ]


# --- what does not ---


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
@pytest.mark.parametrize("on_error", ["skip", "abort"])
async def test_a_file_that_cannot_be_read_says_why(
    stockroom: asyncpg.Connection, data: bytes, reason: str, on_error: OnError
) -> None:
    with pytest.raises(BadFile) as raised:
        await load(stockroom, data, on_error=on_error)
    assert reason in str(raised.value)
    assert await items(stockroom) == []


async def test_marks_and_line_endings_of_other_systems_are_read(
    stockroom: asyncpg.Connection,
) -> None:
    data = '\ufeffsku,name,capacity,description\r\nA,a,1,"x\r\ny"\r\n\r\nB,b,2,\r\n'
    assert (await load(stockroom, data)).created == 2
    assert (
        await load(stockroom, '\ufeff{"sku":"C","name":"c","capacity":1}\r\n', "jsonl")
    ).created == 1
    assert [item["description"] for item in await items(stockroom)] == ["x\r\ny", None, None]


# --- more than one of the same ---


@pytest.mark.parametrize("existing", ["skip", "update", "error"])
async def test_a_sku_belongs_to_the_line_that_names_it_first(
    stockroom: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, existing: Existing
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    await load(stockroom, f"{HEADER}\nB,old,9\n")
    rejected: list[Rejected] = []
    result = await load(
        stockroom,
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
    capacity = {item["sku"]: item["capacity"] for item in await items(stockroom)}
    assert capacity == {"A": 1, "B": 3 if existing == "update" else 9, "C": 4}


# --- all, or what is good ---


async def test_stop_keeps_nothing_unless_all_is_good(
    stockroom: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    rejected: list[Rejected] = []
    good = "".join(f"{n},n,1\n" for n in range(5))
    result = await load(
        stockroom, f"{HEADER}\n{good}0,again,1\nbad,b,-1\n", on_error="abort", rejected=rejected
    )
    assert result._replace(errors=[]) == ImportResult(0, 0, 0, 2, [], kept=False)
    assert [(reject.line, reject.field) for reject in sorted(rejected)] == [
        (7, "sku"),
        (8, "capacity"),
    ]
    assert await items(stockroom) == []
    assert (await load(stockroom, f"{HEADER}\n{good}", on_error="abort")).created == 5
    # What only the database knows counts too.
    result = await load(stockroom, f"{HEADER}\nnew,n,1\n3,n,1\n", on_error="abort")
    assert (result.created, result.rejected, result.kept) == (0, 1, False)
    assert len(await items(stockroom)) == 5


async def test_keep_keeps_what_is_good(
    stockroom: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    result = await load(stockroom, f"{HEADER}\na,a,1\nb,b,x\nc,c,3\nd,d,\ne,e,5\n")
    assert (result.created, result.rejected, result.kept) == (3, 2, True)
    assert [item["sku"] for item in await items(stockroom)] == ["a", "c", "e"]


async def test_only_the_first_errors_are_kept_and_all_are_told(
    stockroom: asyncpg.Connection,
) -> None:
    rejected: list[Rejected] = []
    result = await load(stockroom, HEADER + "\nx,x,x" * 100, rejected=rejected)
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


@pytest.mark.parametrize(("on_error", "kept"), [("skip", 6), ("abort", 0)])
async def test_an_interruption_leaves_whole_chunks(
    stockroom: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, on_error: OnError, kept: int
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 2)
    rows = "".join(f"{n},n,1\n" for n in range(7))
    with pytest.raises(Interrupted):
        await import_items(
            stockroom,
            ORGANIZATION,
            "user:test",
            Torn(f"{HEADER}\n{rows}".encode()),
            "csv",
            on_error=on_error,
            existing="error",
        )
    assert len(await items(stockroom)) == kept
    # The connection is as good as before, and the same file may come again.
    assert (await load(stockroom, f"{HEADER}\n{rows}", existing="skip"))[:3] == (7 - kept, 0, kept)


async def test_two_imports_of_the_same_items_make_them_once(
    stockroom: asyncpg.Connection, database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer_read, "CHUNK_ROWS", 50)
    other = await looking(database.dsn)
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
                on_error="skip",
                existing="skip",
            )
            for connection, data in zip((stockroom, other), ways, strict=True)
        )
    )
    assert sum(result.created for result in results) == 400
    assert sum(result.skipped for result in results) == 400
    assert len(await items(stockroom)) == 400
    assert (await verify(stockroom)).ok
    await other.close()
