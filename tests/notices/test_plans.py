"""Whoever sends, plans or counts looks at what is due, and not at all there ever was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from firmhold.store.sql import statement
from tests.databases import connected
from tests.shop import Shop

ORGANIZATION = "0" * 31 + "a"

ASKED = {
    "claim": ("email", 20, timedelta(seconds=45)),
    "waiting": (10_000,),
    "drop_old": ([ORGANIZATION], [ORGANIZATION], [], [True]),
    "facts": ([ORGANIZATION], [ORGANIZATION]),
    "page": (ORGANIZATION, None, "failed", None, None, None, 100),
    "forget": (timedelta(days=30), 5000),
}


@pytest.mark.parametrize("name", ASKED)
async def test_however_much_was_told_it_is_found_by_an_index(shop: Shop, name: str) -> None:
    async def look(connection: Any) -> str:
        await connection.execute("SET plan_cache_mode = force_custom_plan")
        await connection.execute(
            "INSERT INTO notice (organization_id, id, kind, channel, reservation_id, customer, "
            "due_at, next_at, created_at, status, ended_at) SELECT organization.id, "
            "gen_random_uuid(), 'reminder', 'email', gen_random_uuid(), 'a', "
            "now() + (n - 900) * interval '1 min', now() + (n - 900) * interval '1 min', now(), "
            "CASE WHEN n < 1000 THEN 'waiting' ELSE 'sent' END, "
            "CASE WHEN n < 1000 THEN NULL ELSE now() END "
            "FROM organization, generate_series(1, 20000) AS n"
        )
        await connection.execute("ANALYZE notice")
        async with connection.transaction():
            await connection.execute(statement("notices", "by_index"))
            rows = await connection.fetch(
                f"EXPLAIN {_filled(statement('notices', name), ASKED[name])}"
            )
        return "\n".join(row[0] for row in rows)

    plan: str = await connected(shop.dsn, look)
    assert "Seq Scan on notice" not in plan, plan
    assert "notice_" in plan, plan


def _filled(sql: str, values: tuple[Any, ...]) -> str:
    """The statement with its values written out, because EXPLAIN takes none."""
    for number in range(len(values), 0, -1):
        sql = sql.replace(f"${number}", _literal(values[number - 1]))
    return sql


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, timedelta):
        return f"'{value.total_seconds()} s'"
    if isinstance(value, list):
        return "'{" + ",".join(map(str, value)) + "}'"
    return str(value) if isinstance(value, int) else f"'{value}'"
