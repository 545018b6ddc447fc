"""Owns: the best that one transaction per request can be made: one statement is guard, rows and
commit.

The stock is locked for no round trip at all: everything else is asked before, without a lock. It is
not what one finds in shops, where the rows are written one after the other; it is what is left to
beat once somebody has seen to that.
"""

from __future__ import annotations

import asyncpg

from bench.strategies.common import Request, SoldOut, create_app, new_hold
from bench.strategies.rows import (
    READ_ITEM,
    Connection,
    Pool,
    give_back_due,
    open_pool,
    stored_answer,
)

HOLD = """
WITH taken AS (
    UPDATE item SET held = held + $5 WHERE id = $4 AND capacity - held >= $5 RETURNING id
), reserved AS (
    INSERT INTO reservation (id, customer_id, status, expires_at)
    SELECT $1, $2, 'held', $3 FROM taken
), lined AS (
    INSERT INTO line (reservation_id, item_id, quantity, status, expires_at)
    SELECT $1, id, $5, 'held', $3 FROM taken
), entered AS (
    INSERT INTO ledger (item_id, reservation_id, kind, quantity)
    SELECT id, $1, 'hold', $5 FROM taken
), stored AS (
    INSERT INTO idempotency (customer_id, key, sku, quantity, answer)
    SELECT $2, $6, $7, $5, $8 FROM taken
)
SELECT id FROM taken
"""


class OneStatement:
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
        taken = await connection.fetchval(
            HOLD,
            hold.id,
            request.customer,
            hold.expires_at,
            item["id"],
            request.quantity,
            request.key,
            request.sku,
            hold.answer,
        )
        if taken is None:
            raise SoldOut
        return hold.answer


app = create_app(OneStatement())
