"""Something of another server's that is asked for by one for all, and kept for a while.

However many want it at once, one request is under way. That it could not be had is remembered for
a moment too, so that a server that is away is not waited for by everyone in turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PAUSE = 3.0
"""Seconds after which what could not be had is asked for again."""


class Kept(Generic[T]):
    """One such thing."""

    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        """`ask` gets it, and raises if it cannot be had. `seconds`: for how long it is kept."""
        self._ask = ask
        self._seconds = seconds
        self._task: asyncio.Task[T] | None = None
        self._asked_at = float("-inf")

    async def get(self) -> T:
        """It, as it was at most so many seconds ago. Raises what `ask` raises."""
        return await self._at_most(self._seconds)

    async def newer(self, seconds: float) -> T:
        """It, asked for again unless that was less than so many seconds ago. Raises what `ask`
        raises."""
        return await self._at_most(seconds)

    async def _at_most(self, seconds: float) -> T:
        age = time.monotonic() - self._asked_at
        task = self._task
        if task is not None and task.done() and (task.cancelled() or task.exception() is not None):
            seconds = PAUSE
        if task is None or (task.done() and age >= seconds):
            self._asked_at = time.monotonic()
            task = self._task = asyncio.ensure_future(self._ask())
            task.add_done_callback(_noticed)
        # Whoever goes away takes it from nobody else.
        return await asyncio.shield(task)


def _noticed(task: asyncio.Task[T]) -> None:
    """Nobody may be waiting any more to hear what went wrong."""
    if not task.cancelled():
        task.exception()
