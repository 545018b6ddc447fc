"""What the doors ask: may this request go on, by all limits that concern it?

Owns the one interface to every way of keeping buckets, and the simplest of them.
"""

from collections.abc import Sequence
from typing import Protocol

from firmhold.limits.bucket import Ask, Levels
from firmhold.limits.memory import SharedBuckets


class Limiter(Protocol):
    """Buckets, wherever they are kept."""

    async def open(self) -> None:
        """Get ready. Never fails: if what should keep the buckets is away, the node does."""

    async def take(self, asks: Sequence[Ask]) -> Levels:
        """Take a token of each bucket, or none of any; each once, however often it is named. Always
        answers, and soon."""

    async def close(self) -> None:
        """Let go of connections."""


class NodeLimiter:
    """Buckets of this node alone: a take is a function call, and nothing else runs meanwhile."""

    def __init__(self, buckets: SharedBuckets) -> None:
        self._buckets = buckets

    async def open(self) -> None:
        """Nothing to get ready."""

    async def take(self, asks: Sequence[Ask]) -> Levels:
        """See `Limiter`."""
        return self._buckets.take(asks)

    async def close(self) -> None:
        """The buckets are left to whoever made them."""
