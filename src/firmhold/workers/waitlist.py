"""Lets people on waitlists have their turn when nothing happens to what they wait for.

Whatever frees units of an offering serves its waitlist in the same transaction. But a pool may come
free with the units of another slot, a sale may begin or end, a customer may be rid of another hold:
then this looks again.
"""

import asyncio
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from firmhold.domain.commands import Reconsider
from firmhold.domain.model import Offering
from firmhold.domain.waiting import WAITLIST
from firmhold.engine.engine import Engine
from firmhold.engine.rows import offering_id
from firmhold.engine.ticket import Answer, Reply
from firmhold.store.sql import statement

AT_ONCE = 500
"""Offerings in one round; more follow at once."""

PAUSE = 1.0
"""Seconds between looks at all of them."""

LONGEST_WAIT = 60.0
"""Seconds until an offering is looked at again for which it was nobody's turn, though there was
enough: some limit of those who wait is in the way, and may not be for ever."""

NOWHERE = UUID(int=0)
"""Less than any id."""


class _Tried(NamedTuple):
    """When it was somebody's turn and yet nobody's."""

    seq: int
    """The offering's newest ledger entry by then."""
    again_at: float
    pause: float


class WaitlistKeeper:
    """Any number may run: the engine lets each have their turn once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._after: tuple[Any, Any] = (NOWHERE, NOWHERE)
        self._tried: dict[tuple[Any, Any], _Tried] = {}
        """Offerings that are not worth looking at for a while."""
        self._seen: dict[tuple[Any, Any], _Tried] = {}
        """Those of them that this look at all has come across."""
        self.reconsidered = 0

    async def run_once(self) -> float:
        """Look at some of the offerings that somebody waits for; return the seconds until the next
        look."""
        async with self._engine.database.read_across() as connection:
            found = await connection.fetch(
                statement("workers", "waited_for"), *self._after, AT_ONCE
            )
        now = monotonic()
        ready = [row for row in found if row["ready"] and self._is_worth_it(row, now)]
        replies = await asyncio.gather(
            *(self._reconsider(row) for row in ready),
            # One that fails must not keep the others waiting.
            return_exceptions=True,
        )
        for row, reply in zip(ready, replies, strict=True):
            self._note(row, reply, now)
        if len(found) == AT_ONCE:
            self._after = _key(found[-1])
            return 0.0
        # All have been looked at; who is not waited for any more is forgotten.
        self._after = (NOWHERE, NOWHERE)
        self._tried, self._seen = self._seen, {}
        return PAUSE

    def _is_worth_it(self, row: Any, now: float) -> bool:
        tried = self._tried.get(_key(row))
        if tried is None or tried.seq != row["seq"] or tried.again_at <= now:
            return True
        self._seen[_key(row)] = tried
        return False

    async def _reconsider(self, row: Any) -> Reply:
        organization = f"org_{row['organization_id'].hex}"
        command = Reconsider(offering_id(row["id"], row["kind"]), WAITLIST)
        return await self._engine.submit(organization, command, lambda accepted, now: (200, b""))

    def _note(self, row: Any, reply: Reply | BaseException, now: float) -> None:
        if isinstance(reply, Answer) and isinstance(reply.subject, Offering):
            self.reconsidered += 1
            if reply.subject.seq != row["seq"]:
                return
        tried = self._tried.get(_key(row))
        pause = PAUSE if tried is None or tried.seq != row["seq"] else tried.pause * 2
        pause = min(pause, LONGEST_WAIT)
        self._seen[_key(row)] = _Tried(row["seq"], now + pause, pause)


def _key(row: Any) -> tuple[Any, Any]:
    return row["organization_id"], row["id"]
