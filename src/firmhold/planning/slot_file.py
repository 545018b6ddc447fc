"""Slots read from CSV, row by row.

Owns columns, cells and the words for what is wrong with them; every row comes out as a value or
with its line and the reason why not, as an import of items does. Never opens a file, and never
guesses a zone: a time without an offset is read by the site's clocks where a site is given, else
refused.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from difflib import get_close_matches
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from firmhold.domain.errors import Refused, malformed
from firmhold.domain.model import MAX_CAPACITY, MAX_QUANTITY, MAX_TTL_SECONDS
from firmhold.planning.slot_cells import Cells, Wrong
from firmhold.planning.wall_clock import DAY_MINUTES, shown

LONGEST_ROW = 2**20
"""Characters of one line. Longer ones are no slots."""

MAX_MINUTES = 366 * DAY_MINUTES
"""What lasts longer is no slot that anyone could book."""

MAX_PRICE = 2**63 - 1
"""Minor units; the database's bigint."""

COLUMNS = (
    *("title", "starts_at", "ends_at", "minutes", "capacity", "room", "practitioner"),
    *("description", "price_amount", "price_currency", "sale_starts_at", "sale_ends_at"),
    *("min_quantity", "max_quantity", "max_per_customer", "hold_ttl_seconds", "open", "metadata"),
)
REQUIRED = ("title", "starts_at", "capacity")


class SlotRow(NamedTuple):
    """A slot as a row of a file. `None` stands for an empty cell or no such column."""

    line: int
    """Where the row begins, counted from 1."""
    title: str
    starts_at: datetime
    """In UTC, as is `ends_at`."""
    ends_at: datetime
    capacity: int
    room: str | None
    practitioner: str | None
    description: str | None
    price_amount: int | None
    """In the currency's minor unit (cents)."""
    price_currency: str | None
    hold_ttl_seconds: int | None
    sale_starts_at: datetime | None
    """In UTC, as is `sale_ends_at`."""
    sale_ends_at: datetime | None
    min_quantity: int | None
    max_quantity: int | None
    max_per_customer: int | None
    open: bool | None
    metadata: Mapping[str, Any] | None


class Reject(NamedTuple):
    """A row that was not taken."""

    line: int
    field: str | None
    """`None` when it is the row as such."""
    reason: str
    raw: str
    """The row as it stands in the file, without its last line break."""


def read_slots(lines: Iterable[str], zone: ZoneInfo | None = None) -> Iterator[SlotRow | Reject]:
    """The rows of a file, in their order, read as they are asked for.

    `lines` keep their line breaks. `zone` is the one by whose clocks times are meant that have no
    offset, if such may be there. Raises `Refused` (`malformed_request`) at the first row if the
    header does not say what the columns are.
    """
    source = _Lines(lines)
    rows = csv.reader(source, strict=True)
    header = _header(rows, source)
    while True:
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject(source.first, None, _csv_fault(error), source.take())
            continue
        line, raw = source.first, source.take()
        if source.too_long:
            yield Reject(line, None, f"is longer than {LONGEST_ROW:,} characters", raw)
        elif len(cells) == len(header):
            yield _read(line, raw, dict(zip(header, cells, strict=True)), zone)
        elif cells:
            reason = f"has {len(cells)} cells where the header has {len(header)} columns"
            yield Reject(line, None, reason, raw)


class _Lines:
    """The lines of a file, and which of them the row that is being read has taken."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._taken: list[str] = []
        self._number = 0
        self.too_long = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self._number += 1
        if self._number == 1:
            line = line.removeprefix("\ufeff")
        if not self._taken:
            self.too_long = False
        if len(line) > LONGEST_ROW:
            # Its quotes would swallow the lines after it.
            self.too_long, line = True, line[:80].replace('"', "'") + "\n"
        self._taken.append(line)
        return line

    @property
    def first(self) -> int:
        """The number of the first line that was taken since the last call of `take`."""
        return max(self._number - len(self._taken) + 1, 1)

    def take(self) -> str:
        """The lines of the row."""
        raw = "".join(self._taken).rstrip("\r\n")
        self._taken.clear()
        return raw


def _header(rows: Iterator[list[str]], source: _Lines) -> list[str]:
    try:
        header = [cell.strip() for cell in next(rows, [])]
    except csv.Error as error:
        raise _bad(_csv_fault(error)) from error
    source.take()
    if not any(header):
        raise _bad(f"the file needs a header with columns from {', '.join(COLUMNS)}")
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise _bad("columns must be separated by commas")
    for place, name in enumerate(header):
        if name not in COLUMNS:
            close = get_close_matches(name.lower().replace(" ", "_"), COLUMNS, n=2)
            hint = f"did you mean {' or '.join(close)}?" if close else f"{', '.join(COLUMNS)} are"
            raise _bad(f"column {shown(name)} is not one of a slot; {hint}")
        if name in header[:place]:
            raise _bad(f"column '{name}' is there twice")
    if missing := [name for name in REQUIRED if name not in header]:
        raise _bad(f"a column is missing: {', '.join(missing)}")
    if "ends_at" not in header and "minutes" not in header:
        raise _bad("a column is missing: ends_at or minutes")
    return header


def _read(line: int, raw: str, cells: dict[str, str], zone: ZoneInfo | None) -> SlotRow | Reject:
    try:
        return _row(line, Cells(cells, zone))
    except Wrong as wrong:
        return Reject(line, wrong.field, wrong.reason, raw)
    except Refused as refused:
        facts = refused.refusal.facts
        return Reject(line, facts["field"], facts["reason"], raw)


def _row(line: int, cells: Cells) -> SlotRow:
    title, capacity = cells.line("title"), cells.number("capacity", 0, MAX_CAPACITY)
    starts_at = cells.instant("starts_at")
    if title is None:
        raise Wrong("title", "is required")
    if starts_at is None:
        raise Wrong("starts_at", "is required")
    if capacity is None:
        raise Wrong("capacity", "is required")
    amount = cells.number("price_amount", 0, MAX_PRICE)
    currency = cells.currency("price_currency")
    if (amount is None) != (currency is None):
        reason = "price_amount and price_currency come together or not at all"
        raise Wrong("price_currency", reason)
    return SlotRow(
        line=line,
        title=title,
        starts_at=starts_at,
        ends_at=_end(cells, starts_at),
        capacity=capacity,
        room=cells.line("room"),
        practitioner=cells.line("practitioner"),
        description=cells.text("description"),
        price_amount=amount,
        price_currency=currency,
        hold_ttl_seconds=cells.number("hold_ttl_seconds", 1, MAX_TTL_SECONDS),
        sale_starts_at=cells.instant("sale_starts_at"),
        sale_ends_at=cells.instant("sale_ends_at"),
        min_quantity=cells.number("min_quantity", 1, MAX_QUANTITY),
        max_quantity=cells.number("max_quantity", 1, MAX_QUANTITY),
        max_per_customer=cells.number("max_per_customer", 1, MAX_QUANTITY),
        open=cells.flag("open"),
        metadata=cells.members("metadata"),
    )


def _end(cells: Cells, starts_at: datetime) -> datetime:
    minutes, ends_at = cells.number("minutes", 1, MAX_MINUTES), cells.instant("ends_at")
    if ends_at is None:
        if minutes is None:
            raise Wrong("ends_at", "is required, or else minutes")
        return starts_at + timedelta(minutes=minutes)
    if not starts_at < ends_at:
        raise Wrong("ends_at", "must be later than starts_at")
    if ends_at - starts_at > timedelta(minutes=MAX_MINUTES):
        raise Wrong("ends_at", f"is more than {MAX_MINUTES // DAY_MINUTES} days after starts_at")
    if minutes is not None and ends_at - starts_at != timedelta(minutes=minutes):
        raise Wrong("minutes", "does not fit starts_at and ends_at; give one of them")
    return ends_at


def _bad(reason: str) -> Refused:
    return Refused(malformed("header", reason))


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
