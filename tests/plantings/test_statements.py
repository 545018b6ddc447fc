"""What is planted in SQL is SQL: a statement that PostgreSQL refuses, or one that takes other
parameters, would fail every test that runs it, whatever the test looks at.

Of a function of PL/pgSQL PostgreSQL reads no more than the grammar until it is called.
"""

from __future__ import annotations

from typing import Any

import aiosql
import asyncpg
import pytest

from firmhold.store.migrate import load_migrations
from firmhold.store.sql import statement
from tests.databases import Address, Server, connected
from tests.plantings.defects import Defect
from tests.plantings.plant import ALL
from tests.plantings.tree import planted_text

IN_QUERIES = [it for it in ALL if it.file.startswith("store/queries/")]
IN_MIGRATIONS = [it for it in ALL if it.file.startswith("store/migrations/")]


def statements_of(text: str) -> dict[str, str]:
    queries = aiosql.from_str(text, "asyncpg", mandatory_parameters=False)
    names = (it for it in queries.available_queries if not it.endswith("_cursor"))
    return {name: getattr(queries, name).sql for name in names}


async def flaw_of_statements(defect: Defect, connection: asyncpg.Connection[Any]) -> str | None:
    """Why what the defect changes cannot be run where its file is."""
    clean, planted = map(statements_of, planted_text(defect))
    changed = [name for name, text in planted.items() if text != clean[name]]
    for name in changed:
        try:
            prepared = await connection.prepare(planted[name])
        except asyncpg.PostgresError as error:
            return str(error)
        if prepared.get_parameters() != (await connection.prepare(clean[name])).get_parameters():
            return f"{name} takes other parameters"
    return None if changed else "no statement is changed"


async def flaw_of_migration(defect: Defect, connection: asyncpg.Connection[Any]) -> str | None:
    """Why the migrations cannot be applied with the defect."""
    clean, planted = planted_text(defect)
    transaction = connection.transaction()
    await transaction.start()
    try:
        for step in load_migrations():
            await connection.execute(planted if step.sql == clean else step.sql)
    except asyncpg.PostgresError as error:
        return str(error)
    finally:
        await transaction.rollback()
    return None


async def test_what_is_planted_in_a_statement_can_be_run(database: Address) -> None:
    async def flaws(connection: asyncpg.Connection[Any]) -> dict[str, str | None]:
        # An import's statements are about tables of its own.
        await connection.execute(statement("transfer", "prepare"))
        return {it.name: await flaw_of_statements(it, connection) for it in IN_QUERIES}

    found = await connected(database.dsn, flaws)
    assert {name: flaw for name, flaw in found.items() if flaw} == {}


async def test_what_is_planted_in_a_migration_can_be_applied(server: Server) -> None:
    async def flaws(connection: asyncpg.Connection[Any]) -> dict[str, str | None]:
        return {it.name: await flaw_of_migration(it, connection) for it in IN_MIGRATIONS}

    blank = await server.clone("template0")
    found = await connected(blank.dsn, flaws)
    await server.drop(blank)
    assert {name: flaw for name, flaw in found.items() if flaw} == {}


WRONG = [
    ("calendars", "LIMIT $5)", "LIMIT $6 + $5 - $5)", "operator is not unique: unknown + unknown"),
    ("batch", "AND at = $4;", "AND $4 IS NOT NULL;", "could not determine data type"),
    ("batch", "AND at = $4;", ";", "find_entry takes other parameters"),
    ("batch", "-- name: find_entry\n", "-- name: find_entry\n--\n", "no statement is changed"),
]


@pytest.mark.parametrize(("file", "old", "new", "flaw"), WRONG)
async def test_what_cannot_be_run_is_told(
    database: Address, file: str, old: str, new: str, flaw: str
) -> None:
    defect = Defect("wrong", f"store/queries/{file}.sql", old, new, ())
    found = await connected(database.dsn, lambda it: flaw_of_statements(defect, it))
    assert found is not None and flaw in found


async def test_a_migration_that_cannot_be_applied_is_told(server: Server) -> None:
    defect = Defect("wrong", "store/migrations/0002_time.sql", "during WITH &&", "during WITH", ())
    blank = await server.clone("template0")
    found = await connected(blank.dsn, lambda it: flaw_of_migration(defect, it))
    await server.drop(blank)
    assert found is not None and "syntax error" in found
