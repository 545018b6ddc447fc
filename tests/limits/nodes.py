"""Nodes that keep buckets together, and what is asked of every keeper."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from hypothesis import given, settings
from hypothesis import strategies as st

from firmhold.limits.bucket import Ask, Policy, decide
from firmhold.limits.memory import SharedBuckets
from firmhold.limits.together import CommonLimiter, Keeper
from tests.limits.crowd import processes
from tests.limits.plain import PlainBuckets, ask

SECRET = b"a secret that all nodes have"

QUICK = (
    Policy("quick", 1000, 1),
    Policy("slow", 5, 3600),
    Policy("one", 1, 1),
    Policy("two", 2, 1),
)

# A node of its own, which asks many times at once and says how often it was admitted.
NODE = """
import asyncio, sys
from firmhold.limits import together
from firmhold.limits.memory import SharedBuckets
from firmhold.limits.{module} import {keeper}
from tests.limits.nodes import SECRET
from tests.limits.plain import Policy, ask

# What is to be exact is the counting. A busy machine may be slow.
together.PATIENCE = 60

async def main(where, burst, times):
    limiter = together.CommonLimiter({keeper}(where, SECRET), SharedBuckets.create(8))
    await limiter.open()
    asks = [ask(Policy("shared", burst, 86400)), ask(Policy("wide", 1_000_000, 60))]
    print("true", flush=True)
    sys.stdin.readline()
    got = 0
    for _ in range(times // 50):
        answers = await asyncio.gather(*[limiter.take(asks) for _ in range(50)])
        got += sum(levels.allowed for levels in answers)
    assert not limiter.away
    print(got, flush=True)
    await limiter.close()

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


@asynccontextmanager
async def node(keeper: Keeper) -> AsyncIterator[CommonLimiter]:
    """A node with memory of its own."""
    limiter = CommonLimiter(keeper, SharedBuckets.create(1024))
    await limiter.open()
    try:
        yield limiter
    finally:
        await limiter.close()


async def admitted(limiter: CommonLimiter, times: int, *asks: Ask) -> int:
    """How many of so many requests at once."""
    answers = await asyncio.gather(*[limiter.take(asks) for _ in range(times)])
    return sum(levels.allowed for levels in answers)


async def until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.01)


def assert_it_answers_as_the_rule_does(keeper: Keeper, runner: asyncio.Runner) -> None:
    """Whole batches, by the keeper's own clock."""
    numbers = itertools.count()
    buckets = st.tuples(st.sampled_from(QUICK), st.sampled_from("abc"))
    # Whether tokens are taken, or given back.
    requests = st.tuples(
        st.sampled_from("12"), st.lists(buckets, min_size=1, max_size=4), st.booleans()
    )

    @settings(max_examples=60)
    @given(st.lists(st.lists(requests, min_size=1, max_size=20), max_size=4))
    def follow(story: list[list[tuple[str, list[tuple[Policy, str]], bool]]]) -> None:
        plain, fresh = PlainBuckets(), f"{next(numbers):031x}"
        for batch in story:
            asked = [
                [ask(*one, f"org_{which}{fresh}")._replace(back=back) for one in asks]
                for which, asks, back in batch
            ]
            found = runner.run(keeper.take(asked))
            for asks, had in zip(asked, found, strict=True):
                assert decide(had.asks, had.full_at, had.now) == plain.take(asks, had.now)

    follow()


def assert_four_nodes_get_what_one_bucket_gives(module: str, keeper: str, where: str) -> None:
    """Four processes, two thousand requests."""
    script = NODE.format(module=module, keeper=keeper)
    with processes(4, script, [], where, 700, 500) as nodes:
        assert all(one.hear() for one in nodes)
        for one in nodes:
            one.tell()
        got = sum(one.hear() for one in nodes)
    # One comes back in about two minutes.
    assert 700 <= got <= 701
