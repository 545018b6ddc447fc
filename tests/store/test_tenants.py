"""Row-level security: nothing crosses from one organization to another, even if a statement forgets
to say whose rows it means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import asyncpg
import pytest

from firmhold.engine.transaction import begin
from firmhold.store.connections import ACROSS, SETTING, named
from firmhold.store.database import Database
from tests.databases import Address, connected, looking
from tests.store.tenancy import OF_ALL, OURS, SHARED, THEIRS, Table, row_of, settle_both, tables_of

Connection: TypeAlias = "asyncpg.Connection[Any]"


@pytest.fixture
async def both(database: Address) -> list[Table]:
    return await settle_both(database.superuser)


@pytest.fixture(params=[False, True], ids=["direct", "pooler"])
async def store(request: pytest.FixtureRequest, database: Address) -> AsyncIterator[Database]:
    """With a single connection of either kind, so that everybody gets the one of whoever was
    before."""
    opened = Database(database.dsn, engine_connections=1, read_connections=1, pooler=request.param)
    await opened.open()
    yield opened
    await opened.close()


async def seen(connection: Connection, table: Table) -> set[str]:
    """Whose rows a statement without a condition finds."""
    rows = await connection.fetch(f"SELECT {table.key} FROM {table.name}")
    return {row[0].hex for row in rows}


async def seen_in(
    reading: AbstractAsyncContextManager[Connection], tables: list[Table]
) -> set[str]:
    async with reading as connection:
        return set().union(*[await seen(connection, table) for table in tables])


async def said(connection: Connection) -> str | None:
    found: str | None = await connection.fetchval(f"SELECT current_setting('{SETTING}', true)")
    return found


# --- every table ----------------------------------------------------------------------------------


async def test_every_table_has_a_policy_that_is_forced_but_those_that_belong_to_nobody(
    connection: Connection,
) -> None:
    tables = await tables_of(connection)
    policies: dict[str, list[Any]] = {}
    for row in await connection.fetch("SELECT * FROM pg_policies WHERE schemaname = 'public'"):
        policies.setdefault(row["tablename"], []).append(row)
    assert len(tables) > 25
    assert not [table.name for table in tables if table.belongs and table.name in SHARED]
    for table in tables:
        if table.name in SHARED:
            continue
        assert table.enabled and table.forced, f"{table.name} shows its rows to everybody"
        (policy,) = policies.get(table.name, [None])
        assert policy is not None, f"{table.name} has no policy"
        assert (policy["cmd"], policy["permissive"]) == ("ALL", "PERMISSIVE"), table.name
        assert policy["roles"] == ["public"], table.name
        assert policy["with_check"] is None, "what may be seen is what may be written"
        if table.name in OF_ALL:
            assert policy["qual"] == "( SELECT across_organizations() AS across_organizations)"
        elif table.name != "refresh_token":
            assert policy["qual"] == (
                f"(({table.key} = ( SELECT own_organization() AS own_organization)) OR "
                "across_organizations())"
            ), table.name


async def test_views_look_with_the_eyes_of_whoever_looks_through_them(
    connection: Connection,
) -> None:
    views = await connection.fetch(
        "SELECT relname, reloptions FROM pg_class "
        "WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace"
    )
    assert len(views) >= 3
    for view in views:
        assert "security_invoker=true" in (view["reloptions"] or ()), view["relname"]


async def test_no_function_of_ours_works_with_more_rights_than_its_caller(
    connection: Connection,
) -> None:
    found = await connection.fetch(
        "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace "
        "AND p.prosecdef AND NOT EXISTS (SELECT FROM pg_depend AS d "
        "WHERE d.objid = p.oid AND d.deptype = 'e')"
    )
    assert found == []


# --- a statement without its condition ------------------------------------------------------------


async def test_a_look_without_a_condition_finds_ones_own_rows_in_every_table(
    both: list[Table], store: Database
) -> None:
    assert len(both) > 20
    for table in both:
        for whose in (OURS, THEIRS, OURS):
            assert await seen_in(store.read(f"org_{whose}"), [table]) == {whose}, table.name
            assert await seen_in(store.engine_for(whose), [table]) == {whose}, table.name


async def test_a_batch_finds_its_own_rows_whoever_had_the_connection_before(
    both: list[Table], store: Database
) -> None:
    for whose, other in ((OURS, THEIRS), (THEIRS, OURS)):
        assert await seen_in(store.engine_for(other), both) == {other}
        async with store.engine() as connection:
            await connection.execute(begin(f"org_{whose}"))
            for table in both:
                assert await seen(connection, table) == {whose}, table.name
            await connection.execute("ROLLBACK")


async def test_a_batch_leaves_nothing_said_behind(both: list[Table], store: Database) -> None:
    for end in ("COMMIT", "ROLLBACK"):
        async with store.engine() as connection:
            await connection.execute(begin(f"org_{OURS}"))
            assert await seen(connection, both[0]) == {OURS}
            await connection.execute(end)
        assert await seen_in(store.engine(), both) == set(), end


async def test_a_change_without_a_condition_changes_ones_own_rows_in_every_table(
    both: list[Table], store: Database, database: Address
) -> None:
    for table in both:
        again = f"UPDATE {table.name} SET {table.key} = {table.key}"
        async with store.read(OURS) as connection:
            assert await connection.execute(again) == "UPDATE 1", table.name
            transaction = connection.transaction()
            await transaction.start()
            assert await connection.execute(f"DELETE FROM {table.name}") == "DELETE 1", table.name
            await transaction.rollback()
    counts = await connected(
        database.superuser,
        lambda it: it.fetch(" UNION ALL ".join(f"SELECT count(*) FROM {t.name}" for t in both)),
    )
    assert {row[0] for row in counts} == {2}


async def test_nothing_is_written_for_another_organization_in_any_table(
    both: list[Table], store: Database
) -> None:
    for table in both:
        async with store.read(OURS) as connection:
            theirs = await row_of(connection, table, THEIRS)
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(theirs)
            # Nor is one's own row given away.
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(f"UPDATE {table.name} SET {table.key} = '{THEIRS}'")


# --- who has said nothing -------------------------------------------------------------------------


async def test_a_connection_that_has_said_nothing_sees_and_writes_nothing(
    both: list[Table], database: Address
) -> None:
    connection = await asyncpg.connect(database.dsn)
    for _ in range(2):
        for table in both:
            assert await seen(connection, table) == set(), table.name
            assert await connection.execute(f"DELETE FROM {table.name}") == "DELETE 0", table.name
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
                await connection.execute(await row_of(connection, table, OURS))
        # And once more after a transaction that has: that leaves an empty word behind.
        async with connection.transaction():
            await connection.execute(f"SET LOCAL {SETTING} = '{OURS}'")
            assert await seen(connection, both[0]) == {OURS}
        assert await said(connection) == ""
    await connection.close()


async def test_what_is_no_organization_is_an_error_and_not_everybody(
    both: list[Table], database: Address
) -> None:
    connection = await asyncpg.connect(database.dsn)
    for word in ("every", "al", "org_" + OURS, "*", " "):
        await connection.execute(f"SET {SETTING} = '{word}'")
        with pytest.raises(asyncpg.DataError):
            await seen(connection, both[0])
    await connection.close()
    for word in ("all", "", "'", OURS[1:], OURS.upper(), "org_" + OURS + "'"):
        with pytest.raises(ValueError, match="not the id of an organization"):
            named(word)


async def test_what_is_read_for_nobody_shows_no_organization(
    both: list[Table], store: Database
) -> None:
    assert await seen_in(store.read(OURS), both) == {OURS}
    assert await seen_in(store.read_shared(), both) == set()
    async with store.engine_for(OURS) as connection:
        assert await seen(connection, both[0]) == {OURS}


async def test_the_sealers_place_is_for_those_who_look_across(
    store: Database, database: Address
) -> None:
    place = f"UPDATE audit_cursor SET organization_id = '{OURS}'"
    async with store.read(OURS) as connection:
        assert await connection.execute(place) == "UPDATE 0"
    async with store.read_across() as connection:
        assert await connection.execute(place) == "UPDATE 1"
    async with store.read(OURS) as connection:
        assert await connection.fetch("SELECT FROM audit_cursor") == []


async def test_looking_across_is_over_with_the_look(both: list[Table], store: Database) -> None:
    assert await seen_in(store.read_across(), both) == {OURS, THEIRS}
    assert await seen_in(store.read(OURS), both) == {OURS}
    assert await seen_in(store.engine_across(), both) == {OURS, THEIRS}
    assert await seen_in(store.engine(), both) == set()


# --- connections that go from hand to hand --------------------------------------------------------


async def test_nothing_is_kept_on_a_session_behind_a_pooler(
    both: list[Table], database: Address
) -> None:
    """Whatever PgBouncer gives the session to next, Firmhold or not."""
    store = Database(database.dsn, engine_connections=1, read_connections=1, pooler=True)
    await store.open()
    for reading in (store.read(OURS), store.read_across(), store.engine_for(OURS)):
        async with reading as connection:
            assert await seen(connection, both[0]) >= {OURS}
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                assert await seen(connection, both[0]) >= {OURS}
            await connection.executemany("SELECT $1::integer", [(1,), (2,)])
            await connection.work_for("")  # type: ignore[attr-defined]
            assert not await said(connection)
    await store.close()


TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What the driver raises; the third while it has been told of the end and has not seen it yet."""


async def get_into_trouble(
    reading: AbstractAsyncContextManager[Connection], how: str, superuser: str
) -> None:
    async with reading as connection:
        if how == "a statement fails":
            await connection.fetch("SELECT 1 / 0")
        elif how == "a transaction fails":
            async with connection.transaction():
                await connection.fetch("SELECT 1 / 0")
        elif how == "a transaction is left open":
            await connection.execute("BEGIN")
            raise asyncpg.InterfaceError(how)
        else:
            end = f"SELECT pg_terminate_backend({connection.get_server_pid()})"
            await connected(superuser, lambda it: it.fetchval(end))
            await connection.fetch("SELECT pg_sleep(60)")


@pytest.mark.parametrize(
    "how",
    [
        *("a statement fails", "a transaction fails", "a transaction is left open"),
        "the connection breaks",
    ],
)
async def test_a_connection_that_comes_back_in_trouble_carries_nothing_over(
    both: list[Table], store: Database, database: Address, how: str
) -> None:
    for reading in (store.read(THEIRS), store.engine_for(THEIRS), store.engine_across()):
        with pytest.raises(TROUBLE):
            await get_into_trouble(reading, how, database.superuser)
        assert await seen_in(store.read(OURS), both) == {OURS}
        assert await seen_in(store.engine_for(OURS), both) == {OURS}
        assert await seen_in(store.read_shared(), both) == set()


async def test_a_transaction_that_was_left_open_is_nobody_elses(
    both: list[Table], store: Database
) -> None:
    async with store.read(THEIRS) as connection:
        await connection.execute("BEGIN")
    async with store.read(OURS) as connection:
        assert not connection.is_in_transaction()
        assert await seen(connection, both[0]) == {OURS}


async def test_a_word_that_may_not_have_arrived_is_said_again(
    both: list[Table], database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Database(database.dsn, engine_connections=1, read_connections=1, pooler=False)
    await store.open()
    assert await seen_in(store.read(OURS), both) == {OURS}

    async def arrives_and_is_not_answered(self: Connection, query: str) -> None:
        await self.fetch(query)
        raise ConnectionError

    with monkeypatch.context() as lost:
        lost.setattr(asyncpg.Connection, "execute", arrives_and_is_not_answered)
        with pytest.raises(ConnectionError):
            await seen_in(store.read(THEIRS), both)
    assert await seen_in(store.read(OURS), both) == {OURS}
    await store.close()


async def test_who_works_for_the_same_organization_as_before_says_nothing(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    execute = asyncpg.Connection.execute

    async def listen(self: Connection, query: str, *args: object, **more: object) -> str:
        heard.append(query)
        return str(await execute(self, query, *args, **more))  # type: ignore[arg-type]

    monkeypatch.setattr(asyncpg.Connection, "execute", listen)
    store = Database(database.dsn, engine_connections=1, read_connections=1, pooler=False)
    await store.open()
    for whose in (OURS, OURS, THEIRS, THEIRS, OURS):
        async with store.read(whose) as connection:
            assert await said(connection) == whose
    assert heard == [f"SET {SETTING} = '{whose}'" for whose in (OURS, THEIRS, OURS)]
    await store.close()


async def test_the_tests_own_connections_look_across(database: Address) -> None:
    connection = await looking(database.dsn)
    assert await said(connection) == ACROSS
    await connection.close()
