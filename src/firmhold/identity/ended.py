"""Sessions that have ended although their access tokens have not.

An access token is good for as long as it says, so that nobody has to be asked about it. Those
few that must not be are kept here, as every process finds them within a second; on the process
that ended the session they are known at once.
"""

from __future__ import annotations

import time
from collections.abc import Container
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from firmhold.store.database import Database
from firmhold.store.sql import statement

PAUSE = 1.0
"""Seconds between two looks."""

OVERLAP = timedelta(seconds=10)
"""A session that ended a little earlier may have been committed later."""

SURPLUS = 60.0
"""Seconds by which the clocks of database and node may differ."""


class Ended(Container[str]):
    """The ids of ended sessions."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._until: dict[str, float] = {}
        self._newest = datetime(1970, 1, 1, tzinfo=UTC)

    def __contains__(self, session: object) -> bool:
        return session in self._until

    async def look(self) -> None:
        """Look now, because sessions have just been ended here: their tokens are refused from then
        on. Never raises; the next look comes in a moment."""
        with suppress(Exception):
            await self.run_once()

    async def run_once(self) -> float:
        """Look which sessions have ended, and forget those whose tokens are over; returns the
        seconds until the next look."""
        async with self._database.read_across() as connection:
            rows = await connection.fetch(
                statement("sessions", "ended_since"), self._newest - OVERLAP
            )
        for row in rows:
            self._until[session_id(row["id"])] = row["token_until"].timestamp() + SURPLUS
            self._newest = max(self._newest, row["ended_at"])
        now = time.time()
        for session in [it for it, until in self._until.items() if until < now]:
            del self._until[session]
        return PAUSE


def session_id(id: object) -> str:
    """A session's id as tokens and doors have it."""
    return f"ses_{str(id).replace('-', '')}"
