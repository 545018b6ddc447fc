"""A kind of load: people who work until they are asked to finish.

They repeat what was not answered and enter into the book what was. Which kinds there are is told by
`world.ACTORS`.
"""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

FINISH_SECONDS = 120.0
"""Until everybody has got an answer that is one; a moment if all is well."""


class Actor:
    """People of one kind."""

    most: ClassVar[int | None] = None
    """How many of them there are at most, however many are asked for."""

    def __init__(self) -> None:
        self.stopping = False
        """Whether everybody is asked to finish what they are busy with."""
        self._tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Make what they need, before anything goes wrong."""

    def begin(self, number: int) -> None:
        """Let so many of them work."""
        self.stopping = False
        number = number if self.most is None else min(number, self.most)
        self._tasks = [asyncio.create_task(self.work(n)) for n in range(number)]

    async def finish(self) -> None:
        """Let everyone get the answer they wait for, and stop."""
        self.stopping = True
        deadline = time.monotonic() + FINISH_SECONDS
        while not all(task.done() for task in self._tasks):
            self.check()
            assert time.monotonic() < deadline, "they get no answer any more"
            await asyncio.sleep(0.01)
        self.check()

    def check(self) -> None:
        """Fail if one of them has failed."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    async def work(self, number: int) -> None:
        """What one of them does, until `stopping`."""
        raise NotImplementedError
