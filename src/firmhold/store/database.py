"""Connections to PostgreSQL: how they are opened and which settings they carry.

Nothing outside `store` and `engine` knows the driver.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from prometheus_client import Gauge

from firmhold.store.connections import (
    ACROSS,
    NOBODY,
    SAYING_ACROSS,
    DatedConnection,
    EngineConnection,
    PooledConnection,
    named,
)
from firmhold.store.hosts import connect
from firmhold.telemetry import ALL_IN_USE, IN_USE, POOL_SIZE

SETTINGS = {
    "application_name": "firmhold",
    # Batches are joined to tables through primary keys. A plan made while a table was small and
    # kept after it has grown would scan it, so scans and hashes are made the last resort.
    "enable_seqscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    # Finding a row by its key is cheap: what is hot is in memory.
    "random_page_cost": "0.1",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "default_transaction_isolation": "read committed",
    "timezone": "UTC",
}

PATIENCE = "SET LOCAL lock_timeout = '1s'; SET LOCAL idle_in_transaction_session_timeout = '5s'"
"""First in each of the engine's transactions, in the message that begins it: behind a PgBouncer a
session keeps no settings. A row lock held elsewhere (a person with psql) must not hold a connection
for ever; the batch is split and tried again."""

COMMAND_TIMEOUT = 10.0
"""Seconds after which a statement without an answer counts as a lost connection."""

LOOK_TIMEOUT = 6.0
"""The same for a look at the data. PostgreSQL ends one after five seconds, so a second later nobody
is there any more; nothing depends on its outcome, and whoever asked waits."""

CONNECT_TIMEOUT = 3.0
"""Seconds to wait for a new connection; callers are waiting behind it."""

READ_PATIENCE = 3.0
"""Seconds to wait for a connection to read with. Then it is better to say so: whoever is behind
waits as well, and to ask again is harmless."""

CLOSE_SECONDS = 0.5
"""Per pool. A server that is told to stop has five seconds for everything."""

MINIMUM_VERSION = 150000
"""PostgreSQL 15, as `server_version_num` counts."""


class AllInUse(TimeoutError):
    """No connection to read with has become free in time: too many requests want to read."""


class Database:
    """Two pools on one PostgreSQL: one for the engine's transactions, one for everything else.

    Apart from each other, so that no flood of reads can take the engine's connections. Whoever
    takes a connection says for which organization it is, by the method or in the transaction: one
    that has said nothing sees nothing that belongs to any. Where the methods are used that look
    `_across` organizations is listed in the tests, place by place.
    """

    def __init__(self, dsn: str, *, engine_connections: int, read_connections: int, pooler: bool):
        """`pooler`: a PgBouncer in transaction mode stands between, so nothing may be kept on a
        connection: no prepared statements, no settings."""
        self.dsn = dsn
        self._engine_connections = engine_connections
        self._read_connections = read_connections
        self._pooler = pooler
        self._silent_at = 0.0
        """When a statement was last given up for want of an answer. Connections opened before may
        have died in the same silence, as all to a host do that loses its power; to wait for each in
        turn would keep callers waiting for minutes."""
        self._engine_in_use = IN_USE.labels("engine")
        self._read_in_use = IN_USE.labels("read")
        self._engine: asyncpg.Pool[Any] | None = None
        self._read: asyncpg.Pool[Any] | None = None

    async def open(self) -> None:
        """Prepare both pools. Connections are made when first needed, so this never waits."""
        POOL_SIZE.labels("engine").set(self._engine_connections)
        POOL_SIZE.labels("read").set(self._read_connections)
        self._engine = await self._pool(
            self._engine_connections, SETTINGS, EngineConnection, COMMAND_TIMEOUT
        )
        self._read = await self._pool(
            self._read_connections,
            {
                "application_name": "firmhold",
                "timezone": "UTC",
                # Filters that are not given are NULL. A plan made for the values at hand leaves
                # them out; one made for all values could not use the index that fits.
                "plan_cache_mode": "force_custom_plan",
                "jit": "off",
                # A search over a large catalogue must not keep the connection from others.
                "statement_timeout": "5s",
            },
            DatedConnection,
            LOOK_TIMEOUT,
        )

    async def _pool(
        self,
        size: int,
        settings: dict[str, str],
        kind: type[asyncpg.Connection[Any]],
        silence: float,
    ) -> asyncpg.Pool[Any]:
        return await asyncpg.create_pool(
            self.dsn,
            connect=cast("Any", connect),  # the stubs want the driver's very signature
            connection_class=PooledConnection if self._pooler else kind,
            min_size=0,
            max_size=size,
            timeout=CONNECT_TIMEOUT,
            command_timeout=silence,
            server_settings={} if self._pooler else settings,
            statement_cache_size=0 if self._pooler else 200,
            # Idle connections are kept: reconnecting would be paid by the next caller.
            max_inactive_connection_lifetime=0,
            # Every transaction is ended where it was begun, so there is nothing to reset.
            reset=_nothing_to_reset,
        )

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A connection for one batch. It is thrown away if the batch leaves it in doubt.

        The transaction says for which organization it is in the message that begins it (`saying`),
        whatever was said on the connection before.
        """
        assert self._engine is not None, "the database has not been opened"
        # No time limit here: connecting has its own, and flights are fewer than connections.
        async with self._taken(self._engine, self._engine_in_use) as connection:
            if self._pooler:  # which keeps no plans, and says whatever is to be said each time
                await cast("DatedConnection", connection).work_for(NOBODY)
            else:
                await cast("EngineConnection", connection).renew_plans()
            yield connection

    @asynccontextmanager
    async def engine_for(self, organization: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        """The same for a look at an organization's rows, of which a batch is in need."""
        async with self.engine() as connection:
            await cast("DatedConnection", connection).work_for(named(organization))
            yield connection

    @asynccontextmanager
    async def engine_across(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """The same for all organizations, in a transaction, so that no batch finds it said.
        Whatever fails in it ends the connection, too."""
        async with self.engine() as connection:
            await connection.execute(f"BEGIN; {SAYING_ACROSS}")
            yield connection
            await connection.execute("COMMIT")

    @asynccontextmanager
    async def read(self, organization: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A connection for a look at an organization's data, or for its administration. Raises
        `AllInUse`."""
        async with self._reading(named(organization)) as connection:
            yield connection

    @asynccontextmanager
    async def read_across(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """The same for all organizations at once."""
        async with self._reading(ACROSS) as connection:
            yield connection

    @asynccontextmanager
    async def read_shared(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """The same for what belongs to no organization, and for nothing else."""
        async with self._reading(NOBODY) as connection:
            yield connection

    @asynccontextmanager
    async def _reading(self, whose: str) -> AsyncIterator[asyncpg.Connection[Any]]:
        assert self._read is not None, "the database has not been opened"
        async with self._taken(self._read, self._read_in_use, READ_PATIENCE) as connection:
            await cast("DatedConnection", connection).work_for(whose)
            yield connection

    @asynccontextmanager
    async def _taken(
        self, pool: asyncpg.Pool[Any], in_use: Gauge, patience: float | None = None
    ) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A connection that is not older than the last silence."""
        while True:
            proxy = await _free(pool, patience)
            # The pool hands out a proxy, which looks and behaves like the connection.
            connection = cast("DatedConnection", proxy)
            if connection.opened_at >= self._silent_at:
                break
            connection.terminate()
            await pool.release(proxy)
        in_use.inc()
        try:
            yield connection
        except Exception as error:
            # A commit without an answer comes as an error about the commit.
            if isinstance(error, TimeoutError) or isinstance(error.__cause__, TimeoutError):
                self._silent_at = asyncio.get_running_loop().time()
                discard(connection)
            raise
        finally:
            in_use.dec()
            if _left_in_transaction(connection):
                # Nobody knows what of it will have happened, nor what was said within it.
                discard(connection)
            await pool.release(proxy)

    async def close(self) -> None:
        """Close both pools, within a bounded time even if the database hangs."""
        for pool in (self._engine, self._read):
            if pool is None:
                continue
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await pool.close()
            except TimeoutError:
                pool.terminate()
        self._engine = self._read = None


async def _free(pool: asyncpg.Pool[Any], patience: float | None) -> Any:
    """A connection of the pool. Raises `AllInUse` if none becomes free in time."""
    try:
        return await pool.acquire(timeout=patience)
    except TimeoutError:
        if pool.get_size() == pool.get_max_size() and not pool.get_idle_size():
            ALL_IN_USE.inc()
            raise AllInUse from None
        raise


def discard(connection: Any) -> None:
    """Throw a connection away. Never raises: one that broke has left the pool already and refuses
    every call, and its refusal must not take the place of the error that is on its way."""
    with contextlib.suppress(asyncpg.InterfaceError):
        connection.terminate()


def _left_in_transaction(connection: Any) -> bool:
    with contextlib.suppress(asyncpg.InterfaceError):
        return not connection.is_closed() and bool(connection.is_in_transaction())
    return False


async def _nothing_to_reset(connection: asyncpg.Connection[Any]) -> None:
    return None
