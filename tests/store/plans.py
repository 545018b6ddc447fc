"""Plans of the engine's statements, in databases of every age, and what is wrong with them.

A connection plans each statement once, and again whenever PostgreSQL has counted a table anew and
every so often. With whatever it knows by then, the plan must be the one that finds each row by its
key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

from firmhold.store.database import SETTINGS
from firmhold.store.sql import statement

KEYS: dict[str, dict[str, Sequence[str]]] = {
    # Those for which anybody waits are few.
    "offering": {"offering_pkey": ["id ="], "offering_waiting": []},
    "item": {"item_pkey": ["id ="], "item_organization_id_sku_key": ["sku ="]},
    "organization": {"organization_pkey": ["id ="]},
    "site": {"site_pkey": ["id ="]},
    "pool": {"pool_pkey": ["id ="], "pool_organization_id_id_exclusive_key": ["id ="]},
    "requirement": {
        "requirement_pkey": ["slot_id ="],
        "requirement_pool": ["slot_id =", "pool_id ="],
    },
    "loan": {
        "loan_pkey": ["slot_id ="],
        "loan_times": ["pool_id =", "begins <", "ends >"],
    },
    "reservation": {"reservation_pkey": ["id ="], "reservation_live": ["expires_at <="]},
    "reservation_line": {
        "reservation_line_pkey": ["reservation_id ="],
        "reservation_line_due": ["offering_id ="],
        "reservation_line_customer": ["customer ="],
    },
    "waitlist_entry": {
        "waitlist_entry_pkey": ["id ="],
        "waitlist_queue": ["offering_id ="],
        "waitlist_offer": ["reservation_id ="],
        "waitlist_one_place": ["customer ="],
    },
    "ledger": {"ledger_pkey": ["offering_id =", "seq ="]},
    "idempotency": {"idempotency_pkey": ["key ="]},
}
"""By which index rows are found, and what its condition has to name besides the organization: as
much of it as makes the rows few, from its beginning."""

ORGANIZATION = "0" * 31 + "1"
SITE, ROOM, KITS = (f"{n:032x}" for n in (2, 3, 4))

AGES = {
    f"holds {where}, counted {counted}": (hot, counted)
    for where, hot in (("of one slot", True), ("of many slots", False))
    for counted in ("since", "when it was new", "never")
}
"""Whether half of all holds are of one slot, and when PostgreSQL has last counted them."""

OFFERINGS, RESERVATIONS = 2_000, 30_000


async def fill(superuser: str, hot: bool, counted: str) -> None:
    """Reservations of slots, confirmed and held, with all that goes with them."""
    connection = await asyncpg.connect(superuser)
    if counted == "when it was new":
        await connection.execute("ANALYZE")
    await connection.execute("SET session_replication_role = replica")
    id = "lpad(({})::text, 32, '0')::uuid"
    org = f"'{ORGANIZATION}'::uuid"
    place = f"CASE WHEN {hot} AND n % 2 = 0 THEN 0 ELSE n % {OFFERINGS} END"
    each, slot, own = (id.format(n) for n in ("n + 1000", f"{place} + 1000", "n + 1000000"))
    at = "now() + n * interval '1 h'"
    held = "CASE n % 5 WHEN 0 THEN 1 ELSE 0 END"
    status = "CASE n % 5 WHEN 0 THEN 'held' ELSE 'confirmed' END"
    slots = f"generate_series(0, {OFFERINGS} - 1) AS n"
    some = f"generate_series(1, {RESERVATIONS}) AS n"
    await connection.execute(f"""
        INSERT INTO organization (id, slug, name) VALUES ({org}, 'a', 'A');
        INSERT INTO site (organization_id, id, name, zone, created_at, updated_at)
            VALUES ({org}, '{SITE}', 'S', 'UTC', now(), now());
        INSERT INTO pool (organization_id, id, kind, name, units, created_at, updated_at)
            SELECT {org}, id::uuid, kind, id, 1, now(), now()
            FROM (VALUES ('{ROOM}', 'room'), ('{KITS}', 'equipment')) AS p (id, kind);
        INSERT INTO offering (organization_id, id, kind, capacity, seq, site_id, starts_at, ends_at,
                              lends)
            SELECT {org}, {each}, 'slot', 1, 1, '{SITE}', {at}, {at} + interval '1 h', true
            FROM {slots};
        INSERT INTO item (organization_id, id, sku, name, created_at, updated_at)
            SELECT {org}, {each}, n::text, 'I', now(), now() FROM {slots};
        INSERT INTO requirement SELECT {org}, {each}, '{ROOM}', 1, 'slot' FROM {slots};
        INSERT INTO requirement SELECT {org}, {each}, '{KITS}', 1, 'reservation' FROM {slots};
        INSERT INTO loan SELECT {org}, pool, {each}, 1, tstzrange({at}, {at} + interval '1 h'),
            pool = '{ROOM}' FROM {slots}, (VALUES ('{ROOM}'::uuid), ('{KITS}')) AS p (pool);
        INSERT INTO reservation (organization_id, id, status, customer, actor, created_at,
                                 expires_at, extend_until, confirmed_at)
            SELECT {org}, {own}, {status}, (n % 900)::text, 'a', now(), now() + interval '300 s',
                   now() + interval '900 s', CASE WHEN n % 5 > 0 THEN now() END FROM {some};
        INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position,
                                      quantity, held, confirmed, status, expires_at, customer)
            SELECT {org}, {own}, {slot}, 0, 1, {held}, 1 - {held}, {status},
                   now() + interval '300 s', (n % 900)::text FROM {some};
        INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
                            held_delta, confirmed_delta, capacity, held, confirmed, at, actor)
            SELECT {org}, {slot}, n, 'held', {own}, 0, 1, 0, 1, 1, 0, now(), 'a' FROM {some};
        INSERT INTO idempotency (organization_id, key, fingerprint, status, body, subject,
                                 created_at)
            SELECT {org}, {own}, {own}, 201, 'b', {own}, now() FROM {some};
        INSERT INTO waitlist_entry (organization_id, id, offering_id, customer, actor, quantity,
                                    place, status, reservation_id, created_at)
            SELECT {org}, {own}, {slot}, n::text, 'a', 1, n, 'waiting', NULL, now() FROM {some};
    """)
    if counted == "since":
        await connection.execute("ANALYZE")
    await connection.close()


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every node that reads a table, or an index for one."""
    if "Scan" in plan["Node Type"] and ("Relation Name" in plan or "Index Name" in plan):
        yield plan
    for child in plan.get("Plans", ()):
        yield from scans(child)


async def flaws(dsn: str, statements: Sequence[tuple[str, str]]) -> list[str]:
    """Where the plans of these statements, as the engine's connections have them, read more than
    they are asked for."""
    connection = await asyncpg.connect(dsn, server_settings=SETTINGS)
    found = []
    try:
        for file, name in statements:
            sql = statement(file, name).rstrip().rstrip(";")
            parameters = max(int(number) for number in re.findall(r"\$(\d+)", sql))
            await connection.execute(f"PREPARE planned AS {sql}")
            explain = f"EXPLAIN (FORMAT JSON) EXECUTE planned({', '.join(['NULL'] * parameters)})"
            plan = json.loads(await connection.fetchval(explain))[0]["Plan"]
            await connection.execute("DEALLOCATE planned")
            found += [f"{file}/{name}: {flaw}" for scan in scans(plan) if (flaw := _flaw(scan))]
    finally:
        await connection.close()
    return found


def _flaw(scan: dict[str, Any]) -> str | None:
    if scan["Node Type"] == "Bitmap Heap Scan":
        return None  # the index scan below it is looked at
    table, index = scan.get("Relation Name"), scan.get("Index Name", "no index")
    condition = scan.get("Index Cond", "")
    by = {name: keys for keys_of in KEYS.values() for name, keys in keys_of.items()}
    if index not in by:
        return f"{table} by {index}: {condition}"
    missing = [key for key in by[index] if key not in condition]
    return f"{index} without {missing}: {condition}" if missing else None
