"""Buckets in PostgreSQL, for several nodes that have no Redis: one statement for all requests that
have gathered.

The table is not logged, so a take waits for no disk; after a crash all buckets are full. The clock
is the database's. Its connections are its own, so that what gives up here disturbs no engine.
"""

from collections.abc import Sequence
from uuid import UUID

from firmhold.limits.bucket import Ask
from firmhold.limits.names import Names
from firmhold.limits.together import Found
from firmhold.store.database import Database
from firmhold.store.sql import statement

NAME_BYTES = 16

CONNECTIONS = 1
"""Questions go one after the other."""

FORGET_AT_ONCE = 5000
"""Buckets in one transaction, so that it stays short."""


class PostgresKeeper:
    """Buckets of all nodes that use the same database and secret. See `together.Keeper`."""

    name = "postgresql"

    def __init__(self, dsn: str, secret: bytes, *, pooler: bool = False) -> None:
        """`pooler`: as for `Database`. Nothing is connected yet."""
        self._names = Names(secret, NAME_BYTES)
        self._database = Database(
            dsn, engine_connections=CONNECTIONS, read_connections=CONNECTIONS, pooler=pooler
        )
        self._open = False

    async def take(self, batch: Sequence[Sequence[Ask]]) -> list[Found]:
        """See `Keeper`. Rows are locked in the order of their names, by every node."""
        if not self._open:
            await self._database.open()
            self._open = True
        named = [{self._names.of(ask): ask for ask in asks} for asks in batch]
        names = sorted({name for asked in named for name in asked})
        position = {name: index for index, name in enumerate(names, 1)}
        asked_for = [ask for asked in named for ask in asked.values()]
        async with self._database.engine() as connection:
            row = await connection.fetchrow(
                statement("limits", "take"),
                [UUID(bytes=name) for name in names],
                [len(asked) for asked in named],
                [position[name] for asked in named for name in asked],
                [ask.interval for ask in asked_for],
                [ask.policy.depth for ask in asked_for],
            )
        assert row is not None
        full_at = iter(row["before"])
        return [
            Found(tuple(asked.values()), [next(full_at) for _ in asked], row["now"])
            for asked in named
        ]

    async def close(self) -> None:
        """See `Keeper`."""
        if self._open:
            await self._database.close()
            self._open = False


async def forget_full_buckets(database: Database) -> int:
    """Drop rows of buckets that are full by now; how many it were, `FORGET_AT_ONCE` at most. Any
    number may do so: each skips what another is busy with."""
    async with database.read_shared() as connection:
        return len(await connection.fetch(statement("limits", "prune"), FORGET_AT_ONCE))
