"""The second wall is raised around whatever is there already."""

from __future__ import annotations

import asyncpg
import pytest

from firmhold.store import migrate as module
from firmhold.store.connections import SETTING
from firmhold.store.migrate import load_migrations, migrate, pending
from tests.databases import Address, Server, looking
from tests.store.plans import KITS, ORGANIZATION, ROOM, fill

BEFORE = 5
"""Migrations, of which the last left organizations to the conditions of statements."""


@pytest.fixture
async def old(server: Server, monkeypatch: pytest.MonkeyPatch) -> Address:
    """A database that the version before has filled."""
    address = await server.clone("template0")
    known = load_migrations()
    with monkeypatch.context() as before:
        before.setattr(module, "load_migrations", lambda: known[:BEFORE])
        connection = await asyncpg.connect(address.dsn)
        assert len(await migrate(connection)) == BEFORE
        await connection.close()
    await fill(address.superuser, True, "since")
    return address


async def test_a_database_with_rows_gets_its_policies_and_loses_none(old: Address) -> None:
    connection = await asyncpg.connect(old.dsn)
    rows = await connection.fetchval("SELECT count(*) FROM ledger")
    assert rows > 0
    assert (await migrate(connection))[0].name == "tenants"
    assert await migrate(connection) == []
    assert await pending(connection) == []
    count = "SELECT count(*) FROM ledger"
    assert await connection.fetchval(count) == 0, "nobody has said for whom this is"
    await connection.execute(f"SET {SETTING} = '{ORGANIZATION}'")
    assert await connection.fetchval(count) == rows
    wrong = "SELECT count(*) FROM loan WHERE (begins, ends) IS DISTINCT FROM "
    assert await connection.fetchval(f"{wrong} (lower(during), upper(during))") == 0
    assert await connection.fetchval("SELECT count(*) FROM loan") > 0
    # What takes up a time is found, of pools of either kind, and guarded as before.
    for pool in (ROOM, KITS):
        busiest = await connection.fetchrow(
            "SELECT * FROM pool_busiest($1, $2, tstzrange(now(), NULL), NULL)", ORGANIZATION, pool
        )
        assert busiest["units"] == 1
    with pytest.raises(asyncpg.ExclusionViolationError, match="never_lent_twice"):
        await connection.execute(
            "UPDATE loan SET during = (SELECT during FROM loan WHERE exclusive LIMIT 1) "
            "WHERE exclusive"
        )
    await connection.close()


async def test_a_migration_that_was_interrupted_leaves_everything_as_it_was(old: Address) -> None:
    connection = await asyncpg.connect(old.dsn)
    interrupted = connection.transaction()
    await interrupted.start()
    assert (await migrate(connection))[0].name == "tenants"
    await interrupted.rollback()
    assert await connection.fetchval("SELECT count(*) FROM ledger") > 0
    assert not await connection.fetchval(f"SELECT current_setting('{SETTING}', true)")
    assert (await migrate(connection))[0].name == "tenants"
    await connection.close()


async def test_an_event_of_a_calendar_file_is_found_by_its_own_column(old: Address) -> None:
    writer = await asyncpg.connect(old.superuser)
    await writer.execute(
        "SET session_replication_role = replica; INSERT INTO slot "
        "(organization_id, id, title, metadata, created_at, updated_at) SELECT organization_id, "
        "id, 'S', jsonb_build_object('calendar', jsonb_build_object('uid', repeat('x', 999))), "
        "now(), now() FROM offering"
    )
    await writer.close()
    connection = await looking(old.dsn)
    await migrate(connection)
    found = await connection.fetchval("SELECT count(*) FROM slot WHERE event = repeat('x', 255)")
    assert found == await connection.fetchval("SELECT count(*) FROM slot") > 0
    await connection.close()
