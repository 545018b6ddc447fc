"""Owns: stock and history in Firmhold's own tables, written by SQL before a measurement.

What is written here is what the engine itself would have left: ``firmhold verify`` holds.
"""

from __future__ import annotations

import sys
from typing import Any

import asyncpg

from bench.lab import PLENTY, SKU, Proof
from bench.load_spec import LoadResult

HISTORY_ITEMS = 100  # items that share the history; the hot one is among them
CHUNK = 250_000  # reservations written by one statement
# Long enough that no hold of one round is due in a later one: expiry is measured elsewhere.
TTL_SECONDS = 86_400

ADD_ITEMS = """
WITH new AS MATERIALIZED (
    SELECT uuidv7() AS id, n FROM generate_series(0, $2::int - 1) AS n
), offerings AS (
    INSERT INTO offering (organization_id, id, kind, capacity, seq, hold_ttl_seconds)
    SELECT $1, id, 'item', $3, 1, $5 FROM new
), items AS (
    INSERT INTO item (organization_id, id, sku, name, created_at, updated_at)
    SELECT $1, id, replace($4, '{n}', n::text), 'Item ' || n, now(), now() FROM new
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta,
                    confirmed_delta, capacity, held, confirmed, at, actor)
SELECT $1, id, 1, 'created', $3, 0, 0, $3, 0, 0, now(), 'bench' FROM new
"""

# Reservation number k is the (k / items)-th of item k % items. Of ten in a row on an item seven
# are confirmed and three have expired, so the counters after each are known without a sum.
PAST = """
CREATE TEMPORARY TABLE past ON COMMIT DROP AS
SELECT uuidv7(interval '-30 days') AS id, item.id AS offering_id, k / {items} AS nth,
       (k / {items}) % 10 < 7 AS confirmed,
       (k / {items}) / 10 * 7 + least((k / {items}) % 10, 7) AS confirmed_before,
       'customer-' || k % 1000 AS customer,
       now() - interval '30 days' + k * interval '1 millisecond' AS at
FROM generate_series($2::bigint, $3::bigint - 1) AS k
JOIN item ON item.organization_id = $1 AND item.sku = replace($4, '{{n}}', (k % {items})::text)
"""
PAST_RESERVATIONS = """
INSERT INTO reservation (organization_id, id, status, customer, actor, created_at, expires_at,
                         extend_until, confirmed_at, ended_at)
SELECT $1, id, CASE WHEN confirmed THEN 'confirmed' ELSE 'expired' END, customer, 'bench', at,
       at + interval '300 s', at + interval '900 s',
       CASE WHEN confirmed THEN at + interval '60 s' END,
       CASE WHEN NOT confirmed THEN at + interval '300 s' END
FROM past
"""
PAST_LINES = """
INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position, quantity,
                              held, confirmed, status, expires_at, customer)
SELECT $1, id, offering_id, 0, 1, 0, confirmed::int,
       CASE WHEN confirmed THEN 'confirmed' ELSE 'expired' END, at + interval '300 s', customer
FROM past
"""
PAST_LEDGER = """
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
                    held_delta, confirmed_delta, capacity, held, confirmed, at, actor,
                    hold_expires_at)
SELECT $1::uuid, offering_id, nth * 2 + 2, 'held', id, 0, 1, 0, $2::int, 1, confirmed_before, at,
       'bench', at + interval '300 s'
FROM past
UNION ALL
SELECT $1, offering_id, nth * 2 + 3, CASE WHEN confirmed THEN 'confirmed' ELSE 'expired' END,
       id, 0, -1, confirmed::int, $2, 0, confirmed_before + confirmed::int,
       at + CASE WHEN confirmed THEN interval '60 s' ELSE interval '300 s' END,
       'bench', at + interval '300 s'
FROM past
"""
COUNTERS = """
UPDATE offering SET seq = last.seq, confirmed = last.confirmed
FROM (SELECT DISTINCT ON (offering_id) offering_id, seq, confirmed FROM ledger
      WHERE organization_id = $1 ORDER BY offering_id, seq DESC) AS last
WHERE offering.organization_id = $1 AND offering.id = last.offering_id
"""


ADD_CUSTOMERS = """
WITH wanted AS (
    SELECT 'customer-' || n || '@example.com' AS email FROM generate_series(0, $2::int - 1) AS n
), people AS (
    INSERT INTO person (id, email) SELECT uuidv7(), email FROM wanted
    ON CONFLICT (email) DO UPDATE SET email = excluded.email
    RETURNING id, email
)
INSERT INTO users (organization_id, id, email, role, person_id)
SELECT $1, uuidv7(), email, 'customer', id FROM people
ON CONFLICT (organization_id, email) DO UPDATE SET role = excluded.role
RETURNING id, email
"""


async def add_organization(connection: asyncpg.Connection[Any], slug: str = "bench") -> str:
    """The organization of that slug, made if there is none; its id as 32 hex digits."""
    await connection.execute(
        "INSERT INTO organization (id, slug, name) VALUES (uuidv7(), $1, $1)"
        " ON CONFLICT DO NOTHING",
        slug,
    )
    found = await connection.fetchval("SELECT id FROM organization WHERE slug = $1", slug)
    return str(found.hex)


async def add_items(
    connection: asyncpg.Connection[Any], organization: str, count: int, capacity: int = PLENTY
) -> None:
    await connection.execute(ADD_ITEMS, organization, count, capacity, SKU, TTL_SECONDS)


async def add_history(connection: asyncpg.Connection[Any], organization: str, count: int) -> None:
    """``count`` reservations that are over, with their lines and ledger entries.

    Needs a superuser: the foreign keys, which hold by construction, are not checked one by one.
    """
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET synchronous_commit = off")
    past = PAST.format(items=HISTORY_ITEMS)
    for start in range(0, count, CHUNK):
        end = min(start + CHUNK, count)
        sys.stderr.write(f"writing the past: {start:,} of {count:,} reservations\n")
        async with connection.transaction():
            await connection.execute(past, organization, start, end, SKU)
            await connection.execute(PAST_RESERVATIONS, organization)
            await connection.execute(PAST_LINES, organization)
            await connection.execute(PAST_LEDGER, organization, PLENTY)
    await connection.execute(COUNTERS, organization)
    await connection.execute("VACUUM (FREEZE, ANALYZE)")  # or autovacuum would, while we measure


async def holds_made(connection: asyncpg.Connection[Any]) -> int:
    """Holds ever made; a case on a used database compares before and after."""
    return int(await connection.fetchval("SELECT count(*) FROM ledger WHERE kind = 'held'"))


async def prove(
    connection: asyncpg.Connection[Any],
    result: LoadResult,
    holds_before: int = 0,
    lines: int = 1,
) -> Proof:
    """Counters, lines and ledger agree, nothing is oversold, no hold that was told is missing.

    For loads whose holds are of one unit of each of so many items.
    """
    row = await connection.fetchrow(
        """
        SELECT sum(capacity) AS capacity, sum(held) AS held, sum(confirmed) AS confirmed,
               bool_and(held + confirmed <= capacity) AS within,
               (SELECT sum(held_delta) FROM ledger) AS ledger_held,
               (SELECT sum(confirmed_delta) FROM ledger) AS ledger_confirmed,
               (SELECT coalesce(sum(held), 0) FROM reservation_line) AS lines_held,
               (SELECT coalesce(sum(confirmed), 0) FROM reservation_line) AS lines_confirmed
        FROM offering
        """
    )
    assert row is not None
    agree = row["held"] == row["lines_held"] == row["ledger_held"]
    agree = agree and row["confirmed"] == row["lines_confirmed"] == row["ledger_confirmed"]
    made = await holds_made(connection) - holds_before
    told = result.all_statuses.get("201", 0)
    complete = made % lines == 0 and told <= made // lines <= told + result.unanswered
    ok = bool(row["within"] and agree and complete)
    return Proof(ok, int(row["capacity"]), made // lines, told, result.unanswered)
