"""Nodes share buckets in Redis exactly, and while it is away nobody waits and no limit is open."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from redis.exceptions import ResponseError
from structlog.testing import capture_logs

from bench.process import free_port
from firmhold.limits import together
from firmhold.limits.bucket import SECOND, Ask, Policy, decide
from firmhold.limits.redis import RedisKeeper
from tests.limits.nodes import (
    SECRET,
    admitted,
    assert_four_nodes_get_what_one_bucket_gives,
    assert_it_answers_as_the_rule_does,
    node,
    until,
)
from tests.limits.plain import ask
from tests.limits.servers import Valkey, valkey

HOLDS = Policy("holds", 10, 3600)


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may be slow; what fails, fails all the same."""
    monkeypatch.setattr(together, "PATIENCE", 60)


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Valkey]:
    with valkey() as server:
        yield server


@pytest.fixture
def server(shared_server: Valkey) -> Valkey:
    with shared_server.admin() as client:
        client.flushall()
    return shared_server


@pytest.fixture
def unlucky() -> Iterator[Valkey]:
    """A server that something happens to."""
    with valkey() as server:
        yield server


@pytest.fixture
async def keeper(server: Valkey) -> AsyncIterator[RedisKeeper]:
    keeper = RedisKeeper(server.url, SECRET)
    yield keeper
    await keeper.close()


async def allowed(keeper: RedisKeeper, times: int = 1) -> int:
    """How many of so many requests for a hold are admitted."""
    found = await keeper.take([[ask(HOLDS)]] * times)
    return sum(decide(had.asks, had.full_at, had.now).allowed for had in found)


class Questions:
    """What a keeper is asked from now on."""

    def __init__(self, keeper: RedisKeeper) -> None:
        self._take = keeper.take
        self.sizes: list[int] = []
        self.ended = 0
        keeper.take = self._listen  # type: ignore[method-assign]  # the real one, listened to

    async def _listen(self, batch: Sequence[Sequence[Ask]]) -> list[together.Found]:
        self.sizes.append(len(batch))
        try:
            return await self._take(batch)
        finally:
            self.ended += 1


# --- the rule -------------------------------------------------------------------------------------


def test_it_answers_as_the_rule_does(server: Valkey) -> None:
    with asyncio.Runner() as runner:
        keeper = RedisKeeper(server.url, SECRET)
        assert_it_answers_as_the_rule_does(keeper, runner)
        runner.run(keeper.close())


def test_four_nodes_get_together_exactly_what_one_bucket_gives(server: Valkey) -> None:
    assert_four_nodes_get_what_one_bucket_gives("redis", "RedisKeeper", server.url)


async def test_a_refused_request_takes_nothing_and_a_full_bucket_is_no_key(
    server: Valkey, keeper: RedisKeeper
) -> None:
    narrow, brief = ask(Policy("narrow", 1, 3600)), ask(Policy("brief", 1, 1))
    await keeper.take([[narrow]])
    await keeper.take([[narrow, brief], [narrow, brief]])
    with server.admin() as client:
        (key,) = client.keys()
        assert 3_599_000 < client.pttl(key) <= 3_600_000


async def test_keys_are_gone_when_their_buckets_are_full(
    server: Valkey, keeper: RedisKeeper
) -> None:
    await keeper.take([[ask(Policy("brief", 1000, 1), str(number))] for number in range(100)])
    with server.admin() as client:
        await until(lambda: not client.keys())


async def test_no_key_says_whose_bucket_it_is(server: Valkey, keeper: RedisKeeper) -> None:
    await keeper.take([[ask(HOLDS, "ann@example.com")]])
    with server.admin() as client:
        assert "ann" not in str(client.keys())


@pytest.mark.parametrize(
    "nonsense", ["", "soon", "nan", "-nan", "inf", "1e300", "0x7fffffffffffffff", "9" * 30, "\0"]
)
async def test_nonsense_counts_as_an_empty_bucket_and_is_put_right(
    server: Valkey, keeper: RedisKeeper, nonsense: str
) -> None:
    await allowed(keeper)
    with server.admin() as client:
        (key,) = client.keys()
        client.set(key, nonsense)
        assert await allowed(keeper, 20) == 0
        assert client.pttl(key) > 0
        client.decrby(key, 360 * SECOND)
    assert await allowed(keeper, 20) == 1


@pytest.mark.parametrize("nonsense", ["-inf", "-1e300", "-5", "0"])
async def test_an_instant_long_ago_is_a_full_bucket_and_no_more(
    server: Valkey, keeper: RedisKeeper, nonsense: str
) -> None:
    await allowed(keeper)
    with server.admin() as client:
        client.set(client.keys()[0], nonsense)
    assert await allowed(keeper, 20) == 10


async def test_a_key_of_another_kind_counts_as_an_empty_bucket(
    server: Valkey, keeper: RedisKeeper
) -> None:
    await allowed(keeper)
    with server.admin() as client:
        (key,) = client.keys()
        client.delete(key)
        client.lpush(key, "a list")
        assert await allowed(keeper, 20) == 0
        assert client.type(key) == "string"


async def test_a_server_that_has_forgotten_the_script_is_told_it_again(
    server: Valkey, keeper: RedisKeeper
) -> None:
    assert await allowed(keeper, 8) == 8
    with server.admin() as client:
        client.script_flush()
    assert await allowed(keeper, 20) == 2


async def test_a_server_that_has_forgotten_everything_gives_everybody_a_full_bucket(
    server: Valkey, keeper: RedisKeeper
) -> None:
    assert await allowed(keeper, 20) == 10
    with server.admin() as client:
        client.flushall()
    assert await allowed(keeper, 20) == 10


async def test_the_buckets_of_one_organization_are_on_one_node_of_a_cluster() -> None:
    with valkey("--cluster-enabled", "yes", "--cluster-port", str(free_port())) as server:
        with server.admin() as client:
            client.cluster("ADDSLOTSRANGE", 0, 16383)
            while client.cluster("info")["cluster_state"] != "ok":
                await asyncio.sleep(0.01)
        keeper = RedisKeeper(server.url, SECRET)
        many = [ask(HOLDS, str(number)) for number in range(8)]
        (found,) = await keeper.take([many])
        assert len(found.full_at) == 8
        elsewhere = ask(HOLDS, organization="org_" + "2" * 32)
        batch = [[many[0]], [elsewhere], [many[1]]]
        assert [list(found.asks) for found in await keeper.take(batch)] == batch
        with pytest.raises(ResponseError, match="same slot"):
            await keeper.take([[many[0], elsewhere]])
        await keeper.close()


# --- when it is away ------------------------------------------------------------------------------


async def test_a_server_that_is_not_there_leaves_the_limits_to_the_node() -> None:
    with valkey() as server:
        server.kill()
        with capture_logs() as told:
            async with node(RedisKeeper(server.url, SECRET)) as limiter:
                assert limiter.away
                assert await admitted(limiter, 100, ask(HOLDS)) == 10
    assert [line["event"] for line in told] == ["limits hold on this node alone"]


async def test_a_server_that_is_killed_is_replaced_at_once_and_returned_to_when_it_is_back(
    unlucky: Valkey,
) -> None:
    with capture_logs() as told:
        async with node(RedisKeeper(unlucky.url, SECRET)) as limiter:
            assert await admitted(limiter, 7, ask(HOLDS)) == 7
            unlucky.kill()
            assert await admitted(limiter, 100, ask(HOLDS)) == 3, "a fresh bucket, or none"
            assert limiter.away
            assert await admitted(limiter, 100, ask(HOLDS)) == 0
            unlucky.start()
            await until(lambda: not limiter.away)
            await admitted(limiter, 1, ask(HOLDS, "new"))
            with unlucky.admin() as client:
                assert len(client.keys()) == 1, "that of who has just asked"
    assert [line["event"] for line in told] == [
        "limits hold on this node alone",
        "limits hold across nodes again",
    ]


async def test_of_all_who_ask_a_server_that_sleeps_only_the_first_waits(
    unlucky: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.limits.redis.TIMEOUT", 60)
    keeper = RedisKeeper(unlucky.url, SECRET)
    async with node(keeper) as limiter:
        assert await admitted(limiter, 4, ask(HOLDS)) == 4
        questions = Questions(keeper)
        unlucky.stop()
        monkeypatch.setattr(together, "PATIENCE", 0.025)
        assert sum([await admitted(limiter, 1, ask(HOLDS)) for _ in range(200)]) == 6
        assert limiter.away
        assert questions.sizes == [1], "somebody else has waited too"
        assert questions.ended == 0, "it was waited for until the connection was given up"
        monkeypatch.setattr(together, "PATIENCE", 60)
        unlucky.go_on()
        await until(lambda: not limiter.away)
        # This node has given all there was, whatever the server has left.
        assert await admitted(limiter, 100, ask(HOLDS)) == 0


async def test_a_server_that_sleeps_for_long_is_asked_now_and_then_by_nobody_who_waits(
    unlucky: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "PAUSE", 0.01)
    monkeypatch.setattr("firmhold.limits.redis.TIMEOUT", 0.1)
    keeper = RedisKeeper(unlucky.url, SECRET)
    async with node(keeper) as limiter:
        questions = Questions(keeper)
        unlucky.stop()
        monkeypatch.setattr(together, "PATIENCE", 0.025)
        assert await admitted(limiter, 1, ask(HOLDS)) == 1
        await until(lambda: len(questions.sizes) > 3)
        assert limiter.away
        monkeypatch.setattr(together, "PATIENCE", 60)
        unlucky.go_on()
        await until(lambda: not limiter.away)


async def test_a_connection_that_was_idle_and_is_cut_is_made_again_unnoticed(
    server: Valkey,
) -> None:
    async with node(RedisKeeper(server.url, SECRET)) as limiter:
        assert await admitted(limiter, 4, ask(HOLDS)) == 4
        with server.admin() as client:
            client.client_kill_filter(_type="normal", skipme=True)
        assert await admitted(limiter, 100, ask(HOLDS)) == 6
        assert not limiter.away


async def test_a_server_that_cannot_be_written_to_is_away(unlucky: Valkey) -> None:
    async with node(RedisKeeper(unlucky.url, SECRET)) as limiter:
        with unlucky.admin() as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", "1")
            assert await admitted(limiter, 100, ask(HOLDS)) == 10
            assert limiter.away
            client.config_set("maxmemory", "0")
        await until(lambda: not limiter.away)


async def test_a_process_that_was_busy_blames_nobody_for_it(
    server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with node(RedisKeeper(server.url, SECRET)) as limiter:
        monkeypatch.setattr(together, "PATIENCE", 0.025)
        waiting = asyncio.ensure_future(limiter.take([ask(HOLDS)]))
        while limiter._alarm is None:
            await asyncio.sleep(0)
        monkeypatch.setattr(together, "PATIENCE", 60)
        time.sleep(0.05)  # while the answer comes in, or has not even been asked for
        assert (await waiting).allowed
        assert not limiter.away


async def test_whoever_has_gone_is_not_charged(server: Valkey) -> None:
    async with node(RedisKeeper(server.url, SECRET)) as limiter:
        gone = [asyncio.ensure_future(limiter.take([ask(HOLDS)])) for _ in range(5)]
        await asyncio.sleep(0)
        for one in gone:
            one.cancel()
        assert await admitted(limiter, 20, ask(HOLDS)) == 10


async def test_a_crowd_beyond_what_can_wait_is_seen_to_by_the_node(
    server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "MOST_WAITING", 5)
    keeper = RedisKeeper(server.url, SECRET)
    async with node(keeper) as limiter:
        questions = Questions(keeper)
        assert 10 <= await admitted(limiter, 100, ask(HOLDS)) <= 15
        assert questions.sizes == [5]
        assert not limiter.away


async def test_many_requests_go_in_few_questions(
    server: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(together, "AT_ONCE", 100)
    keeper = RedisKeeper(server.url, SECRET)
    async with node(keeper) as limiter:
        questions = Questions(keeper)
        await admitted(limiter, 250, ask(HOLDS))
    assert questions.sizes == [100, 100, 50]


async def test_who_waits_when_the_node_stops_is_answered(
    unlucky: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.limits.redis.TIMEOUT", 60)
    async with node(RedisKeeper(unlucky.url, SECRET)) as limiter:
        unlucky.stop()
        aloft = asyncio.ensure_future(limiter.take([ask(HOLDS)]))
        while limiter._flight is None:
            await asyncio.sleep(0)
        behind = asyncio.ensure_future(limiter.take([ask(HOLDS)]))
        await asyncio.sleep(0)
    assert aloft.done() and aloft.result().allowed
    assert behind.done() and behind.result().allowed


async def test_without_a_limit_nobody_is_asked() -> None:
    limiter = together.CommonLimiter(RedisKeeper("redis://nowhere", SECRET), None)  # type: ignore[arg-type]  # untouched
    assert (await limiter.take([])).allowed


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="redis"):
        RedisKeeper("http://127.0.0.1", SECRET)
