"""One item as a row of a file: its fields, their limits, and why a value is refused.

Owns what a valid row is and the words for what is not. Knows neither files nor the database, and
lets nothing through that the database would refuse: there, one bad row would take its whole chunk
down with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Raw, Struct

from firmhold.domain.model import MAX_CAPACITY, MAX_QUANTITY, MAX_TTL_SECONDS

MAX_SKU = 128
"""Characters of a SKU, as the database has it."""

MAX_NAME, MAX_DESCRIPTION = 200, 4000
"""Characters, as the API has them: what came in by one way must pass the other."""

MAX_PRICE = 2**63 - 1
"""Minor units; the database's bigint."""

MAX_METADATA = 65_536
"""Bytes of an item's metadata: what a request to the API may have as a whole."""

MAX_DECIMALS = 16_383
"""Digits after the point that PostgreSQL keeps of a number."""

_Units = Annotated[int, Meta(ge=1, le=MAX_QUANTITY)]
_Instant = Annotated[datetime, Meta(tz=True)]

NO_METADATA = Raw()


class ItemRow(Struct, forbid_unknown_fields=True):
    """The fields of a file, in the order of its columns. `None` stands for none, and for min
    quantity for 1."""

    sku: Annotated[str, Meta(min_length=1, max_length=MAX_SKU)]
    name: Annotated[str, Meta(min_length=1, max_length=MAX_NAME)]
    capacity: Annotated[int, Meta(ge=0, le=MAX_CAPACITY)]
    description: Annotated[str, Meta(max_length=MAX_DESCRIPTION)] | None = None
    price_amount: Annotated[int, Meta(ge=0, le=MAX_PRICE)] | None = None
    price_currency: Annotated[str, Meta(pattern="^[A-Z]{3}\\Z")] | None = None
    sale_starts_at: _Instant | None = None
    sale_ends_at: _Instant | None = None
    min_quantity: _Units | None = None
    max_quantity: _Units | None = None
    max_per_customer: _Units | None = None
    hold_ttl_seconds: Annotated[int, Meta(ge=1, le=MAX_TTL_SECONDS)] | None = None
    metadata: Raw = NO_METADATA


FIELDS = tuple(field.name for field in msgspec.structs.fields(ItemRow))
REQUIRED = ("sku", "name", "capacity")
NUMBERS = (
    *("capacity", "price_amount", "min_quantity", "max_quantity", "max_per_customer"),
    "hold_ttl_seconds",
)
COUNTS = ("held", "confirmed", "available")
"""Read-only: an export has them when asked, and no import takes them."""

BIT = {name: 1 << place for place, name in enumerate(FIELDS)}
"""Which fields a row gives, as a number. What it does not give, an update leaves as it is."""

ALL_GIVEN = sum(BIT.values())


class Problem(NamedTuple):
    """What is wrong with a row."""

    field: str | None
    """`None` when it is the row as such."""
    reason: str


_UNITS = f"must be a whole number from 1 to {MAX_QUANTITY:,}"
_INSTANT = "must be a time as in RFC 3339, such as 2026-03-01T09:00:00+01:00"
_RULES = {
    "sku": f"must be text of 1 to {MAX_SKU} characters",
    "name": f"must be text of 1 to {MAX_NAME} characters",
    "capacity": f"must be a whole number from 0 to {MAX_CAPACITY:,}",
    "description": f"must be text of at most {MAX_DESCRIPTION:,} characters",
    "price_amount": f"must be a whole number of minor units from 0 to {MAX_PRICE:,}",
    "price_currency": "must be three capital letters as in ISO 4217, such as EUR",
    "sale_starts_at": _INSTANT,
    "sale_ends_at": _INSTANT,
    "min_quantity": _UNITS,
    "max_quantity": _UNITS,
    "max_per_customer": _UNITS,
    "hold_ttl_seconds": f"must be a whole number of seconds from 1 to {MAX_TTL_SECONDS:,}",
    "metadata": "must be a JSON object",
}

TOGETHER = {
    "sale_ends_at": "must be later than sale_starts_at",
    "max_quantity": "must not be less than min_quantity",
    "price_currency": "price_amount and price_currency come together or not at all",
}
"""Rules between fields, under the field that is blamed. They are checked again after a row has
been merged with an item that exists."""

# Control characters, as in the API; line breaks and tabs are fine in a text, not in a line.
_NOT_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NOT_IN_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Where a number with too many decimals may be hiding; a text may look the same.
_MANY_DECIMALS = re.compile(r"[eE]-\d{4}|\.\d{15000}")


def find_problem(row: ItemRow) -> Problem | None:
    """What is wrong with a row whose fields are each of their type and within their bounds."""
    if not row.sku.isprintable() and (found := _NOT_IN_LINE.search(row.sku)):
        return Problem("sku", f"has a control character (U+{ord(found[0]):04X})")
    if not row.name.isprintable() and (found := _NOT_IN_LINE.search(row.name)):
        return Problem("name", f"has a control character (U+{ord(found[0]):04X})")
    if row.description is not None and (found := _NOT_IN_TEXT.search(row.description)):
        return Problem("description", f"has a control character (U+{ord(found[0]):04X})")
    if row.sku != row.sku.strip():
        return Problem("sku", f"must not begin or end with white space: {shown(row.sku)}")
    if row.name.isspace():
        return Problem("name", f"{_RULES['name']}, not only white space")
    if (row.price_amount is None) != (row.price_currency is None):
        return Problem("price_currency", TOGETHER["price_currency"])
    if row.max_quantity is not None and row.max_quantity < (row.min_quantity or 1):
        return Problem("max_quantity", TOGETHER["max_quantity"])
    return _sale_problem(row.sale_starts_at, row.sale_ends_at)


def _sale_problem(starts: datetime | None, ends: datetime | None) -> Problem | None:
    for name, at in (("sale_starts_at", starts), ("sale_ends_at", ends)):
        # The first and last year do not survive a change of zone.
        if at is not None and not 1 < at.year < 9999:
            return Problem(name, "must be in a year from 2 to 9998")
    if starts is not None and ends is not None and not starts < ends:
        return Problem("sale_ends_at", TOGETHER["sale_ends_at"])
    return None


def check_metadata(text: str) -> Problem | None:
    """What is wrong with metadata as JSON text.

    It goes into the database as it was written, not as Python would write it again: numbers keep
    all their digits.
    """
    size = len(text) if text.isascii() else len(text.encode(errors="replace"))
    if size > MAX_METADATA:
        return Problem("metadata", f"must not be longer than {MAX_METADATA:,} bytes")
    try:
        value = msgspec.json.decode(text)
        if not isinstance(value, dict):
            return Problem("metadata", f"{_RULES['metadata']}, not {shown(value)}")
        # The two things that are JSON but not for PostgreSQL; rare, so looked for only when the
        # text may have them.
        if "\\u0000" in text and _has_nul(value):
            return Problem("metadata", "has a NUL character (\\u0000)")
        if _MANY_DECIMALS.search(text) and _has_too_many_decimals(text):
            return Problem("metadata", f"has a number with more than {MAX_DECIMALS:,} decimals")
    except RecursionError:
        return Problem("metadata", "is nested too deep")
    except msgspec.MsgspecError as error:
        return Problem("metadata", f"{_RULES['metadata']}: {error}")
    return None


def _has_nul(value: Any) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any("\0" in key or _has_nul(inner) for key, inner in value.items())
        case list():
            return any(_has_nul(inner) for inner in value)
    return False


def _has_too_many_decimals(text: str) -> bool:
    found: list[bool] = []

    def note(digits: str) -> None:
        exponent = Decimal(digits).as_tuple().exponent
        found.append(not isinstance(exponent, int) or exponent < -MAX_DECIMALS)

    msgspec.json.Decoder(float_hook=note).decode(text)
    return any(found)


_PLACE = re.compile(r"`\$\.(\w+)")
_MISSING = re.compile(r"missing required field `(\w+)`")
_UNKNOWN = re.compile(r"unknown field `(.*)`", re.DOTALL)


def explain(error: msgspec.ValidationError, values: Mapping[str, Any]) -> Problem:
    """A refusal by msgspec in the words of whoever wrote the file. `values` are the row's."""
    message = str(error)
    if found := _MISSING.search(message):
        return Problem(found[1], "is required")
    if found := _UNKNOWN.search(message):
        return Problem(found[1], unknown(found[1]))
    found = _PLACE.search(message)
    if found is None or found[1] not in _RULES:
        return Problem(None, "must be a JSON object with the fields of an item")
    name = found[1]
    if "timezone component" in message:
        return Problem(
            name, f"has no offset from UTC: {shown(values.get(name))}; write Z or +01:00 after it"
        )
    return Problem(name, f"{_RULES[name]}, not {shown(values.get(name))}")


def unknown(name: str) -> str:
    """Why a column or field is refused, with what it may have been meant to be."""
    if name in COUNTS:
        return "is read-only; export without counts to import again"
    close = get_close_matches(name.strip().lower().replace(" ", "_"), FIELDS, n=2)
    hint = f"did you mean {' or '.join(close)}?" if close else f"there are {', '.join(FIELDS)}"
    return f"is not a field of an item; {hint}"


def shown(value: Any) -> str:
    """A value as it stands in a reason: recognisable, printable and never long."""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return ascii(short) if not short.isprintable() else f"'{short}'"
