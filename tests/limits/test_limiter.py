"""On one node a limit costs a function call."""

from __future__ import annotations

import pytest

from firmhold.limits.bucket import Policy
from firmhold.limits.limiter import Limiter, NodeLimiter
from firmhold.limits.memory import SharedBuckets
from tests.limits.plain import ask


async def test_the_nodes_own_limiter_is_one_like_the_others() -> None:
    limiter: Limiter = NodeLimiter(SharedBuckets.create(64))
    await limiter.open()
    asks = [ask(Policy("holds", 3, 3600))]
    assert [(await limiter.take(asks)).allowed for _ in range(5)] == [True] * 3 + [False] * 2
    await limiter.close()
    assert not (await limiter.take(asks)).allowed, "the buckets are not its own to close"


def test_nothing_else_runs_while_the_node_decides() -> None:
    limiter = NodeLimiter(SharedBuckets.create(64))
    with pytest.raises(StopIteration) as ended:
        limiter.take([ask(Policy("holds", 3, 3600))]).send(None)
    assert ended.value.value.allowed
