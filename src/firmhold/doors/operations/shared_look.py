"""Looks that are for anyone, take something, and are the same for everybody who asks.

No limit concerns the pages of operators: who watches over a server has to see it whatever it goes
through. So however many ask at once, one look is under way, and all of them have what it found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from firmhold.doors.shared.reply import Reply


class SharedLook:
    """One such look."""

    def __init__(self, look: Callable[[], Coroutine[Any, Any, Reply]]) -> None:
        self._look = look
        self._task: asyncio.Task[Reply] | None = None

    async def __call__(self) -> Reply:
        """What the look finds that is under way, else a new one. Raises what it raises."""
        task = self._task
        if task is None or task.done():
            task = self._task = asyncio.create_task(self._look())
        # It is not only for whoever asked first, who may go away.
        return await asyncio.shield(task)
