"""Owns: the five usual ways as cases: fresh stock, the service, the load, the proof."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis

from bench.lab import HOT_SKU, PLENTY, SECRET, Lab, Proof, Run, bench_tokens, hold_one, run_of
from bench.load_spec import LoadResult
from bench.process import Service, web

BUSY = "503"
SCHEMA = Path(__file__).parent / "strategies" / "schema.sql"


@dataclass(frozen=True, slots=True)
class SqlRival:
    """A service that keeps its stock in PostgreSQL."""

    strategy: str

    @property
    def name(self) -> str:
        return f"{self.strategy}/hot"

    async def run(self, lab: Lab) -> Run:
        with rival_service(self.strategy, await fresh_stock(lab, self.strategy), lab) as service:
            spec = lab.spec(service.url, bench_tokens(lab.options.customers), [hold_one()])
            result, share = lab.measure(spec, service.pid)
        judged = await self._prove(lab, result)
        return run_of(self.name, result, share, judged, busy=BUSY)

    async def _prove(self, lab: Lab, result: LoadResult) -> Proof:
        connection = await lab.postgres.connect(self.strategy)
        try:
            row = await connection.fetchrow(
                """
                SELECT capacity, held,
                       (SELECT coalesce(sum(quantity), 0) FROM line WHERE status = 'held') AS lines,
                       (SELECT coalesce(sum(quantity), 0) FROM ledger) AS ledger
                FROM item WHERE sku = $1
                """,
                HOT_SKU,
            )
        finally:
            await connection.close()
        assert row is not None
        agree = row["held"] == row["lines"] == row["ledger"]
        return proof(row["capacity"], row["held"], result, agree)


@dataclass(frozen=True, slots=True)
class RedisLuaRival:
    """The service that keeps its stock in Redis and tells PostgreSQL later."""

    name: str = "redis_lua/hot"

    async def run(self, lab: Lab) -> Run:
        redis = Redis.from_url(lab.valkey.url, decode_responses=True)
        redis.flushall()
        redis.hset(f"item:{HOT_SKU}", mapping={"capacity": PLENTY, "held": 0})
        with rival_service("redis_lua", await fresh_stock(lab, "redis_lua"), lab) as service:
            spec = lab.spec(service.url, bench_tokens(lab.options.customers), [hold_one()])
            result, share = lab.measure(spec, service.pid)
        held = int(redis.hget(f"item:{HOT_SKU}", "held") or 0)
        redis.close()
        connection = await lab.postgres.connect("redis_lua")
        try:
            row = await connection.fetchrow(
                """
                SELECT (SELECT count(*) FROM reservation) AS reservations,
                       (SELECT coalesce(sum(quantity), 0) FROM line) AS lines,
                       (SELECT coalesce(sum(quantity), 0) FROM ledger) AS ledger
                """
            )
        finally:
            await connection.close()
        assert row is not None
        agree = held == row["reservations"] == row["lines"] == row["ledger"]
        return run_of(self.name, result, share, proof(PLENTY, held, result, agree), busy=BUSY)


def proof(capacity: int, held: int, result: LoadResult, agree: bool) -> Proof:
    """Nothing oversold, and every hold a customer was told about is there."""
    told = result.all_statuses.get("201", 0)
    ok = agree and held <= capacity and told <= held <= told + result.unanswered
    return Proof(ok, capacity, held, told, result.unanswered)


async def fresh_stock(lab: Lab, strategy: str) -> str:
    """A new database with one item that will not sell out; its address."""
    dsn = await lab.postgres.new_database(strategy)
    connection = await lab.postgres.connect(strategy)
    try:
        await connection.execute(SCHEMA.read_text())
        await connection.execute(
            "INSERT INTO item (sku, capacity) VALUES ($1, $2)", HOT_SKU, PLENTY
        )
    finally:
        await connection.close()
    await lab.postgres.settle()
    return dsn


@contextmanager
def rival_service(strategy: str, dsn: str, lab: Lab) -> Iterator[Service]:
    env = {
        "BENCH_SECRET": SECRET,
        "BENCH_DATABASE_URL": dsn,
        "BENCH_REDIS_URL": lab.valkey.url,
    }
    with web(f"bench.strategies.{strategy}:app", env) as service:
        yield service
