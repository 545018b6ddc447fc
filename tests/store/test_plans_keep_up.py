"""The engine's connections plan anew as they are used, and as time goes by."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from firmhold.store import connections as module
from firmhold.store.database import Database
from tests.databases import Address


@pytest.fixture
async def opened(database: Address) -> AsyncIterator[Database]:
    opened = Database(database.dsn, engine_connections=1, read_connections=1, pooler=False)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is said to PostgreSQL about plans."""
    said: list[str] = []
    execute = asyncpg.Connection.execute

    async def heard(self: asyncpg.Connection, query: str, *args: object, **more: object) -> str:
        if "PLANS" in query:
            said.append(query)
        return str(await execute(self, query, *args, **more))

    monkeypatch.setattr(asyncpg.Connection, "execute", heard)
    return said


async def used(database: Database, times: int) -> None:
    for _ in range(times):
        async with database.engine() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def test_plans_are_made_anew_when_a_connection_has_been_used_twice_as_often(
    opened: Database, forgotten: list[str]
) -> None:
    await used(opened, 1)
    assert forgotten == [], "there is nothing to forget yet"
    await used(opened, 99)
    assert forgotten == ["DISCARD PLANS"] * 6, "after 2, 4, 8, 16, 32 and 64"


async def test_plans_are_made_anew_when_they_are_old(
    opened: Database, forgotten: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await used(opened, 5)
    before = len(forgotten)
    await used(opened, 1)
    assert len(forgotten) == before
    later = module.time.monotonic() + module.PLANS_LAST + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    await used(opened, 1)
    assert len(forgotten) == before + 1


async def test_a_pooler_is_told_nothing(database: Address, forgotten: list[str]) -> None:
    opened = Database(database.dsn, engine_connections=1, read_connections=1, pooler=True)
    await opened.open()
    await used(opened, 9)
    await opened.close()
    assert forgotten == []
