"""The engine's plans, made while the tables are empty and kept after they have grown.

A connection plans each statement once. On a new installation that is before the first row is
there, and the plan must still be the one that finds each row by its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from firmhold.store.database import SETTINGS
from firmhold.store.sql import statement
from tests.databases import Address

# What an index condition on each table has to name besides the organization.
KEYS = {
    "offering": ("id =",),
    "reservation": ("id =",),
    "reservation_line": ("reservation_id =", "offering_id =", "customer ="),
    "idempotency": ("key =",),
    "ledger": ("seq =",),
    "item": ("id =", "sku ="),
    "organization": ("id =",),
}
STATEMENTS = [
    ("batch", name)
    for name in (
        "lock_offerings",
        "load_batch",
        "load_usage",
        "load_live_holds",
        "update_reservations",
        "write_batch",
        "find_entry",
        "find_unlocked",
    )
] + [
    ("lookup", name) for name in ("offerings_of_reservations", "items_by_sku", "names_of_offerings")
]


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node that reads a table."""
    if "Relation Name" in plan and "Scan" in plan["Node Type"]:
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


@pytest.mark.parametrize(("file", "name"), STATEMENTS, ids=lambda part: part)
async def test_each_row_is_found_by_its_key(database: Address, file: str, name: str) -> None:
    connection = await asyncpg.connect(database.dsn, server_settings=SETTINGS)
    try:
        sql = statement(file, name).rstrip().rstrip(";")
        parameters = max(int(number) for number in re.findall(r"\$(\d+)", sql))
        await connection.execute(f"PREPARE planned AS {sql}")
        explain = f"EXPLAIN (FORMAT JSON) EXECUTE planned({', '.join(['NULL'] * parameters)})"
        plan = json.loads(await connection.fetchval(explain))[0]["Plan"]
    finally:
        await connection.close()
    for scan in scans(plan):
        table = scan["Relation Name"]
        condition = scan.get("Index Cond", "")
        assert any(key in condition for key in KEYS[table]), (table, scan["Node Type"], condition)
