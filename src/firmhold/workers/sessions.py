"""Forgets sessions that are long over, codes that nobody has used, and whoever has registered, or
was asked in, and has never shown that the address is theirs."""

from datetime import timedelta

from firmhold.identity.sessions import IDLE
from firmhold.store.database import Database
from firmhold.store.sql import statement

KEPT = timedelta(days=7)
"""A refresh token that comes back so late is told that its session has ended, and then nothing."""

UNVERIFIED = timedelta(days=30)
"""Unless told otherwise. A code that verifies an address is good for three days."""

AT_ONCE = 1000
"""Rows in one transaction, so that it stays short."""

PAUSE = 600.0
"""Seconds between rounds when there is nothing left to forget."""


class SessionKeeper:
    """Any number may run: each skips the rows another is busy with."""

    def __init__(
        self, database: Database, kept: timedelta = KEPT, unverified: timedelta = UNVERIFIED
    ) -> None:
        """`unverified`: how long whoever has verified nothing, and has nothing, is remembered."""
        self._database = database
        self._kept = kept
        self._unverified = unverified

    async def run_once(self) -> float:
        """Forget a batch; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            sessions = await connection.fetch(
                statement("sessions", "prune_sessions"), self._kept, AT_ONCE
            )
            codes = await connection.fetch(statement("people", "prune_codes"), AT_ONCE)
            persons = await connection.fetch(
                statement("people", "forget_unverified"), self._unverified, AT_ONCE, IDLE
            )
        return 0.1 if AT_ONCE in {len(sessions), len(codes), len(persons)} else PAUSE
