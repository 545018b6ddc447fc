"""Owns: the Redis-Lua way. One script checks and takes stock in Redis; rows follow later.

The answer goes out before PostgreSQL knows: whatever is in the queue when the process dies,
and up to a second of Redis itself, is forgotten. That is how such services run, and why
their speed is not bought with the same promise.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
from redis.asyncio import BlockingConnectionPool, Redis

from bench.strategies.common import (
    TTL_SECONDS,
    KeyReused,
    Request,
    SoldOut,
    create_app,
    new_hold,
)
from bench.strategies.rows import Pool, open_pool

KEY_SECONDS = 24 * 3600
QUEUE = 20_000  # holds not yet in PostgreSQL; beyond it customers wait
BATCH = 500
REDIS_CONNECTIONS = 32
# KEYS: item hash, its live holds by expiry, the idempotency key.
# ARGV: quantity, now, expiry, reservation, answer, fingerprint, seconds to keep the key.
RESERVE = """
local stored = redis.call('hmget', KEYS[3], 'fingerprint', 'answer')
if stored[1] then
    if stored[1] ~= ARGV[6] then return {'reused'} end
    return {'replayed', stored[2]}
end
for _, due in ipairs(redis.call('zrangebyscore', KEYS[2], '-inf', ARGV[2], 'LIMIT', 0, 1000)) do
    redis.call('zrem', KEYS[2], due)
    redis.call('hincrby', KEYS[1], 'held', -tonumber(string.match(due, ':(%d+)$')))
end
local item = redis.call('hmget', KEYS[1], 'capacity', 'held')
if not item[1] or tonumber(item[1]) - tonumber(item[2]) < tonumber(ARGV[1]) then
    return {'sold out'}
end
redis.call('hincrby', KEYS[1], 'held', ARGV[1])
redis.call('zadd', KEYS[2], ARGV[3], ARGV[4] .. ':' .. ARGV[1])
redis.call('hset', KEYS[3], 'fingerprint', ARGV[6], 'answer', ARGV[5])
redis.call('expire', KEYS[3], ARGV[7])
return {'held', ARGV[5]}
"""
WRITE = """
WITH hold AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::timestamptz[])
        AS t (id, customer, sku, quantity, expires_at)
), r AS (
    INSERT INTO reservation (id, customer_id, status, expires_at)
    SELECT id, customer, 'held', expires_at FROM hold
), l AS (
    INSERT INTO line (reservation_id, item_id, quantity, status, expires_at)
    SELECT hold.id, item.id, quantity, 'held', expires_at FROM hold JOIN item USING (sku)
)
INSERT INTO ledger (item_id, reservation_id, kind, quantity)
SELECT item.id, hold.id, 'hold', quantity FROM hold JOIN item USING (sku)
"""


class Audit(NamedTuple):
    id: UUID
    customer: str
    sku: str
    quantity: int
    expires_at: datetime


class RedisLua:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()
        self.redis = Redis.from_pool(
            BlockingConnectionPool.from_url(
                os.environ["BENCH_REDIS_URL"],
                max_connections=REDIS_CONNECTIONS,
                decode_responses=True,
            )
        )
        self.script = self.redis.register_script(RESERVE)
        self.queue: asyncio.Queue[Audit | None] = asyncio.Queue(QUEUE)
        self.writer = asyncio.create_task(self._write())

    async def close(self) -> None:
        await self.queue.put(None)
        await self.writer
        await self.pool.close()
        await self.redis.aclose()

    async def reserve(self, request: Request) -> str:
        hold, now = new_hold(request), time.time()
        outcome: list[str] = await self.script(
            keys=[
                f"item:{request.sku}",
                f"holds:{request.sku}",
                f"key:{request.customer}:{request.key}",
            ],
            args=[
                request.quantity,
                now,
                now + TTL_SECONDS,
                hold.id.hex,
                hold.answer,
                f"{request.sku}:{request.quantity}",
                KEY_SECONDS,
            ],
        )
        if outcome[0] == "sold out":
            raise SoldOut
        if outcome[0] == "reused":
            raise KeyReused
        if outcome[0] == "held":
            await self.queue.put(
                Audit(hold.id, request.customer, request.sku, request.quantity, hold.expires_at)
            )
        return outcome[1]

    async def _write(self) -> None:
        """Carry holds to PostgreSQL, as many at once as have gathered, until told to end."""
        ending = False
        while not ending:
            batch = [await self.queue.get()]
            while len(batch) < BATCH and not self.queue.empty():
                batch.append(self.queue.get_nowait())
            ending = None in batch
            holds = [hold for hold in batch if hold is not None]
            while holds:
                try:
                    await self.pool.execute(WRITE, *map(list, zip(*holds, strict=True)))
                    break
                except (OSError, asyncpg.PostgresConnectionError):
                    logging.exception("audit is late")
                    await asyncio.sleep(1)


app = create_app(RedisLua())
