"""A database whose clock stands still until it is told the time.

PostgreSQL looks for a function in the folders of its search path, and its own come first unless the
path says otherwise. Here it does: the three functions that Firmhold reads the time with are ours,
in place before the schema is made, so that views and functions mean them too. Nothing of the
product is changed, and an end is met to the microsecond.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from firmhold.store.migrate import migrate
from tests.databases import Address, Server, connected, looking

TEMPLATE = "stopped"

PATIENCE = 600.0
"""Seconds for which people wait for an answer. On a busy machine that is late, and not refused."""

CLOCK = """
CREATE SCHEMA stopped;
CREATE TABLE stopped.clock (says timestamptz NOT NULL);
INSERT INTO stopped.clock VALUES (date_trunc('second', pg_catalog.now()));
CREATE FUNCTION stopped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    RETURN (SELECT says FROM stopped.clock);
CREATE FUNCTION stopped.statement_timestamp() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN (SELECT says FROM stopped.clock);
CREATE FUNCTION stopped.now() RETURNS timestamptz LANGUAGE sql STABLE
    RETURN (SELECT says FROM stopped.clock);
"""


class StoppedClock:
    """The time in one database."""

    def __init__(self, connection: asyncpg.Connection[Any], began: datetime) -> None:
        self._connection = connection
        self.now = self.began = began

    async def forward(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        await self._connection.execute("UPDATE stopped.clock SET says = $1", self.now)

    async def forward_with_locked(self, seconds: int, offerings: Sequence[str]) -> None:
        """Likewise, while nobody is deciding anything about these."""
        async with self._connection.transaction():
            await self._connection.fetch(
                "SELECT FROM offering WHERE id = ANY ($1) ORDER BY id FOR UPDATE",
                [id[-32:] for id in offerings],
            )
            await self.forward(seconds)


async def make_template(server: Server) -> None:
    """A migrated database with a clock that stands, to clone from."""
    bare = await server.clone("template0", TEMPLATE)
    await connected(bare.dsn, lambda connection: connection.execute(CLOCK))
    await server.admin(f"ALTER DATABASE {TEMPLATE} SET search_path = stopped, public, pg_catalog")
    await connected(bare.dsn, migrate)


@asynccontextmanager
async def stopped(server: Server) -> AsyncIterator[tuple[Address, StoppedClock]]:
    """A database with nothing in it, and its clock."""
    known = await connected(
        server.address("postgres").superuser,
        lambda c: c.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", TEMPLATE),
    )
    if not known:
        await make_template(server)
    address = await server.clone(TEMPLATE)
    # Settings of a database are not cloned with it.
    name = address.dsn.split("@/")[1].split("?")[0]
    await server.admin(f"ALTER DATABASE {name} SET search_path = stopped, public, pg_catalog")
    connection = await looking(address.dsn)
    try:
        began = await connection.fetchval("SELECT clock_timestamp()")
        assert began < datetime.now(UTC)
        yield address, StoppedClock(connection, began)
    finally:
        await connection.close()
        await server.drop(address)
