"""Forgets stored answers that are older than anyone may still repeat a request, and limits that
limit nobody any more."""

from datetime import timedelta

from firmhold.limits.postgres import FORGET_AT_ONCE, forget_full_buckets
from firmhold.store.database import Database
from firmhold.store.sql import statement

KEPT = timedelta(hours=48)
"""Callers are promised 24 hours; twice that forgives a clock or a weekend."""

AT_ONCE = 5000
"""Rows in one transaction, so that it stays short."""

PAUSE = 300.0
"""Seconds between rounds when there is nothing left to forget."""


class Pruner:
    """Any number may run: each skips the rows another is busy with."""

    def __init__(self, database: Database, kept: timedelta = KEPT) -> None:
        self._database = database
        self._kept = kept
        self.pruned = 0

    async def run_once(self) -> float:
        """Forget a batch; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            gone = await connection.fetch(
                statement("workers", "prune_answers"), self._kept, AT_ONCE
            )
        self.pruned += len(gone)
        full = await forget_full_buckets(self._database)
        return 0.1 if len(gone) == AT_ONCE or full == FORGET_AT_ONCE else PAUSE
