"""Effects that come one at a time, each in a transaction of its own: once per key, or not at all.

Owns how such an effect is tried again when holds that have ended are in its way. What it is that is
done, and why not, is the business of whoever asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from firmhold.domain.commands import Expire
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Refusal
from firmhold.engine import answers
from firmhold.engine.catalogue import Catalogue, Work
from firmhold.engine.engine import Engine
from firmhold.engine.faults import is_transient
from firmhold.engine.flight import overloaded
from firmhold.engine.ticket import Act, Key, Reply

MOST_ATTEMPTS = 5
"""Times that ended holds are recorded for one effect. Each time there are others, which ended
meanwhile; so many rounds of it are a sign of something else."""


AT_ONCE = 4
"""Effects under way at once in one process. They may have to wait for each other's locks, and must
not wait there with all the connections that batches need."""

_TURNS: WeakKeyDictionary[Engine, asyncio.Semaphore] = WeakKeyDictionary()


class Due(Exception):
    """Holds that have ended are in the way; nothing has been done."""

    def __init__(self, reservations: Collection[str]) -> None:
        super().__init__("holds that have ended are in the way")
        self.reservations = frozenset(reservations)


class Effects(Catalogue):
    """Carries out what changes places, slots and schedules."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.database)
        self._engine = engine

    async def carry_out(self, organization: str, act: Act | None, work: Work) -> Reply:
        """Do the work once. It may raise `Due`: then these holds are recorded as expired, as they
        would be at any rate, and the work is tried again."""
        for _ in range(MOST_ATTEMPTS):
            try:
                async with self._turn():
                    reply = await self.effect(organization, act, work)
            except TimeoutError:
                return overloaded("Too many changes are waiting.")
            except Due as due:
                await self._expire(organization, due.reservations)
                continue
            if act is None or act.key is None or not isinstance(reply, Refusal):
                return reply
            return await self._stored(organization, act.key) or reply
        return overloaded("Too many holds are ending at this moment.")

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, first come, first served. Raises `TimeoutError`."""
        turns = _TURNS.setdefault(self._engine, asyncio.Semaphore(AT_ONCE))
        async with asyncio.timeout(self._engine.limits.patience):
            await turns.acquire()
        try:
            yield
        finally:
            turns.release()

    async def _expire(self, organization: str, reservations: Collection[str]) -> None:
        await asyncio.gather(
            *(
                self._engine.submit(
                    organization, Expire(reservation, CLOCK), lambda accepted, now: (200, b"")
                )
                for reservation in reservations
            )
        )

    async def _stored(self, organization: str, key: Key) -> Reply | None:
        """Whoever loses a race against itself is refused what it has just been given: it gets the
        answer to that."""
        try:
            return await answers.earlier(self._database, organization, key)
        except Exception as error:
            if is_transient(error):
                return None
            raise
