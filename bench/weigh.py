"""Owns: what a load has written to Firmhold's tables: their bytes, the log's, its transactions.

Weighed as soon as the load has ended. Whoever reads new rows first, as every proof does, marks them
as committed, and the database logs each page that is marked.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
import msgspec

SIZES = """
SELECT clock_timestamp() AS at,
       (SELECT sum(pg_total_relation_size(c))::bigint
        FROM unnest('{offering,reservation,reservation_line,ledger,idempotency}'::regclass[]) AS c
       ) AS tables,
       (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint AS log
"""
# A transaction's rows have its number; no row of the ledger is ever written again.
TRANSACTIONS = """
SELECT count(*) AS entries, count(DISTINCT xmin::text) AS transactions FROM ledger WHERE at >= $1
"""


class Written(msgspec.Struct):
    """By a whole load, warm-up and drain included."""

    table_bytes: int  # of the tables that a hold is written to, with their indexes
    log_bytes: int  # of the write-ahead log
    entries: int = 0  # of the ledger
    transactions: int = 0  # that wrote them

    @property
    def per_transaction(self) -> float | None:
        return self.entries / self.transactions if self.transactions else None


class Scale:
    """Weighs the tables before a load and after."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection

    async def before(self) -> None:
        self._before = await self._look()

    async def after(self) -> Written:
        """What has been written since; to be called before anybody reads it."""
        _, tables, log = await self._look()
        return Written(tables - self._before[1], log - self._before[2])

    async def count(self, written: Written) -> None:
        """How many entries and transactions that was: reads every row."""
        row = await self._connection.fetchrow(TRANSACTIONS, self._before[0])
        assert row is not None
        written.entries, written.transactions = row["entries"], row["transactions"]

    async def _look(self) -> tuple[datetime, int, int]:
        row = await self._connection.fetchrow(SIZES)
        assert row is not None
        return row["at"], int(row["tables"]), int(row["log"])
