"""Records holds that have ended as expired.

Only bookkeeping: whoever asks for the units of an ended hold gets them in the same transaction,
expirer or not. But dashboards, events and counters should not wait for the next customer.
"""

import asyncio

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


class Expirer:
    """Wakes when the next hold ends. Any number may run: the engine expires each hold once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.expired = 0

    async def run_once(self) -> float:
        """Expire what is due; return the seconds until something is due again."""
        async with self._engine.database.engine() as connection:
            due = await connection.fetch(statement("reading", "due_reservations"), AT_ONCE)
        if due:
            replies = await asyncio.gather(
                *(
                    self._engine.submit(
                        f"org_{row['organization_id'].hex}",
                        Expire(reservation_id(row["id"]), CLOCK),
                        lambda accepted, now: (200, b""),
                    )
                    for row in due
                ),
                # One that fails must not keep the others from being recorded.
                return_exceptions=True,
            )
            recorded = sum(isinstance(reply, Answer) for reply in replies)
            self.expired += recorded
            if recorded < len(due):
                return LONGEST_SLEEP
            if len(due) == AT_ONCE:
                return 0.0
        async with self._engine.database.engine() as connection:
            seconds = await connection.fetchval(statement("reading", "seconds_to_next_expiry"))
        return min(
            LONGEST_SLEEP, max(SHORTEST_SLEEP, LONGEST_SLEEP if seconds is None else seconds)
        )
