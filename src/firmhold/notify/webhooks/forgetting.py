"""Forgets deliveries that have been over for long."""

from datetime import timedelta

from firmhold.store.database import Database
from firmhold.store.sql import statement

KEPT = timedelta(days=30)
"""Long enough to find out on Monday what went wrong the month before."""

AT_ONCE = 5000
"""In one transaction, so that it stays short."""

PAUSE = 300.0
"""Seconds between rounds when there is nothing left to forget."""


class Forgetter:
    """Any number may run: each skips the rows another is busy with."""

    def __init__(self, database: Database, kept: timedelta = KEPT) -> None:
        self._database = database
        self._kept = kept

    async def run_once(self) -> float:
        """Forget a batch; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            gone = await connection.fetch(statement("webhooks", "forget"), self._kept, AT_ONCE)
        return 0.1 if len(gone) == AT_ONCE else PAUSE
