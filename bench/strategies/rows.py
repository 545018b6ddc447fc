"""Owns: the statements of the rivals that keep their stock in PostgreSQL.

Reading a stored answer, giving back due holds, and the rows of a hold. Each function runs in
the caller's transaction, and the caller has the guard.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from bench.strategies.common import Hold, KeyReused, Request, SoldOut, new_hold

POOL_SIZE = 20  # ten per core; more only adds waiters on the same row

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"

READ_ITEM = """
SELECT id, capacity - held AS available,
       EXISTS (SELECT 1 FROM line
               WHERE item_id = item.id AND status = 'held' AND expires_at <= now()) AS due
FROM item WHERE sku = $1
"""
"""Whether holds are due is asked along with the stock: usually none is, and the statement
that expires them is then not sent."""


async def open_pool() -> Pool:
    return await asyncpg.create_pool(
        os.environ["BENCH_DATABASE_URL"],
        min_size=POOL_SIZE,
        max_size=POOL_SIZE,
        reset=_nothing_to_reset,  # spares a round trip per request; no session state is used
    )


async def _nothing_to_reset(connection: asyncpg.Connection[Any]) -> None:
    return None


async def replayed_or(
    pool: Pool, request: Request, work: Callable[[Connection, Request], Awaitable[str]]
) -> str:
    """The stored answer, or what ``work`` makes of the request in one transaction."""
    try:
        async with pool.acquire() as connection, connection.transaction():
            return await stored_answer(connection, request) or await work(connection, request)
    except asyncpg.UniqueViolationError:  # the same key was in flight and has won
        async with pool.acquire() as connection:
            return await stored_answer(connection, request) or ""


async def stored_answer(connection: Connection, request: Request) -> str | None:
    """The first answer given for this key, if there was one."""
    row = await connection.fetchrow(
        "SELECT sku, quantity, answer FROM idempotency WHERE customer_id = $1 AND key = $2",
        request.customer,
        request.key,
    )
    if row is None:
        return None
    if (row["sku"], row["quantity"]) != (request.sku, request.quantity):
        raise KeyReused
    return str(row["answer"])


async def give_back_due(connection: Connection, item_id: int) -> None:
    """Expire this item's holds whose time is over. The caller has the guard."""
    await connection.execute(
        """
        WITH due AS (
            UPDATE line SET status = 'expired'
            WHERE item_id = $1 AND status = 'held' AND expires_at <= now()
            RETURNING reservation_id, item_id, quantity
        ), closed AS (
            UPDATE reservation SET status = 'expired'
            FROM due WHERE reservation.id = due.reservation_id
        ), entered AS (
            INSERT INTO ledger (item_id, reservation_id, kind, quantity)
            SELECT item_id, reservation_id, 'expire', -quantity FROM due
        )
        UPDATE item SET held = held - (SELECT coalesce(sum(quantity), 0) FROM due)
        WHERE id = $1 AND EXISTS (SELECT 1 FROM due)
        """,
        item_id,
    )


async def write_hold(connection: Connection, request: Request, item_id: int, hold: Hold) -> None:
    """The rows of a hold: reservation, line, ledger entry, stored answer."""
    await connection.execute(
        "INSERT INTO reservation (id, customer_id, status, expires_at) VALUES ($1, $2, 'held', $3)",
        hold.id,
        request.customer,
        hold.expires_at,
    )
    await connection.execute(
        """
        INSERT INTO line (reservation_id, item_id, quantity, status, expires_at)
        VALUES ($1, $2, $3, 'held', $4)
        """,
        hold.id,
        item_id,
        request.quantity,
        hold.expires_at,
    )
    await connection.execute(
        "INSERT INTO ledger (item_id, reservation_id, kind, quantity) VALUES ($1, $2, 'hold', $3)",
        item_id,
        hold.id,
        request.quantity,
    )
    await connection.execute(
        """
        INSERT INTO idempotency (customer_id, key, sku, quantity, answer)
        VALUES ($1, $2, $3, $4, $5)
        """,
        request.customer,
        request.key,
        request.sku,
        request.quantity,
        hold.answer,
    )


async def check_and_hold(connection: Connection, request: Request, read_item: str) -> str:
    """Read, compare, write: safe only under a lock or an isolation that refuses a lost update."""
    item = await connection.fetchrow(read_item, request.sku)
    if item is None:
        raise SoldOut
    available: int = item["available"]
    if item["due"]:
        await give_back_due(connection, item["id"])
        available = await connection.fetchval(
            "SELECT capacity - held FROM item WHERE id = $1", item["id"]
        )
    if available < request.quantity:
        raise SoldOut
    hold = new_hold(request)
    await connection.execute(
        "UPDATE item SET held = held + $2 WHERE id = $1", item["id"], request.quantity
    )
    await write_hold(connection, request, item["id"], hold)
    return hold.answer
