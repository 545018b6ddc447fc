"""Forgets sessions that are long over, and codes that nobody has used."""

from datetime import timedelta

from firmhold.store.database import Database
from firmhold.store.sql import statement

KEPT = timedelta(days=7)
"""A refresh token that comes back so late is told that its session has ended, and then nothing."""

AT_ONCE = 1000
"""Rows in one transaction, so that it stays short."""

PAUSE = 600.0
"""Seconds between rounds when there is nothing left to forget."""


class SessionKeeper:
    """Any number may run: each skips the rows another is busy with."""

    def __init__(self, database: Database, kept: timedelta = KEPT) -> None:
        self._database = database
        self._kept = kept

    async def run_once(self) -> float:
        """Forget a batch; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            sessions = await connection.fetch(
                statement("sessions", "prune_sessions"), self._kept, AT_ONCE
            )
            codes = await connection.fetch(statement("people", "prune_codes"), AT_ONCE)
        return 0.1 if AT_ONCE in {len(sessions), len(codes)} else PAUSE
