"""Coalesced look-ups: concurrent questions for single keys become one query for many.

The same idea as the batcher's, for reading: what is asked while a query is under way is answered
by the next one. A query is about one organization, as a batch is; the others have their turn after.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Generic, NamedTuple, TypeVar

V = TypeVar("V")

AT_ONCE = 1000
"""Keys in one query."""

REMEMBERED = 20_000
"""Answers kept. They never change, so they are only dropped for room, oldest first."""


class InOrganization(NamedTuple):
    """A key. Everything is known within one organization only."""

    organization: str
    value: str


K = InOrganization


class Lookup(Generic[V]):
    """Answers `key → value` where the value, once there, never changes."""

    def __init__(self, load: Callable[[str, list[K]], Awaitable[dict[K, V]]]) -> None:
        """`load` answers many keys of an organization at once and leaves out those it does not
        know."""
        self._load = load
        # Ordered, because taking the oldest from a plain dict slows down with every one taken.
        self._known: OrderedDict[K, V] = OrderedDict()
        self._asked: dict[K, asyncio.Future[V | None]] = {}
        self._task: asyncio.Task[None] | None = None

    def known(self, key: K) -> V | None:
        """The value, if it can be told without asking the database."""
        return self._known.get(key)

    def remember(self, key: K, value: V) -> None:
        """Take note of an answer that was come by otherwise."""
        if key not in self._known and len(self._known) >= REMEMBERED:
            self._known.popitem(last=False)
        self._known[key] = value

    async def get(self, key: K) -> V | None:
        """The value for this key, or `None` if there is none (yet)."""
        value = self._known.get(key)
        if value is not None:
            return value
        future = self._asked.get(key)
        if future is None:
            future = self._asked[key] = asyncio.get_running_loop().create_future()
            if self._task is None:
                self._task = asyncio.create_task(self._run())
        # Shielded: several callers wait for the same future, and one may go away.
        return await asyncio.shield(future)

    async def _run(self) -> None:
        try:
            while self._asked:
                whose = next(iter(self._asked)).organization
                same = (key for key in self._asked if key.organization == whose)
                keys = list(islice(same, AT_ONCE))
                futures = [self._asked.pop(key) for key in keys]
                await self._answer(whose, keys, futures)
        finally:
            self._task = None
            # Left over only if this task was cancelled: nobody else would answer them.
            for future in self._asked.values():
                future.cancel()
            self._asked.clear()

    async def _answer(
        self, whose: str, keys: list[K], futures: "list[asyncio.Future[V | None]]"
    ) -> None:
        try:
            found = await self._load(whose, keys)
        except BaseException as error:
            for future in futures:
                if not future.done():
                    future.set_exception(error)
                    future.exception()  # seen, even if nobody waits any more
            if not isinstance(error, Exception):
                raise
            return
        for key, future in zip(keys, futures, strict=True):
            value = found.get(key)
            if value is not None:
                self.remember(key, value)
            if not future.done():
                future.set_result(value)
