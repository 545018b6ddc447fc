"""Records holds that have ended as expired.

Only bookkeeping: whoever asks for the units of an ended hold gets them in the same transaction,
expirer or not. But dashboards, events and counters should not wait for the next customer.
"""

import asyncio
from typing import Any

from firmhold.domain.commands import Expire
from firmhold.domain.desk import CLOCK
from firmhold.engine.engine import Engine
from firmhold.engine.rows import reservation_id
from firmhold.engine.ticket import Answer
from firmhold.store.sql import statement

AT_ONCE = 500
"""Holds in one round; more follow at once."""

LONGEST_SLEEP = 1.0
"""Seconds. A hold placed meanwhile may end before the one we are sleeping for."""

SHORTEST_SLEEP = 0.02
"""Seconds. Several expirers that wake for the same hold should not spin around it."""

SLOW = 0.5
"""Seconds that a round waits for its slowest organization: many times what is usual."""


class Expirer:
    """Wakes when the next hold ends. Any number may run: the engine expires each hold once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._busy: dict[Any, asyncio.Task[None]] = {}
        """Organizations whose holds are being recorded. Rounds go on without those that take their
        time because somebody has locked their rows; the engine's patience ends it."""
        self.expired = 0

    async def run_once(self) -> float:
        """Expire what is due; return the seconds until something is due again."""
        async with self._engine.database.engine_across() as connection:
            due = await connection.fetch(
                statement("workers", "due_reservations"), AT_ONCE, list(self._busy)
            )
        holds: dict[Any, list[str]] = {}
        for row in due:
            holds.setdefault(row["organization_id"], []).append(reservation_id(row["id"]))
        started = {id: asyncio.create_task(self._expire(id, holds[id])) for id in holds}
        self._busy |= started
        if started:
            await asyncio.wait(started.values(), timeout=SLOW)
        if len(due) == AT_ONCE:
            return 0.0
        async with self._engine.database.engine_across() as connection:
            seconds = await connection.fetchval(
                statement("workers", "seconds_to_next_expiry"), list(self._busy)
            )
        return min(
            LONGEST_SLEEP, max(SHORTEST_SLEEP, LONGEST_SLEEP if seconds is None else seconds)
        )

    async def _expire(self, organization: Any, holds: list[str]) -> None:
        try:
            replies = await asyncio.gather(
                *(
                    self._engine.submit(
                        f"org_{organization.hex}",
                        Expire(hold, CLOCK),
                        lambda accepted, now: (200, b""),
                    )
                    for hold in holds
                ),
                # One that fails must not keep the others from being recorded.
                return_exceptions=True,
            )
            recorded = sum(isinstance(reply, Answer) for reply in replies)
            self.expired += recorded
            if recorded < len(holds):
                # Something is in the way, and is not gone at once.
                await asyncio.sleep(LONGEST_SLEEP)
        finally:
            del self._busy[organization]
