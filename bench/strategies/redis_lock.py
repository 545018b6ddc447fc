"""Owns: the Redis-lock way. SET NX PX with a random token, a transaction, release by Lua.

The lock is not fenced: a holder that pauses past its lease works on unguarded. Only the
CHECK constraint of the table then stands between it and an oversold item.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import BlockingConnectionPool, Redis

from bench.strategies.common import Busy, Request, create_app
from bench.strategies.rows import (
    READ_ITEM,
    Connection,
    Pool,
    check_and_hold,
    open_pool,
    replayed_or,
)

LEASE_MS = 10_000
DEADLINE = 10.0  # seconds; a customer has gone away by then
# Seconds between two tries; the best of those we tried (see README.md).
SHORTEST_POLL = float(os.environ.get("BENCH_SHORTEST_POLL", "0.02"))
LONGEST_POLL = float(os.environ.get("BENCH_LONGEST_POLL", "0.2"))
REDIS_CONNECTIONS = 32
RELEASE = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


class RedisLock:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()
        self.redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                os.environ["BENCH_REDIS_URL"], max_connections=REDIS_CONNECTIONS
            )
        )
        self.release = self.redis.register_script(RELEASE)

    async def close(self) -> None:
        await self.pool.close()
        await self.redis.aclose()

    async def reserve(self, request: Request) -> str:
        async with self._lock(f"lock:{request.sku}"):
            return await replayed_or(self.pool, request, self._hold)

    async def _hold(self, connection: Connection, request: Request) -> str:
        return await check_and_hold(connection, request, READ_ITEM)

    @asynccontextmanager
    async def _lock(self, name: str) -> AsyncIterator[None]:
        token, deadline = secrets.token_hex(16), time.monotonic() + DEADLINE
        while not await self.redis.set(name, token, nx=True, px=LEASE_MS):
            if time.monotonic() > deadline:
                raise Busy
            await asyncio.sleep(random.uniform(SHORTEST_POLL, LONGEST_POLL))
        try:
            yield
        finally:
            await self.release(keys=[name], args=[token])


app = create_app(RedisLock())
