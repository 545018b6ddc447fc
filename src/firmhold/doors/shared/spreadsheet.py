"""Answers that can be had as a spreadsheet: whether one is asked for, and how it is written."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from firmhold.doors.shared.reply import Header, Reply
from firmhold.store.transfer_write import safe_cell

CSV: Header = (b"content-type", b"text/csv; charset=utf-8")
VARY: Header = (b"vary", b"accept")

Format = Literal["json", "csv"]


def wants_csv(format: Format | None, headers: Mapping[bytes, bytes]) -> bool:
    """Whether CSV is asked for: by name, or else because `Accept` would rather have it than
    JSON."""
    return format == "csv" or (format is None and _prefers_csv(headers))


def csv_reply(name: str, content: bytes, *headers: Header) -> Reply:
    """An answer that is a spreadsheet, to be kept under this name."""
    attached = f'attachment; filename="{name}.csv"'.encode()
    return Reply(200, content, (CSV, VARY, *headers, (b"content-disposition", attached)))


def csv_of(rows: Iterable[Sequence[Any]], columns: Sequence[str] | None = None) -> bytes:
    """Rows as RFC 4180 has them, with an apostrophe before what a spreadsheet would run; below the
    names of the columns, if those are given."""
    text = io.StringIO()
    writer = csv.writer(text)
    if columns is not None:
        writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if value is None else safe_cell(value) for value in row])
    return text.getvalue().encode()


def _prefers_csv(headers: Mapping[bytes, bytes]) -> bool:
    weights = {"text/csv": 0.0, "application/json": 0.0}
    for part in headers.get(b"accept", b"").decode("latin-1").split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind in weights:
            weights[kind] = _weight(parameters)
    return weights["text/csv"] > weights["application/json"]


def _weight(parameters: Sequence[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0
