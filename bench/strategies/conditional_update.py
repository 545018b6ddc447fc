"""Owns: the conditional-update way. ``UPDATE … WHERE available >= quantity`` is the guard.

The guard, the rows and the commit are one statement, so the stock is locked for no round trip at
all: everything else is asked before, without a lock.
"""

from __future__ import annotations

import asyncpg

from bench.strategies.common import Request, SoldOut, create_app, new_hold
from bench.strategies.rows import (
    READ_ITEM,
    WRITE_HOLD,
    Connection,
    Pool,
    give_back_due,
    open_pool,
    stored_answer,
    write_hold,
)

TAKE = WRITE_HOLD.replace("WHERE id = $4", "WHERE id = $4 AND capacity - held >= $5")


class ConditionalUpdate:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()

    async def close(self) -> None:
        await self.pool.close()

    async def reserve(self, request: Request) -> str:
        async with self.pool.acquire() as connection:
            try:
                return await stored_answer(connection, request) or await self._hold(
                    connection, request
                )
            except asyncpg.UniqueViolationError:  # the same key was in flight and has won
                return await stored_answer(connection, request) or ""

    async def _hold(self, connection: Connection, request: Request) -> str:
        item = await connection.fetchrow(READ_ITEM, request.sku)
        if item is None:
            raise SoldOut
        if item["due"]:  # rare; under the row's lock, so that no two give back the same units
            async with connection.transaction():
                await connection.execute("SELECT FROM item WHERE id = $1 FOR UPDATE", item["id"])
                await give_back_due(connection, item["id"])
        hold = new_hold(request)
        if not await write_hold(connection, request, item["id"], hold, TAKE):
            raise SoldOut
        return hold.answer


app = create_app(ConditionalUpdate())
