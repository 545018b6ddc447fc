"""Writing items as CSV and JSON Lines.

Owns the bytes of an export. What it writes, `transfer_read` reads back without loss; nothing is
rounded, trimmed or escaped beyond what the format itself asks for, unless that is asked for.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from firmhold.store.transfer_format import COUNTS, FIELDS
from firmhold.store.transfer_read import Format

_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a cell begins with that a spreadsheet would run, in full width too; some are generous and
look behind white space. From OWASP's page on CSV injection."""


class Writer:
    """One file under way."""

    def __init__(
        self,
        write: Callable[[bytes], object],
        format: Format,
        *,
        counts: bool,
        spreadsheet_safe: bool,
    ) -> None:
        self._write = write
        self._names = (*FIELDS, *COUNTS) if counts else FIELDS
        self._render = self._csv if format == "csv" else self._jsonl
        self._has_header = format == "csv"
        self._cell = safe_cell if spreadsheet_safe else _plain
        self._encode = msgspec.json.Encoder().encode_lines
        self.rows = 0
        self.written = 0

    def begin(self) -> None:
        """Write what comes before the first row."""
        if self._has_header:
            self._put(self._render([dict(zip(self._names, self._names, strict=True))]))

    def add(self, rows: Sequence[Any]) -> None:
        """Write some rows: mappings with a value for each column."""
        self._put(self._render(rows))
        self.rows += len(rows)

    def _put(self, data: bytes) -> None:
        self._write(data)
        self.written += len(data)

    def _csv(self, rows: Sequence[Any]) -> bytes:
        text = io.StringIO()
        names, cell = self._names, self._cell
        csv.writer(text).writerows([cell(row[name]) for name in names] for row in rows)
        return text.getvalue().encode()

    def _jsonl(self, rows: Sequence[Any]) -> bytes:
        names = self._names
        return self._encode([{name: _member(name, row[name]) for name in names} for row in rows])


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def safe_cell(value: Any) -> Any:
    """The value as a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and (
        value.startswith(("\t", "\r", "\n")) or value.lstrip().startswith(_FORMULAS)
    ):
        return f"'{value}"
    return _plain(value)


def _member(name: str, value: Any) -> Any:
    if name == "metadata" and value is not None:
        return msgspec.Raw(value)  # as it is: numbers keep all their digits
    return _plain(value)
