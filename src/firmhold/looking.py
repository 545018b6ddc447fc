"""Looks that several want at once, and that find the same for all of them.

However many ask meanwhile, one look is under way for each name, and all of them have what it found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from firmhold.request import apart

Found = TypeVar("Found")


class SharedLooks(Generic[Found]):
    """Those of one kind."""

    def __init__(self) -> None:
        self._under_way: dict[str, asyncio.Task[Found]] = {}

    async def look(self, name: str, begin: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
        """What the look of this name finds that is under way, else a new one, which `begin` is.
        Raises what it raises."""
        task = self._under_way.get(name)
        if task is None or task.done():
            # It is not only for whoever asked first: no part of their request, nor over with it.
            task = self._under_way[name] = asyncio.create_task(begin(), context=apart())
            task.add_done_callback(lambda done: self._over(name, done))
        return await asyncio.shield(task)

    def _over(self, name: str, done: asyncio.Task[Found]) -> None:
        if self._under_way.get(name) is done:
            del self._under_way[name]
        if not done.cancelled():
            done.exception()  # which everybody has who still asks
