"""Owns: the row-lock way. One transaction per request under ``SELECT … FOR UPDATE``."""

from __future__ import annotations

from bench.strategies.common import Request, create_app
from bench.strategies.rows import (
    READ_ITEM,
    Connection,
    Pool,
    check_and_hold,
    open_pool,
    replayed_or,
)


class RowLock:
    pool: Pool

    async def open(self) -> None:
        self.pool = await open_pool()

    async def close(self) -> None:
        await self.pool.close()

    async def reserve(self, request: Request) -> str:
        return await replayed_or(self.pool, request, self._hold)

    async def _hold(self, connection: Connection, request: Request) -> str:
        return await check_and_hold(connection, request, READ_ITEM + "FOR UPDATE")


app = create_app(RowLock())
