"""What reports cost on a long ledger, by the ways there are to read one.

    python -m bench.reports [--entries 10000000] [--data FOLDER] [--json FILE]

Fills a ledger with a year of a shop and a hospital: four fifths of the entries are of a thousand
items, of which few sell most, one fifth of slots, of which each has its own few. Then the same
questions are answered straight from the ledger, by its BRIN index of times and by a B-tree that it
would have to have, and from the counts. What the counts cost is told as well: time to make them,
and bytes.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shlex
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from bench.machine import machine
from bench.record import commit
from firmhold.reports.counting import Counter
from firmhold.reports.reader import Reports, Subject
from firmhold.reports.steps import Every, period_of
from firmhold.store.connections import ACROSS, SETTING
from firmhold.store.database import Database
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate

ENTRIES_AT_ONCE = 5_000
"""Of one transaction."""

ITEMS, POOLS = 1_000, 50
DAYS = 365
END = datetime(2026, 11, 1, tzinfo=UTC)
BEGIN = END - timedelta(days=DAYS)

ORGANIZATION, SITE = f"{1:032x}", f"{2:032x}"

PLACES = """
INSERT INTO organization (id, slug, name) VALUES ('{org}', 'long', 'Long');
INSERT INTO site (organization_id, id, name, zone, opening_hours, created_at, updated_at)
VALUES ('{org}', '{site}', 'Clinic', 'Europe/Berlin',
        '[{{"day": "MO", "opens": "08:00", "closes": "18:00"}}]', now(), now());
INSERT INTO pool (organization_id, id, site_id, kind, name, units, created_at, updated_at)
SELECT '{org}', numbered(3, n), '{site}', 'practitioner', 'Practitioner ' || n, 1, now(), now()
FROM generate_series(1, {pools}) AS n;
INSERT INTO offering (organization_id, id, kind, capacity, seq)
SELECT '{org}', numbered(4, n), 'item', 1000000000, 1 FROM generate_series(0, {items} - 1) AS n;
INSERT INTO item (organization_id, id, sku, name, created_at, updated_at)
SELECT '{org}', numbered(4, n), 'SKU-' || n, 'Item ' || n, now(), now()
FROM generate_series(0, {items} - 1) AS n;
"""

NUMBERED = """
CREATE FUNCTION numbered(kind bigint, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex(kind), 4, '0') || lpad(to_hex(n), 28, '0'))::uuid
"""

# A transaction: $1 its number of $2, $3 and $4 the time that all take, $5 reservations of items in
# it and $6 of slots, each with a slot of its own.
WRITE = """
WITH sold AS MATERIALIZED (
    SELECT $1::bigint * 1000000 + n AS id,
           numbered(4, floor({items} * random() ^ 3)::bigint) AS offering,
           $3::timestamptz + ($4::timestamptz - $3) * (($1 + n::float8 / $5) / $2) AS at,
           random() AS fate, interval '1 s' + random() * interval '4 min' AS later
    FROM generate_series(1, $5::integer) AS n
), booked AS MATERIALIZED (
    SELECT $1::bigint * 1000000 + 500000 + n AS id, numbered(5, $1 * 1000 + n) AS offering,
           numbered(3, 1 + ($1 * $6 + n) % {pools}) AS pool,
           $3::timestamptz + ($4::timestamptz - $3) * (($1 + n::float8 / $6) / $2) AS at,
           random() AS fate, interval '2 min' AS later
    FROM generate_series(1, $6::integer) AS n
), offered AS (
    INSERT INTO offering (organization_id, id, kind, capacity, confirmed, seq, site_id, starts_at,
                          ends_at)
    SELECT '{org}', offering, 'slot', 1, 1, 4, '{site}', starts, starts + interval '10 min'
    FROM booked, to_timestamp(ceil(extract(epoch FROM at) / 900) * 900 + 7200) AS starts
), titled AS (
    INSERT INTO slot (organization_id, id, title, created_at, updated_at)
    SELECT '{org}', offering, 'Service ' || id % 40, at, at FROM booked
), required AS (
    INSERT INTO requirement SELECT '{org}', offering, pool, 1, 'slot' FROM booked
), lent AS (
    INSERT INTO loan (organization_id, pool_id, slot_id, units, during, exclusive)
    SELECT '{org}', pool, offering, 1,
           tstzrange(starts, starts + interval '10 min'), false
    FROM booked, to_timestamp(ceil(extract(epoch FROM at) / 900) * 900 + 7200) AS starts
), fates AS (
    SELECT id, offering, at, at + later AS ended, CASE WHEN fate < 0.6 THEN 'confirmed'
           WHEN fate < 0.9 THEN 'expired' ELSE 'released' END AS status FROM sold
    UNION ALL
    SELECT id, offering, at, at + later, CASE WHEN fate < 0.9 THEN 'fulfilled' ELSE 'no_show' END
    FROM booked
), reserved AS (
    INSERT INTO reservation (organization_id, id, status, actor, created_at, expires_at,
                             extend_until, confirmed_at, ended_at)
    SELECT '{org}', numbered(6, id), status, 'system:bench', at,
           CASE status WHEN 'expired' THEN ended ELSE at + interval '5 min' END,
           at + interval '5 min',
           CASE WHEN status IN ('confirmed', 'fulfilled', 'no_show') THEN ended END,
           CASE WHEN status <> 'confirmed' THEN ended END
    FROM fates
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
                    held_delta, confirmed_delta, capacity, held, confirmed, at, actor,
                    hold_expires_at)
SELECT '{org}', offering, seq, kind, reservation, capacity, held, confirmed, 1000000000, 1, 0, at,
       'system:bench', expires
FROM (
    SELECT offering, id * 4 AS seq, 'held' AS kind, numbered(6, id) AS reservation, 0 AS capacity,
           1 AS held, 0 AS confirmed, at, at + interval '5 min' AS expires FROM fates
    UNION ALL
    SELECT offering, id * 4 + 1,
           CASE WHEN status IN ('expired', 'released') THEN status ELSE 'confirmed' END,
           numbered(6, id), 0, -1,
           CASE WHEN status IN ('expired', 'released') THEN 0 ELSE 1 END, ended, ended
    FROM fates
    UNION ALL
    SELECT offering, id * 4 - 1, 'created', NULL, 1, 0, 0, at - interval '1 min', NULL FROM fates
    WHERE status IN ('fulfilled', 'no_show')
    UNION ALL
    SELECT offering, id * 4 + 2, status, numbered(6, id), 0, 0, 0, ended + interval '2 h', NULL
    FROM fates WHERE status IN ('fulfilled', 'no_show')
) AS entries
ORDER BY at
"""

STRAIGHT = """
SELECT (extract(epoch FROM at)::bigint / 900) AS quarter, kind, count(*), sum(confirmed_delta)
FROM ledger WHERE organization_id = $1 AND at >= $2 AND at < $3 GROUP BY 1, 2
"""


async def fill(superuser: str, entries: int) -> None:
    """A year's ledger of so many entries."""
    connection = await asyncpg.connect(superuser)
    # Without the triggers and references, which are not what is measured.
    await connection.execute("SET session_replication_role = replica; SET synchronous_commit = off")
    await connection.execute(NUMBERED)
    await connection.execute(PLACES.format(org=ORGANIZATION, site=SITE, pools=POOLS, items=ITEMS))
    write = await connection.prepare(
        WRITE.format(org=ORGANIZATION, site=SITE, pools=POOLS, items=ITEMS)
    )
    transactions = entries // ENTRIES_AT_ONCE
    sold, booked = ENTRIES_AT_ONCE * 4 // 10, ENTRIES_AT_ONCE // 20
    for number in range(transactions):
        await write.fetch(number, transactions, BEGIN, END, sold, booked)
    await connection.execute("VACUUM (ANALYZE)", timeout=3600)
    await connection.close()


async def middle_of(ask: Callable[[], Awaitable[Any]], times: int = 5) -> float:
    """Milliseconds of the one in the middle, after one to warm up."""
    took = []
    for _ in range(times + 1):
        started = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - started) * 1000)
    return round(median(took[1:]), 1)


async def straight(dsn: str, index: str) -> dict[str, float]:
    """Milliseconds for a day, a month and a year, straight from the ledger."""
    connection = await asyncpg.connect(
        dsn, server_settings={SETTING: ACROSS, "jit": "off", "max_parallel_workers_per_gather": "0"}
    )
    found = {}
    for days in (1, 30, DAYS):
        since = END - timedelta(days=days)
        found[f"{index}, {days} days"] = await middle_of(
            partial(connection.fetch, STRAIGHT, ORGANIZATION, since, END), 3
        )
    await connection.close()
    return found


async def reports(database: Database) -> dict[str, float]:
    """Milliseconds for each of the reports."""
    reader, organization = Reports(database), f"org_{ORGANIZATION}"
    item, pool = f"item_{4:04x}{0:028x}", f"pool_{3:04x}{1:028x}"
    subjects = {
        "everything": Subject(),
        "the hottest item": Subject(offering=item),
        "a site": Subject(site=f"site_{SITE}"),
        "a pool": Subject(pool=pool),
    }
    found = {}
    for days, every in ((1, Every.HOUR), (30, Every.DAY), (DAYS, Every.DAY)):
        since = (END - timedelta(days=days)).isoformat()
        period = period_of(since, END.isoformat(), "Europe/Berlin", every, END)
        for name, subject in subjects.items():
            found[f"series of {name}, {days} days"] = await middle_of(
                partial(reader.series, organization, subject, period, state=True)
            )
        if days <= 30:
            found[f"attendance by service, {days} days"] = await middle_of(
                partial(reader.attendance, organization, Subject(), "service", period)
            )
            found[f"utilisation of {POOLS} pools, {days} days"] = await middle_of(
                partial(reader.use, organization, Subject(), None, period)
            )
        for kind in ("item", "slot"):
            found[f"sales by {kind}, {days} days"] = await middle_of(
                partial(reader.sales, organization, Subject(kind=kind), period, None, 100)
            )
    return found


SIZES = """
SELECT c::text AS name, pg_total_relation_size(c) AS bytes
FROM unnest('{ledger,report_count,report_wait,report_sale}'::regclass[]) AS c
"""


class _Said(dict[str, Any]):
    """Prints each figure as it comes, because it takes long until the last."""

    def __setitem__(self, name: str, figure: Any) -> None:
        super().__setitem__(name, figure)
        print(f"{name}: {figure}", flush=True)


async def measure(dsn: str, superuser: str, entries: int) -> dict[str, Any]:
    """All of it."""
    told: dict[str, Any] = _Said({"entries": entries})
    told["ms straight"] = await straight(dsn, "BRIN on times")
    admin = await asyncpg.connect(superuser)
    await admin.execute("CREATE INDEX trial ON ledger (organization_id, at)", timeout=3600)
    told["bytes of a B-tree"] = await admin.fetchval("SELECT pg_relation_size('trial')")
    told["ms straight"] |= await straight(dsn, "B-tree on times")
    await admin.execute("DROP INDEX trial")
    database = Database(dsn, engine_connections=1, read_connections=4, pooler=False)
    await database.open()
    counter = Counter(database)
    started = time.perf_counter()
    while not await counter.run_once():
        pass
    told["seconds to count"] = round(time.perf_counter() - started, 1)
    told["ms to see that nothing is new"] = await middle_of(counter.run_once)
    await admin.execute("VACUUM (ANALYZE) report_count, report_wait, report_sale", timeout=3600)
    told["bytes"] = {row["name"]: row["bytes"] for row in await admin.fetch(SIZES)}
    told["rows"] = {
        name: await admin.fetchval(f"SELECT count(*) FROM {name}")  # noqa: S608  ours
        for name in ("report_count", "report_wait", "report_sale")
    }
    told["ms, all counted"] = await reports(database)
    await admin.execute("SET session_replication_role = replica")
    write = WRITE.format(org=ORGANIZATION, site=SITE, pools=POOLS, items=ITEMS)
    for number in (1_000_000, 1_000_001):
        await admin.fetch(write, number, number, BEGIN, END, 2000, 250)
    told["ms, 10,000 not counted yet"] = await reports(database)
    started = time.perf_counter()
    await counter.run_once()
    told["ms to count them"] = round((time.perf_counter() - started) * 1000, 1)
    await admin.close()
    await database.close()
    return told


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--data", type=Path, help="where the database goes; six gigabytes")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    # As it begins: the tree may be changed before it ends.
    made = {
        "at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        "command": shlex.join(["python", *sys.orig_argv[1:]]),
        "machine": machine(),
    }
    with tempfile.TemporaryDirectory(prefix="firmhold-bench-", dir=options.data) as folder:
        Path(folder).chmod(0o755)
        attached = EmbeddedServer.attach(Path(folder) / "data")
        try:
            superuser = attached.dsn.replace("//firmhold@", "//postgres@")
            told = asyncio.run(_all(attached.dsn, superuser, options.entries))
        finally:
            attached.detach()
    text = json.dumps(made | told, indent=2)
    print(text)
    if options.json is not None:
        options.json.write_text(text + "\n")
    return 0


async def _all(dsn: str, superuser: str, entries: int) -> dict[str, Any]:
    connection = await asyncpg.connect(dsn, server_settings={SETTING: ACROSS})
    await migrate(connection)
    await connection.close()
    started = time.perf_counter()
    await fill(superuser, entries)
    told = {"seconds to fill": round(time.perf_counter() - started, 1)}
    return told | await measure(dsn, superuser, entries)


if __name__ == "__main__":
    raise SystemExit(main())
