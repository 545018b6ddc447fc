"""Owns: the conditional-update way. ``UPDATE … WHERE available >= quantity`` is the guard."""

from __future__ import annotations

from bench.strategies.common import Request, SoldOut, create_app, new_hold
from bench.strategies.rows import (
    READ_ITEM,
    Connection,
    Pool,
    give_back_due,
    open_pool,
    replayed_or,
    write_hold,
)

TAKE = "UPDATE item SET held = held + $2 WHERE id = $1 AND capacity - held >= $2"


class ConditionalUpdate:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()

    async def close(self) -> None:
        await self.pool.close()

    async def reserve(self, request: Request) -> str:
        return await replayed_or(self.pool, request, self._hold)

    async def _hold(self, connection: Connection, request: Request) -> str:
        item = await connection.fetchrow(READ_ITEM, request.sku)
        if item is None:
            raise SoldOut
        if item["due"]:  # rare; under the row's lock, so that no two give back the same units
            await connection.execute("SELECT FROM item WHERE id = $1 FOR UPDATE", item["id"])
            await give_back_due(connection, item["id"])
        if await connection.execute(TAKE, item["id"], request.quantity) == "UPDATE 0":
            raise SoldOut
        hold = new_hold(request)
        await write_hold(connection, request, item["id"], hold)
        return hold.answer


app = create_app(ConditionalUpdate())
