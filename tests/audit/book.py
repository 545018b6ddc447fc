"""An organization with an audit on a real PostgreSQL, without an engine: entries are written as the
engine writes them, in transactions that a test can leave open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import uuid_utils

from firmhold.audit.note import Signer
from firmhold.audit.sealer import Sealer
from firmhold.audit.verify import AuditReport, LogReport, verify
from firmhold.store.acts import record_act
from firmhold.store.database import Database
from tests.audit.logs import SIGNER
from tests.databases import Address, connected

ROW = (
    "INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta, "
    "held_delta, confirmed_delta, capacity, held, confirmed, at, actor, reason, hold_expires_at) "
    "VALUES ($1, $2, $3, 'held', $4, 0, 0, 0, 1000, 0, 0, clock_timestamp(), $5, $6, "
    "clock_timestamp())"
)


class Book:
    """Writes, seals and checks."""

    def __init__(self, address: Address, database: Database, organization: str) -> None:
        self.address, self.database, self.organization = address, database, organization
        self._numbers: dict[str, int] = {}

    def sealer(self, signer: Signer = SIGNER) -> Sealer:
        return Sealer(self.database, signer)

    async def seal(self, sealer: Sealer | None = None) -> int:
        """Seal until there is nothing left to do; how many entries there were."""
        sealer = sealer or self.sealer()
        while await sealer.run_once() == 0.0:
            pass
        return sealer.sealed

    async def offering(self) -> str:
        """A new offering's id, without a ledger."""
        id = str(uuid_utils.uuid7().hex)
        await self.execute(
            "INSERT INTO offering (organization_id, id, kind, capacity, seq) "
            "VALUES ($1, $2, 'item', 1000, 1)",
            self.organization[-32:],
            id,
        )
        self._numbers[id] = 0
        return id

    async def write(
        self,
        offering: str,
        count: int = 1,
        *,
        actor: str = "user:operator",
        reason: str | None = None,
        connection: Any = None,
    ) -> None:
        """Some ledger entries, in one transaction, or in that of the connection."""
        first = self._numbers[offering] + 1
        self._numbers[offering] += count
        rows = [
            (self.organization[-32:], offering, seq, uuid_utils.uuid7().hex, actor, reason)
            for seq in range(first, first + count)
        ]
        if connection is not None:
            await connection.executemany(ROW, rows)
        else:
            await connected(self.address.dsn, lambda c: c.executemany(ROW, rows))

    async def act(self, kind: str, actor: str, subject: str | None = None, **facts: Any) -> str:
        async def act(connection: Any) -> str:
            return await record_act(connection, self.organization, kind, actor, subject, facts)

        id: str = await connected(self.address.dsn, act)
        return id

    async def report(self, *remembered: str, keys: Sequence[bytes] | None = None) -> LogReport:
        """What is said of this organization's log."""
        everything = await self.everything(*remembered, keys=keys)
        [log] = [log for log in everything.logs if log.organization == self.organization]
        return log

    async def everything(
        self, *remembered: str, keys: Sequence[bytes] | None = None
    ) -> AuditReport:
        public = (SIGNER.public,) if keys is None else keys

        async def check(connection: Any) -> AuditReport:
            return await verify(connection, public, None, remembered)

        report: AuditReport = await connected(self.address.dsn, check)
        return report

    async def execute(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.address.dsn, lambda c: c.execute(sql, *arguments))

    async def fetch(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.address.dsn, lambda c: c.fetch(sql, *arguments))

    async def fetchval(self, sql: str, *arguments: Any) -> Any:
        return await connected(self.address.dsn, lambda c: c.fetchval(sql, *arguments))

    async def tamper(self, *statements: str) -> None:
        """As someone nothing can stop."""

        async def act(connection: asyncpg.Connection[Any]) -> None:
            await connection.execute("SET session_replication_role = replica")
            async with connection.transaction():
                for sql in statements:
                    await connection.execute(sql)

        await connected(self.address.superuser, act)


async def organization(database: Database, slug: str) -> str:
    """The id of the organization with this slug, which is made without a word if there is none:
    each entry in its log is a test's."""
    async with database.read_across() as connection:
        id = await connection.fetchval(
            "INSERT INTO organization (id, slug, name) VALUES ($1, $2, $2) "
            "ON CONFLICT (slug) DO UPDATE SET slug = excluded.slug RETURNING id",
            uuid_utils.uuid7().hex,
            slug,
        )
    return f"org_{id.hex}"


@asynccontextmanager
async def open_book(address: Address) -> AsyncIterator[Book]:
    database = Database(address.dsn, engine_connections=2, read_connections=6, pooler=False)
    await database.open()
    try:
        yield Book(address, database, await organization(database, "shop"))
    finally:
        await database.close()
