"""Sends what is due, again and again until it is taken or has been tried often enough."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic
from typing import Any

import structlog

from firmhold.notify.webhooks.posting import GONE, SECONDS, Outcome, Poster
from firmhold.notify.webhooks.rules import pause_after
from firmhold.store.acts import record_act
from firmhold.store.database import Database
from firmhold.store.sql import statement

AT_ONCE = 20
"""Deliveries under way in one process."""

AT_ONCE_TO_ONE = 5
"""To one endpoint: one that hangs keeps a quarter of us waiting and no more."""

CLAIMED = timedelta(seconds=SECONDS + 15)
"""After which whoever has taken a delivery and said nothing of it is taken to be dead."""

PAUSE = 0.5
"""Seconds between looks for what is due."""

PUT_BY = 500
"""Deliveries that are put by at once, because others of their subject come first."""

_log = structlog.get_logger(__name__)


class Sender:
    """Any number may run: each delivery is taken by one."""

    def __init__(self, database: Database, poster: Poster) -> None:
        self._database = database
        self._poster = poster
        self._under_way: dict[asyncio.Task[None], Any] = {}
        self._put_by_at = -inf
        self.delivered = 0

    async def run_once(self) -> float:
        """Take what is due and begin to send it; return the seconds until the next look."""
        await self._poster.tidy()
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)
            return 0.0
        busy = Counter(self._under_way.values())
        async with self._database.read_across() as connection, connection.transaction():
            await connection.execute(statement("webhooks", "by_index"))
            await self._put_by(connection)
            claimed = await connection.fetch(
                statement("webhooks", "claim"),
                free,
                CLAIMED,
                AT_ONCE_TO_ONE,
                list(busy),
                list(busy.values()),
            )
        for row in claimed:
            task = asyncio.create_task(self._deliver(row))
            self._under_way[task] = row["webhook_id"]
            task.add_done_callback(self._over)
        if not self._under_way:
            return PAUSE
        # Whoever has got a share is free again before a pause is over.
        await asyncio.wait(self._under_way, timeout=PAUSE, return_when=asyncio.FIRST_COMPLETED)
        return 0.0

    async def settle(self) -> None:
        """Until what is under way is over."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def cancel(self) -> None:
        """Give up what is under way. Whoever comes next sends it once more."""
        for task in self._under_way:
            task.cancel()

    async def _put_by(self, connection: Any) -> None:
        """Let what has to wait for others of its subject no longer be due, so that it is passed
        over once, and not at each look. Now and then, or as long as there is much of it."""
        if monotonic() - self._put_by_at < PAUSE:
            return
        done = await connection.fetch(statement("webhooks", "put_by"), PUT_BY)
        if len(done) < PUT_BY:
            self._put_by_at = monotonic()

    def _over(self, task: "asyncio.Task[None]") -> None:
        del self._under_way[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            # It stays claimed for a while, and is sent again.
            _log.warning("a delivery could not be recorded", error=repr(error))

    async def _deliver(self, row: Any) -> None:
        secrets = [it for it in (row["secret"], row["old_secret"]) if it is not None]
        id = f"evt_{row['event_id'].hex}"
        body = row["body"].encode()
        outcome = await self._poster.post(row["url"], secrets, id, body, datetime.now(UTC))
        await self._record(row, outcome)

    async def _record(self, row: Any, outcome: Outcome) -> None:
        pause: timedelta | None = timedelta()
        status = "delivered"
        if not outcome.is_delivered:
            chance = random.random()  # noqa: S311  no secret
            pause = pause_after(row["attempts"], chance, outcome.retry_after)
            status = "failed" if pause is None else "waiting"
        organization = f"org_{row['organization_id'].hex}"
        async with self._database.read(organization) as connection, connection.transaction():
            await connection.execute(
                statement("webhooks", "record"),
                row["organization_id"],
                row["webhook_id"],
                row["event_id"],
                row["attempts"],
                status,
                pause or timedelta(),
                outcome.status,
                outcome.error,
                outcome.milliseconds,
            )
            if status != "waiting":
                await connection.execute(
                    statement("webhooks", "next_of_subject"),
                    row["organization_id"],
                    row["webhook_id"],
                    row["subject"],
                )
            if outcome.status == GONE:
                await self._disable(connection, organization, row)
        if status == "delivered":
            self.delivered += 1
        elif status == "failed":
            _log.warning(
                "a webhook was given up",
                organization=organization,
                webhook=f"hook_{row['webhook_id'].hex}",
                event_id=f"evt_{row['event_id'].hex}",
            )

    async def _disable(self, connection: Any, organization: str, row: Any) -> None:
        why = "its receiver answered 410 Gone"
        done = await connection.execute(
            statement("webhooks", "disable"), row["organization_id"], row["webhook_id"], why
        )
        if done != "UPDATE 0":
            webhook = f"hook_{row['webhook_id'].hex}"
            await record_act(
                connection,
                organization,
                "webhook_disabled",
                "system:webhooks",
                webhook,
                {"why": why},
            )
