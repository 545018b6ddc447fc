"""A database that is gone without a word: it refuses nothing, closes nothing, answers nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest

from firmhold.engine.ticket import Answer
from firmhold.store import database as store
from tests.databases import Address
from tests.faults.pipe import Pipe, piped
from tests.shop import Shop, open_shop


def socket_of(database: Address) -> str:
    return parse_qs(urlsplit(database.dsn).query)["host"][0] + "/.s.PGSQL.5432"


def url(database: Address, *pipes: Pipe) -> str:
    hosts = ",".join(f"{pipe.host}:{pipe.port}" for pipe in pipes)
    return f"postgresql://firmhold@{hosts}{urlsplit(database.dsn).path}"


@asynccontextmanager
async def far_shop(database: Address, *pipes: Pipe) -> AsyncIterator[Shop]:
    async with open_shop(url(database, *pipes)) as shop:
        shop.dsn = database.dsn
        yield shop


@pytest.mark.parametrize("silent", [0, 1])
async def test_a_host_that_is_gone_without_a_word_keeps_nobody_from_the_other(
    database: Address, silent: int
) -> None:
    """As after a failover to the second of two hosts, when the first has lost its power."""
    async with (
        piped(lambda: socket_of(database)) as one,
        piped(lambda: socket_of(database)) as two,
    ):
        (one, two)[silent].hold()
        async with far_shop(database, one, two) as shop:
            item = await shop.item(10)
            assert isinstance(await shop.hold((item, 1)), Answer)
            assert await shop.counts(item) == (10, 1, 0)


async def test_hosts_that_are_all_gone_are_told_of_in_time(database: Address) -> None:
    async with piped(lambda: socket_of(database)) as one, piped(lambda: socket_of(database)) as two:
        one.hold()
        two.hold()
        async with AsyncExitStack() as stack:
            there = store.Database(
                url(database, one, two), engine_connections=1, read_connections=1, pooler=False
            )
            await there.open()
            stack.push_async_callback(there.close)
            with pytest.raises(TimeoutError):
                async with there.engine():
                    pass


async def test_connections_that_died_without_a_word_are_not_tried_one_after_the_other(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dozen of them that each take their time would outlast the callers' patience; one is enough
    to know better."""
    monkeypatch.setattr(store, "COMMAND_TIMEOUT", 1.0)
    async with piped(lambda: socket_of(database)) as pipe, far_shop(database, pipe) as shop:
        item = await shop.item(10)
        await many_at_once(shop, 12)
        pipe.half_close()
        assert isinstance(await shop.hold((item, 1)), Answer)
        assert await shop.counts(item) == (10, 1, 0)


async def test_reading_does_not_try_them_one_after_the_other_either(
    database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "LOOK_TIMEOUT", 0.2)
    async with piped(lambda: socket_of(database)) as pipe, far_shop(database, pipe) as shop:
        store_ = shop.services.database
        async with AsyncExitStack() as stack:
            for _ in range(8):
                await stack.enter_async_context(store_.read_shared())
        pipe.half_close()
        with pytest.raises(TimeoutError):
            async with store_.read_shared() as connection:
                await connection.fetchval("SELECT 1")
        async with store_.read_shared() as connection:
            assert await connection.fetchval("SELECT 1") == 1


async def many_at_once(shop: Shop, number: int) -> None:
    """Let so many connections of the engine be open."""
    all_there = asyncio.Barrier(number)

    async def use() -> None:
        async with shop.services.database.engine() as connection:
            await connection.fetchval("SELECT 1")
            await all_there.wait()

    await asyncio.gather(*(use() for _ in range(number)))
