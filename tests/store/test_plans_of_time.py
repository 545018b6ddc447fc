"""What was long ago costs nothing to those who look at what is to come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from firmhold.store.sql import statement
from tests.databases import Address
from tests.store.plans import scans

ORGANIZATION = "0" * 31 + "1"
SITE, ROOM, KITS, EMPTY = (f"{n:032x}" for n in (2, 3, 4, 5))


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
            "$4::uuid, at, at + interval '1 h', n % 2 = 0 "
            "FROM generate_series(1, $3::int) AS n, "
            "LATERAL (SELECT $5::timestamptz + n * interval '1 h' AS at) AS t",
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
            "1, tstzrange(at, at + interval '1 h'), true "
            "FROM generate_series(1, $3::int) AS n, "
            "LATERAL (SELECT $5::timestamptz + n * interval '1 h' AS at) AS t",
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
        yield (
            scan.get("Relation Name", scan.get("Index Name")),
            (kept + removed) * scan["Actual Loops"],
        )


@pytest.mark.parametrize("analysed", [True, False], ids=["known to the planner", "unknown"])
@pytest.mark.parametrize(
    ("site", "pool", "schedule", "places", "bookable"),
    [
        (None, None, None, False, False),
        (SITE, None, None, False, False),
        (None, ROOM, None, False, False),
        (SITE, KITS, None, False, False),
        (None, EMPTY, None, False, False),
        (None, None, EMPTY, False, False),
        (SITE, None, None, True, True),
        (None, None, None, True, True),
        (None, KITS, None, True, True),
        (None, None, None, True, False),
        (SITE, ROOM, None, True, False),
    ],
)
async def test_a_page_of_what_is_to_come_reads_nothing_of_what_was(
    years: Address,
    site: str,
    pool: str,
    schedule: str,
    places: bool,
    bookable: bool,
    analysed: bool,
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
        *(places, bookable),
    )
    await connection.close()
    for table, rows in touched(json.loads(found)[0]["Plan"]):
        assert rows <= 1_000, (table, rows)
