"""Forgets notices that have been over for long, and what names somebody who is to be forgotten."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from firmhold.store.database import Database
from firmhold.store.sql import statement

KEPT = timedelta(days=30)
"""Long enough to find out what somebody was told before they came, or did not."""

AT_ONCE = 5000
"""In one transaction, so that it stays short."""

PAUSE = 300.0
"""Seconds between rounds when there is nothing left to forget."""


class NoticeForgetter:
    """Any number may run: each skips the rows another is busy with."""

    def __init__(self, database: Database, kept: timedelta = KEPT) -> None:
        self._database = database
        self._kept = kept

    async def run_once(self) -> float:
        """Forget a batch; return the seconds until the next round."""
        async with self._database.read_across() as connection:
            gone = await connection.fetch(statement("notices", "forget"), self._kept, AT_ONCE)
        return 0.1 if len(gone) == AT_ONCE else PAUSE


async def erase_notices(connection: Any, organization: str, names: Sequence[str]) -> int:
    """Erase whom notices went to and what they said wherever they name somebody, and what that user
    has wished for; how many notices. What waits is not sent any more. As part of the connection's
    transaction.

    `names`: an e-mail address, the id of a user, a reference of another system; a user's notices
    are found by either. Looked for in texts, too.
    """
    id = organization[-32:]
    wanted = [name.strip().lower() if "@" in name else name.strip() for name in names]
    users = await connection.fetch(statement("notices", "users_named"), id, wanted)
    ids = [row["id"] for row in users]
    wanted += [f"usr_{user.hex}" for user in ids]
    await connection.execute(statement("notices", "erase_preferences"), id, ids)
    return len(await connection.fetch(statement("notices", "erase"), id, wanted))
