"""Owns: the serializable way. No lock is taken; PostgreSQL refuses what cannot be put in an
order, and the request is tried again after a growing, random wait."""

from __future__ import annotations

import asyncio
import random
import time

import asyncpg

from bench.strategies.common import Busy, Request, create_app
from bench.strategies.rows import READ_ITEM, Pool, check_and_hold, open_pool, stored_answer

FIRST_WAIT = 0.005  # seconds; about one transaction
LONGEST_WAIT = 0.2
DEADLINE = 10.0  # seconds; a customer has gone away by then
TRY_AGAIN = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,  # the same key was in flight: next time its answer is there
)


class Serializable:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()

    async def close(self) -> None:
        await self.pool.close()

    async def reserve(self, request: Request) -> str:
        deadline, wait = time.monotonic() + DEADLINE, FIRST_WAIT
        while True:
            try:
                return await self._hold(request)
            except TRY_AGAIN:
                if time.monotonic() > deadline:
                    raise Busy from None
            await asyncio.sleep(random.uniform(0, wait))
            wait = min(wait * 2, LONGEST_WAIT)

    async def _hold(self, request: Request) -> str:
        async with (
            self.pool.acquire() as connection,
            connection.transaction(isolation="serializable"),
        ):
            return await stored_answer(connection, request) or await check_and_hold(
                connection, request, READ_ITEM
            )


app = create_app(Serializable())
