"""The cells of a row of slots, each read by itself.

Owns what a cell may have and the words for what is wrong with it. Lets nothing through that the
database would refuse, or that would come out of it otherwise.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from firmhold.planning.wall_clock import read_instant, shown

LONGEST_LINE, LONGEST_TEXT = 200, 4_000
"""Characters of a title, room or practitioner and of a description, as the API has them."""

MAX_METADATA = 65_536
"""Bytes, as of an item's: what a request to the API may have as a whole."""

MAX_DEPTH = 100
"""Of objects and lists within each other. What people write has five."""

MAX_DIGITS = 300
"""Of a whole number. What is longer is none that anyone counts with."""

_CURRENCY = re.compile(r"[A-Z]{3}")
_NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Wrong(Exception):
    """What is wrong with one cell."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.reason = field, reason


class Cells:
    """The cells of one row by their columns. An empty one is none, and so is a missing one."""

    def __init__(self, cells: Mapping[str, str], zone: ZoneInfo | None) -> None:
        """`zone` is that of times without an offset, if such may be there."""
        self._cells, self._zone = cells, zone

    def line(self, name: str) -> str | None:
        return self._text(name, LONGEST_LINE, _NOT_IN_LINE)

    def text(self, name: str) -> str | None:
        return self._text(name, LONGEST_TEXT, _NOT_IN_TEXT)

    def number(self, name: str, low: int, high: int) -> int | None:
        text = self._cells.get(name, "")
        if not text:
            return None
        plain = text.isascii() and text.isdecimal() and len(text) < 20
        if not (plain and low <= int(text) <= high):
            raise Wrong(name, f"must be a whole number from {low} to {high:,}, not {shown(text)}")
        return int(text)

    def instant(self, name: str) -> datetime | None:
        """In UTC. Raises `Refused` if it is none."""
        text = self._cells.get(name, "").strip()
        return read_instant(name, text, self._zone) if text else None

    def currency(self, name: str) -> str | None:
        text = self._cells.get(name) or None
        if text is not None and not _CURRENCY.fullmatch(text):
            reason = "must be three capital letters as in ISO 4217, such as EUR"
            raise Wrong(name, f"{reason}, not {shown(text)}")
        return text

    def flag(self, name: str) -> bool | None:
        text = self._cells.get(name, "").strip().lower()
        if text not in {"", "true", "false"}:
            raise Wrong(name, f"must be true or false, not {shown(text)}")
        return text == "true" if text else None

    def members(self, name: str) -> dict[str, Any] | None:
        """A JSON object."""
        text = self._cells.get(name, "").strip()
        if not text:
            return None
        if len(text.encode(errors="replace")) > MAX_METADATA:
            raise Wrong(name, f"must not be longer than {MAX_METADATA:,} bytes")
        try:
            found = _JSON.decode(text)
            if not isinstance(found, dict):
                raise Wrong(name, f"must be a JSON object, not {shown(text)}")
            _check(found, 0)
        except RecursionError:
            raise Wrong(name, "is nested too deep") from None
        except json.JSONDecodeError as error:
            raise Wrong(name, f"must be a JSON object: {error}") from None
        except ValueError as error:
            raise Wrong(name, str(error)) from None
        return found

    def _text(self, name: str, longest: int, forbidden: re.Pattern[str]) -> str | None:
        text = self._cells.get(name, "")
        if len(text) > longest:
            raise Wrong(name, f"must be text of at most {longest:,} characters")
        if found := forbidden.search(text):
            raise Wrong(name, f"has a control character (U+{ord(found[0]):04X})")
        return text if text.strip() else None


def _whole(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise ValueError("has a number that is too large")
    return int(digits)


def _fractional(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("has a number that is too large")
    return number


def _unknown(name: str) -> NoReturn:
    raise ValueError(f"has a number that JSON does not know: {name}")


_JSON = json.JSONDecoder(parse_int=_whole, parse_float=_fractional, parse_constant=_unknown)


def _check(value: object, depth: int) -> None:
    """Raise `ValueError` for what is JSON and yet cannot be stored."""
    if depth > MAX_DEPTH:
        raise ValueError("is nested too deep")
    match value:
        case str():
            if "\0" in value:
                raise ValueError("has a NUL character (\\u0000)")
            if not value.isascii() and any("\ud800" <= it <= "\udfff" for it in value):
                raise ValueError("has half of a character (a lone surrogate)")
        case dict():
            for name, inner in value.items():
                _check(name, depth + 1)
                _check(inner, depth + 1)
        case list():
            for inner in value:
                _check(inner, depth + 1)
