"""Reading items from CSV and JSON Lines, a chunk at a time.

Owns lines, quotes, headers and encodings; every row comes out either ready for the database or
with the reason why not. Never reads more than a chunk ahead, and never loses count: each row and
each reason carries the number of its first line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Literal, NamedTuple, Protocol, TypeAlias

import msgspec
import uuid_utils

from firmhold.store.transfer_format import (
    ALL_GIVEN,
    BIT,
    FIELDS,
    NUMBERS,
    REQUIRED,
    ItemRow,
    Problem,
    check_metadata,
    explain,
    find_problem,
    shown,
    unknown,
)

Format: TypeAlias = Literal["csv", "jsonl"]
Staged: TypeAlias = tuple[object, ...]
"""A good row in the order of `COLUMNS`."""

COLUMNS = (
    *("line", "raw", "id", "given", "sku", "name", "capacity", "description", "unit_price"),
    *("currency", "sale_starts_at", "sale_ends_at", "min_quantity", "max_quantity"),
    *("max_per_customer", "hold_ttl_seconds", "metadata"),
)

CHUNK_ROWS = 5000
"""Rows of a chunk: enough that its commit costs little beside its rows, few enough that what an
interruption undoes is done again in a fraction of a second."""

CHUNK_BYTES = 8 * 2**20
"""A chunk ends here even if it has fewer rows, so that long rows do not fill the memory."""

MAX_LINE = 2**20
"""Bytes of one line. Longer ones are no items; they are skipped without being kept."""


class Source(Protocol):
    """Where bytes come from: an open file, a pipe."""

    def readline(self, size: int = -1, /) -> bytes: ...


class BadFile(ValueError):
    """The file as a whole cannot be read, so no row of it was."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Reject(NamedTuple):
    """A row that was not taken."""

    line: int
    field: str | None
    """`None` when it is the row as such."""
    reason: str
    raw: str
    """The row as it stands in the file, without its last line break."""


class Chunk(NamedTuple):
    """Some rows of the file, the good apart from the bad."""

    rows: list[Staged]
    rejects: list[Reject]
    read: int
    """Bytes of the file up to the end of these."""


class Reader:
    """The rows of one file. Blocks while it reads, so it belongs into a thread."""

    def __init__(self, source: Source, format: Format, *, partial: bool) -> None:
        """`partial`: tell for each row which fields it gives, for updating the rest not at all.

        Raises `BadFile` if the header of a CSV file does not say what its columns are.
        """
        self._lines = _Lines(source)
        self._rows = self._csv() if format == "csv" else self._jsonl(partial)

    def chunk(self) -> Chunk | None:
        """The next rows, or `None` at the end. The first call may raise `BadFile`."""
        rows: list[Staged] = []
        rejects: list[Reject] = []
        end = self._lines.read + CHUNK_BYTES
        for row in self._rows:
            if isinstance(row, Reject):
                rejects.append(row)
            else:
                rows.append(row)
            if len(rows) + len(rejects) >= CHUNK_ROWS or self._lines.read >= end:
                break
        return Chunk(rows, rejects, self._lines.read) if rows or rejects else None

    def _jsonl(self, partial: bool) -> Iterator[Staged | Reject]:
        decode = msgspec.json.Decoder(ItemRow).decode
        lines = self._lines
        for text in lines:
            line, raw, fault = lines.take()
            if text.isspace():
                continue
            if fault is not None:
                yield Reject(line, None, fault, raw)
                continue
            try:
                row = decode(text)
            except (msgspec.MsgspecError, RecursionError) as error:
                yield Reject(line, *_json_problem(error, text), raw)
                continue
            metadata = bytes(row.metadata).decode()
            given = _given(text) if partial else ALL_GIVEN
            yield _row(line, raw, given, row, None if metadata in {"", "null"} else metadata)

    def _csv(self) -> Iterator[Staged | Reject]:
        lines = self._lines
        cells_of = csv.reader(lines, strict=True)
        header = self._header(cells_of)
        given = sum(BIT[name] for name in header)
        numbers = [name for name in NUMBERS if name in header]
        while True:
            try:
                cells = next(cells_of)
            except StopIteration:
                return
            except csv.Error as error:
                line, raw, fault = lines.take()
                yield Reject(line, None, fault or _csv_fault(error), raw)
                continue
            line, raw, fault = lines.take()
            if fault is not None:
                yield Reject(line, None, fault, raw)
            elif len(cells) == len(header):
                yield _csv_row(line, raw, given, dict(zip(header, cells, strict=True)), numbers)
            elif cells:
                reason = f"has {len(cells)} cells where the header has {len(header)} columns"
                yield Reject(line, None, reason, raw)

    def _header(self, cells_of: Iterator[list[str]]) -> list[str]:
        try:
            header = next(cells_of, None)
        except csv.Error as error:
            raise BadFile(1, _csv_fault(error)) from error
        line, _, fault = self._lines.take()
        if fault is not None:
            raise BadFile(line, fault)
        if not header:
            raise BadFile(line, f"the file needs a header with columns from {', '.join(FIELDS)}")
        if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
            raise BadFile(line, "columns must be separated by commas")
        for place, name in enumerate(header):
            if name not in FIELDS:
                raise BadFile(line, f"column {shown(name)} {unknown(name)}")
            if name in header[:place]:
                raise BadFile(line, f"column '{name}' is there twice")
        if missing := [name for name in REQUIRED if name not in header]:
            raise BadFile(line, f"a column is missing: {', '.join(missing)}")
        return header


class _Lines:
    """The lines of a file as text, and what is wrong with those not yet taken."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._taken: list[str] = []
        self._fault: str | None = None
        self._number = 0
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._source.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self._number += 1
        self.read += len(line)
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            line = self._skip(line)
        if self._number == 1:
            line = _without_mark(line)
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            self._fault = f"is not UTF-8: byte 0x{line[error.start]:02x} at {error.start + 1}"
            text = line.decode(errors="replace")
        self._taken.append(text)
        return text

    def take(self) -> tuple[int, str, str | None]:
        """Number of the first line since the last call, the lines, and what is wrong with them."""
        raw = self._taken[0] if len(self._taken) == 1 else "".join(self._taken)
        taken = max(self._number - len(self._taken) + 1, 1), raw.rstrip("\r\n"), self._fault
        self._taken.clear()
        self._fault = None
        return taken

    def _skip(self, line: bytes) -> bytes:
        """Read on to the end of a line that is too long, and keep a little of it."""
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self._source.readline(MAX_LINE)
            self.read += len(rest)
        if rest or len(line) == MAX_LINE:
            self._fault = f"is longer than {MAX_LINE:,} bytes"
        return line[:80].replace(b'"', b"'") + b"\n"


def _without_mark(line: bytes) -> bytes:
    if line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(1, "the file is UTF-16; save it as UTF-8")
    return line.removeprefix(b"\xef\xbb\xbf")


def _csv_row(
    line: int, raw: str, given: int, values: dict[str, str], numbers: list[str]
) -> Staged | Reject:
    """An empty cell is no value."""
    fields: dict[str, object] = {name: cell for name, cell in values.items() if cell}
    for name in numbers:
        cell = values[name]
        # msgspec would take 1e3 and 1.0 from a text; a number of units is written in digits.
        if cell.isdecimal() and cell.isascii() and len(cell) < 20:
            fields[name] = int(cell)
    metadata = fields.pop("metadata", None)
    try:
        row = msgspec.convert(fields, ItemRow)
    except msgspec.ValidationError as error:
        return Reject(line, *explain(error, values), raw)
    return _row(line, raw, given, row, metadata)  # type: ignore[arg-type]  # a cell, so text


def _row(line: int, raw: str, given: int, row: ItemRow, metadata: str | None) -> Staged | Reject:
    problem = find_problem(row)
    if problem is None and metadata is not None:
        problem = check_metadata(metadata)
    if problem is not None:
        return Reject(line, *problem, raw)
    return (
        line,
        raw,
        uuid_utils.uuid7(),
        given,
        row.sku,
        row.name,
        row.capacity,
        row.description,
        row.price_amount,
        row.price_currency,
        row.sale_starts_at,
        row.sale_ends_at,
        row.min_quantity or 1,
        row.max_quantity,
        row.max_per_customer,
        row.hold_ttl_seconds,
        metadata or "{}",
    )


def _given(text: str) -> int:
    return sum(BIT[name] for name in msgspec.json.decode(text, type=dict[str, msgspec.Raw]))


def _json_problem(error: Exception, text: str) -> Problem:
    if isinstance(error, msgspec.ValidationError):
        try:
            values = msgspec.json.decode(text)
        except (msgspec.MsgspecError, RecursionError):
            values = {}
        return explain(error, values if isinstance(values, dict) else {})
    if isinstance(error, RecursionError):
        return Problem(None, "is nested too deep")
    return Problem(None, f"is not JSON: {str(error).removeprefix('JSON is malformed: ')}")


def _csv_fault(error: csv.Error) -> str:
    """The csv module's complaints, where they speak of Python instead of the file."""
    text = str(error)
    if "unexpected end of data" in text:
        return "a quote is opened and never closed"
    if "field limit" in text:
        return "a cell is too long, or a quote is opened and never closed"
    if "new-line character" in text:
        return "has a carriage return outside of quotes"
    return f"is not CSV: {text}"
