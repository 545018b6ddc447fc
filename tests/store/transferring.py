"""Short ways to import and export in a test."""

from __future__ import annotations

import io
import json
from typing import Any, NamedTuple

import asyncpg

from firmhold.store.transfer import (
    Existing,
    Format,
    ImportResult,
    OnError,
    export_items,
    import_items,
)
from firmhold.store.verify import verify
from tests.store import books as b

ORGANIZATION = b.ORGANIZATION
HEADER = "sku,name,capacity"


class Rejected(NamedTuple):
    line: int
    field: str | None
    reason: str
    raw: str


async def load(
    connection: asyncpg.Connection,
    data: str | bytes,
    format: Format = "csv",
    *,
    on_error: OnError = "skip",
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


async def tables(connection: asyncpg.Connection) -> list[Any]:
    """All that an item is, without its id and dates, as the database has it."""
    return await connection.fetch(
        "SELECT to_jsonb(i) - 'id' - 'created_at' - 'updated_at' AS item, to_jsonb(o) - 'id' AS o "
        "FROM item AS i JOIN offering AS o USING (organization_id, id) ORDER BY i.sku"
    )


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
    {"sku": "spaces  within", "name": " null ", "capacity": 7, "description": "null"},
    {"sku": "0123", "name": "NaN", "capacity": 1, "metadata": {"a": 1e-300, "b": "\\u0000"}},
    {"sku": "+49-30", "name": "'", "capacity": 1, "description": "@x\ttab"},
    {"sku": "x" * 128, "name": "👩‍👩‍👧", "capacity": 1, "price_amount": 0, "price_currency": "XXX"},
]
