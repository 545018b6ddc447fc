"""Nodes without Redis share buckets in PostgreSQL exactly, by one statement for many requests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest
from structlog.testing import capture_logs

from firmhold.limits import together
from firmhold.limits.bucket import SECOND, Ask, Policy, decide
from firmhold.limits.postgres import PostgresKeeper, forget_full_buckets
from firmhold.store.database import Database
from tests.databases import Address, Server
from tests.limits.nodes import (
    SECRET,
    admitted,
    assert_four_nodes_get_what_one_bucket_gives,
    assert_it_answers_as_the_rule_does,
    node,
    until,
)
from tests.limits.plain import ask
from tests.limits.servers import buckets_in

HOLDS = Policy("holds", 10, 3600)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may be slow; what fails, fails all the same."""
    monkeypatch.setattr(together, "PATIENCE", 60)


@pytest.fixture
async def table(database: Address) -> AsyncIterator[asyncpg.Connection]:
    async with buckets_in(database) as connection:
        yield connection


@pytest.fixture
async def keeper(database: Address, table: asyncpg.Connection) -> AsyncIterator[PostgresKeeper]:
    keeper = PostgresKeeper(database.dsn, SECRET)
    yield keeper
    await keeper.close()


@pytest.fixture
async def store(database: Address) -> AsyncIterator[Database]:
    store = Database(database.dsn, engine_connections=1, read_connections=1, pooler=False)
    await store.open()
    yield store
    await store.close()


async def allowed(keeper: PostgresKeeper, times: int = 1) -> int:
    """How many of so many requests for a hold, in one statement, are admitted."""
    found = await keeper.take([[ask(HOLDS)]] * times)
    return sum(decide(had.asks, had.full_at, had.now).allowed for had in found)


# --- the rule -------------------------------------------------------------------------------------


def test_it_answers_as_the_rule_does(server: Server) -> None:
    with asyncio.Runner() as runner:
        database = runner.run(server.clone())
        keeper = PostgresKeeper(database.dsn, SECRET)

        async def prepare() -> None:
            async with buckets_in(database):
                pass

        runner.run(prepare())
        assert_it_answers_as_the_rule_does(keeper, runner)
        runner.run(keeper.close())
        runner.run(server.drop(database))


async def test_four_nodes_get_together_exactly_what_one_bucket_gives(
    database: Address, table: asyncpg.Connection
) -> None:
    assert_four_nodes_get_what_one_bucket_gives("postgres", "PostgresKeeper", database.dsn)
    assert await table.fetchval("SELECT count(*) FROM bucket") == 3, "two, and the probe's"


async def test_behind_a_pooler_it_is_the_same(database: Address, table: asyncpg.Connection) -> None:
    keeper = PostgresKeeper(database.dsn, SECRET, pooler=True)
    assert await allowed(keeper, 20) == 10
    await keeper.close()


async def test_a_refused_request_takes_nothing_from_any_of_its_buckets(
    table: asyncpg.Connection, keeper: PostgresKeeper
) -> None:
    narrow, wide = ask(Policy("narrow", 1, 3600)), ask(Policy("wide", 5, 3600))
    found = await keeper.take([[narrow, wide], [wide, narrow], [narrow], [wide]])
    levels = [decide(had.asks, had.full_at, had.now) for had in found]
    assert [one.allowed for one in levels] == [True, False, False, True]
    assert levels[-1].each[0].remaining == 3


async def test_nodes_that_name_the_same_buckets_in_any_order_never_lock_each_other_out(
    database: Address, table: asyncpg.Connection, store: Database
) -> None:
    # Full again at once, so that rows come and go.
    many = [ask(Policy("wide", 1_000_000, 1), str(number)) for number in range(100)]
    ended = 0

    async def ask_for_all(asks: Sequence[Ask]) -> None:
        nonlocal ended
        keeper = PostgresKeeper(database.dsn, SECRET)
        for _ in range(25):
            await keeper.take([[one] for one in asks])
        await keeper.close()
        ended += 1

    async def forget() -> None:
        while ended < 4:
            await forget_full_buckets(store)

    nodes = [ask_for_all(asks) for asks in (many, many[::-1], many[50:] + many[:50], many)]
    await asyncio.gather(*nodes, forget())


@pytest.mark.parametrize("nonsense", [2**63 - 1, 2**62])
async def test_nonsense_counts_as_an_empty_bucket_and_is_put_right(
    table: asyncpg.Connection, keeper: PostgresKeeper, nonsense: int
) -> None:
    await allowed(keeper)
    await table.execute("UPDATE bucket SET full_at = $1", nonsense)
    assert await allowed(keeper, 20) == 0
    await table.execute("UPDATE bucket SET full_at = full_at - $1", 360 * SECOND)
    assert await allowed(keeper, 20) == 1


@pytest.mark.parametrize("nonsense", [-(2**63), -1, 0])
async def test_an_instant_long_ago_is_a_full_bucket_and_no_more(
    table: asyncpg.Connection, keeper: PostgresKeeper, nonsense: int
) -> None:
    await allowed(keeper)
    await table.execute("UPDATE bucket SET full_at = $1", nonsense)
    assert await allowed(keeper, 20) == 10


async def test_a_take_waits_for_no_disk(table: asyncpg.Connection, keeper: PostgresKeeper) -> None:
    assert (
        await table.fetchval("SELECT relpersistence FROM pg_class WHERE relname = 'bucket'") == b"u"
    )
    await allowed(keeper)
    size = "SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn"
    before = await table.fetchval(size)
    for _ in range(50):
        await allowed(keeper)
    written = await table.fetchval(size) - before
    assert written < 50 * 200, "more than that it was committed"


async def test_rows_say_nothing_about_whose_bucket_they_are(
    table: asyncpg.Connection, keeper: PostgresKeeper
) -> None:
    await keeper.take([[ask(HOLDS, "ann@example.com")]])
    assert "ann" not in str(await table.fetch("SELECT name::text, bucket::text FROM bucket"))


async def test_full_buckets_are_forgotten_and_others_are_not(
    store: Database, keeper: PostgresKeeper
) -> None:
    await keeper.take([[ask(Policy("brief", 1_000_000, 1), str(number))] for number in range(50)])
    await allowed(keeper, 10)
    forgotten = 0
    while forgotten < 50:
        forgotten += await forget_full_buckets(store)
    assert await forget_full_buckets(store) == 0
    assert await allowed(keeper, 10) == 0


# --- when it is away ------------------------------------------------------------------------------


async def test_a_row_that_somebody_holds_is_waited_for_by_nobody(
    database: Address, table: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with capture_logs() as told:
        async with node(PostgresKeeper(database.dsn, SECRET)) as limiter:
            assert await admitted(limiter, 4, ask(HOLDS)) == 4
            async with table.transaction():
                await table.execute("SELECT FROM bucket FOR UPDATE")
                monkeypatch.setattr(together, "PATIENCE", 0.025)
                assert await admitted(limiter, 100, ask(HOLDS)) == 6
                assert limiter.away
                monkeypatch.setattr(together, "PATIENCE", 60)
            await until(lambda: not limiter.away)
    assert [line["event"] for line in told] == [
        "limits hold on this node alone",
        "limits hold across nodes again",
    ]


async def test_connections_that_are_cut_are_made_again(
    database: Address, table: asyncpg.Connection
) -> None:
    async with node(PostgresKeeper(database.dsn, SECRET)) as limiter:
        assert await admitted(limiter, 4, ask(HOLDS)) == 4
        await table.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await admitted(limiter, 1, ask(HOLDS))
        await until(lambda: not limiter.away)
        assert await admitted(limiter, 100, ask(HOLDS)) <= 6


async def test_without_the_table_the_node_decides(
    database: Address, table: asyncpg.Connection
) -> None:
    await table.execute("DROP TABLE bucket")
    async with node(PostgresKeeper(database.dsn, SECRET)) as limiter:
        assert limiter.away
        assert await admitted(limiter, 100, ask(HOLDS)) == 10


async def test_a_database_that_is_not_there_leaves_the_limits_to_the_node() -> None:
    keeper = PostgresKeeper("postgresql://firmhold@127.0.0.1:1/none", SECRET)
    async with node(keeper) as limiter:
        assert limiter.away
        assert await admitted(limiter, 100, ask(HOLDS)) == 10


async def test_a_statement_is_for_all_who_have_gathered(
    database: Address, table: asyncpg.Connection
) -> None:
    async with node(PostgresKeeper(database.dsn, SECRET)) as limiter:
        transactions = "SELECT pg_current_xact_id()::text::bigint"
        before = await table.fetchval(transactions)
        assert await admitted(limiter, 500, ask(HOLDS)) == 10
        assert await table.fetchval(transactions) - before == 2, "one, and the one that looks"
