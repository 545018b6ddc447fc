"""A ledger that is written as the engine writes it: offerings locked by id, numbered under the
lock, in transactions that a test can leave open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uuid_utils

from firmhold.identity.directory import Directory
from firmhold.relay.position import Position
from firmhold.relay.tail import AT_ONCE, Reading, newest, read
from firmhold.store.database import Database
from tests.databases import Address, connected, looking

MAKE = (
    "INSERT INTO offering (organization_id, id, kind, capacity, seq) VALUES ($1, $2, 'item', 9, 1)"
)
LOCK = "SELECT FROM offering WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE"
WRITE = """
WITH numbered AS (
    UPDATE offering SET seq = seq + 1 WHERE id = ANY ($1::uuid[])
    RETURNING organization_id, id, seq
)
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
    held_delta, confirmed_delta, capacity, held, confirmed, at, actor)
SELECT organization_id, id, seq - 1, $3, $2, 0, 0, 0, 9, 0, 0, clock_timestamp(), 'system:test'
FROM numbered
"""


class Book:
    """Writes, and reads what was written."""

    def __init__(self, address: Address, database: Database, organization: str) -> None:
        self.address, self.database, self.organization = address, database, organization

    async def offering(self, organization: str | None = None) -> str:
        """A new offering, of which nothing is written yet."""
        id = uuid_utils.uuid7().hex
        of = (organization or self.organization)[-32:]
        await connected(self.address.dsn, lambda c: c.execute(MAKE, of, id))
        return f"item_{id}"

    async def writer(self) -> asyncpg.Connection[Any]:
        """Somebody who may leave a transaction open."""
        return await looking(self.address.dsn)

    async def write(
        self, *offerings: str, kind: str = "held", reservation: str | None = None
    ) -> None:
        """One entry for each, in a transaction of its own."""

        async def write(connection: Any) -> None:
            async with connection.transaction():
                await put(connection, offerings, kind=kind, reservation=reservation)

        await connected(self.address.dsn, write)

    async def position(self) -> Position:
        async with self.database.read_across() as connection:
            return await newest(connection)

    async def read(
        self, after: Position, organization: str | None = None, at_once: int = AT_ONCE
    ) -> Reading:
        async with (
            self.database.read_across() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await read(connection, after, organization, at_once=at_once)


async def put(
    connection: Any,
    offerings: Sequence[str],
    *,
    kind: str = "held",
    reservation: str | None = None,
    lock: bool = True,
) -> None:
    """One entry for each offering, in the connection's transaction."""
    ids = [offering[-32:] for offering in offerings]
    if lock:
        await connection.execute(LOCK, ids)
    about = uuid_utils.uuid7().hex if reservation is None else reservation[-32:]
    await connection.execute(WRITE, ids, about, kind)


@asynccontextmanager
async def open_book(address: Address) -> AsyncIterator[Book]:
    database = Database(address.dsn, engine_connections=1, read_connections=4, pooler=False)
    await database.open()
    try:
        organization = await Directory(database).ensure_organization("shop", "Shop")
        yield Book(address, database, organization.id)
    finally:
        await database.close()
