"""A policy takes no index from any statement.

Below one, a condition that might tell something about the rows which the policy hides comes only
after it, and no index is asked: overlap of ranges, a part of a document, anything that is worked
out from another table's row. So each statement is planned twice, as the application and as somebody
whom policies do not concern, and has to look for the same things in the same indexes.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import aiosql
import asyncpg

from firmhold.store.database import SETTINGS
from firmhold.store.sql import QUERIES
from tests.databases import Address
from tests.store.plans import fill, scans

FILES = sorted(path.stem for path in QUERIES.glob("*.sql") if path.stem != "verify")
"""Who verifies reads all there is, and tells the planner so."""

NO_PLAN = re.compile(r"\s*(SET|GRANT|REVOKE|CREATE|DROP|TRUNCATE|ANALYZE)\b")

NUMBERED = re.compile(r"\$\d+|\(InitPlan \d+\)\.col\d+")
"""What is known before a row is looked at. Policies have some of their own, numbered along."""

OF = re.compile(r'(\w+|"[^"]+")\.')
"""Which table's row something is of, which has other names where the plan has other steps."""


def statements_of(file: str) -> dict[str, str]:
    queries = aiosql.from_path(QUERIES / f"{file}.sql", "asyncpg", mandatory_parameters=False)
    names = [it for it in queries.available_queries if not it.endswith("_cursor")]
    found = {name: re.sub(r"--.*", "", getattr(queries, name).sql).strip() for name in names}
    return {name: sql.rstrip(";") for name, sql in found.items() if not NO_PLAN.match(sql)}


async def looks(connection: asyncpg.Connection[Any], sql: str) -> list[tuple[str, str]]:
    """Which indexes a statement looks in, and for what."""
    parameters = max(map(int, re.findall(r"\$(\d+)", sql)), default=0)
    await connection.execute(f"PREPARE planned AS {sql}")
    given = f"({', '.join(['NULL'] * parameters)})" if parameters else ""
    plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE planned{given}")
    await connection.execute("DEALLOCATE planned")
    return sorted(
        (scan["Index Name"], OF.sub("", NUMBERED.sub("?", scan.get("Index Cond", ""))))
        for scan in scans(json.loads(plan)[0]["Plan"])
        if "Index Name" in scan
    )


async def test_a_policy_takes_no_index_from_any_statement(database: Address) -> None:
    await fill(database.superuser, False, "since")
    below = await asyncpg.connect(database.dsn, server_settings=SETTINGS)
    beyond = await asyncpg.connect(database.superuser, server_settings=SETTINGS)
    # What is granted for a moment only, to those who erase.
    await beyond.execute("GRANT UPDATE ON ALL TABLES IN SCHEMA public TO firmhold")
    for connection in (below, beyond):  # with tables that only an import has
        await connection.execute(
            aiosql.from_path(
                QUERIES / "transfer.sql", "asyncpg", mandatory_parameters=False
            ).prepare.sql  # type: ignore[attr-defined]
        )
    found, planned = [], 0
    for file in FILES:
        for name, sql in statements_of(file).items():
            with_policies = Counter(await looks(below, sql))
            lost = Counter(await looks(beyond, sql)) - with_policies
            planned += 1
            found += [f"{file}/{name}: {index} {condition}" for index, condition in lost]
    for connection in (below, beyond):
        await connection.close()
    assert planned > 150
    assert not found, "\n".join(found)
