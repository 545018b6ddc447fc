"""Plans of statements about slots: what a batch asks finds each row by its key, and what was long
ago costs nothing to those who look at what is to come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from firmhold.store.database import SETTINGS
from firmhold.store.sql import statement
from tests.databases import Address
from tests.store.test_plans import scans

ORGANIZATION = "0" * 31 + "1"
SITE, ROOM, KITS, EMPTY = (f"{n:032x}" for n in (2, 3, 4, 5))

# What an index condition on each table has to name besides the organization.
KEYS = {
    "offering": ("id =",),
    "pool": ("id =",),
    "site": ("id =",),
    "organization": ("id =",),
    "requirement": ("slot_id =",),
    "loan": ("during &&", "reservation_id ="),
    "reservation_line": ("reservation_id =", "offering_id =", "customer ="),
    "waitlist_entry": ("id =", "offering_id =", "reservation_id =", "customer ="),
}
STATEMENTS = [
    *(
        ("lending", name)
        for name in (
            *("lock_pools", "load_slots", "load_visits", "return_loans", "keep_loans"),
            *("take_loans", "leave_lines", "enter_lines"),
        )
    ),
    ("waitlist", "find_offers"),
    ("waitlist", "load_waitlist"),
    ("waitlist", "write_waitlist"),
    ("lookup", "offerings_of_entries"),
]


@pytest.mark.parametrize(("file", "name"), STATEMENTS, ids=lambda part: part)
async def test_each_row_is_found_by_its_key(database: Address, file: str, name: str) -> None:
    """By plans that were made while the tables were empty."""
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
        condition = scan.get("Index Cond", "") + scan.get("Recheck Cond", "")
        assert any(key in condition for key in KEYS[table]), (table, scan["Node Type"], condition)


@pytest.fixture
async def years(database: Address) -> Address:
    """Twenty thousand slots that are over, and two hundred to come."""
    connection = await asyncpg.connect(database.superuser)
    await connection.execute("SET session_replication_role = replica")
    now = datetime.now(UTC)
    await connection.execute(
        f"""
        INSERT INTO organization (id, slug, name) VALUES ('{ORGANIZATION}', 'a', 'A');
        INSERT INTO site (organization_id, id, name, zone, created_at, updated_at)
            VALUES ('{ORGANIZATION}', '{SITE}', 'S', 'UTC', now(), now());
        INSERT INTO pool (organization_id, id, kind, name, units, created_at, updated_at)
            SELECT '{ORGANIZATION}', id::uuid, kind, id, 1, now(), now()
            FROM (VALUES ('{ROOM}', 'room'), ('{KITS}', 'equipment'), ('{EMPTY}', 'equipment'))
                AS p (id, kind);
        """
    )
    for first, number, begin in (
        (10_000_000, 20_000, now - timedelta(days=900)),
        (20_000_000, 200, now + timedelta(hours=1)),
    ):
        values = [ORGANIZATION, first, number]
        await connection.execute(
            "INSERT INTO offering (organization_id, id, kind, capacity, seq, site_id, starts_at, "
            "ends_at, lends) SELECT $1, lpad((n + $2::bigint)::text, 32, '0')::uuid, 'slot', 1, 1, "
            "$4::uuid, $5::timestamptz + n * interval '1 h', "
            "$5::timestamptz + (n + 1) * interval '1 h', n % 2 = 0 "
            "FROM generate_series(1, $3::int) AS n",
            *values,
            SITE,
            begin,
        )
        await connection.execute(
            "INSERT INTO slot (organization_id, id, title, created_at, updated_at) "
            "SELECT $1, lpad((n + $2::bigint)::text, 32, '0')::uuid, 'S', now(), now() "
            "FROM generate_series(1, $3::int) AS n",
            *values,
        )
        for pool, per, which in ((ROOM, "slot", "true"), (KITS, "reservation", "n % 2 = 0")):
            await connection.execute(
                "INSERT INTO requirement SELECT $1, lpad((n + $2::bigint)::text, 32, '0')::uuid, "
                f"$4::uuid, 1, $5 FROM generate_series(1, $3::int) AS n WHERE {which}",
                *values,
                pool,
                per,
            )
        await connection.execute(
            "INSERT INTO loan SELECT $1, $4::uuid, lpad((n + $2::bigint)::text, 32, '0')::uuid, "
            "NULL, 1, tstzrange($5::timestamptz + n * interval '1 h', "
            "$5::timestamptz + (n + 1) * interval '1 h'), true "
            "FROM generate_series(1, $3::int) AS n",
            *values,
            ROOM,
            begin,
        )
    await connection.execute("ANALYZE")
    await connection.close()
    return database


def touched(plan: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """How many rows each node reads of its table."""
    for scan in scans(plan):
        kept, removed = scan["Actual Rows"], scan.get("Rows Removed by Filter", 0)
        yield scan["Relation Name"], (kept + removed) * scan["Actual Loops"]


@pytest.mark.parametrize("analysed", [True, False], ids=["known to the planner", "unknown"])
@pytest.mark.parametrize(
    ("site", "pool", "schedule", "bookable"),
    [
        (None, None, None, False),
        (SITE, None, None, False),
        (None, ROOM, None, False),
        (SITE, KITS, None, False),
        (None, EMPTY, None, False),
        (None, None, EMPTY, False),
        (SITE, None, None, True),
        (None, None, None, True),
        (None, KITS, None, True),
    ],
)
async def test_a_page_of_what_is_to_come_reads_nothing_of_what_was(
    years: Address, site: str, pool: str, schedule: str, bookable: bool, analysed: bool
) -> None:
    connection = await asyncpg.connect(
        years.superuser, server_settings={"plan_cache_mode": "force_custom_plan", "jit": "off"}
    )
    if not analysed:
        await connection.execute("DELETE FROM pg_statistic")
        await connection.execute("UPDATE pg_class SET reltuples = -1, relpages = 0")
    found = await connection.fetchval(
        "EXPLAIN (ANALYZE, FORMAT JSON) " + statement("timetable", "page"),
        *(ORGANIZATION, 50, None, None, site, datetime.now(UTC), None, pool, schedule, False),
        bookable,
    )
    await connection.close()
    for table, rows in touched(json.loads(found)[0]["Plan"]):
        assert rows <= 1_000, (table, rows)
