"""Background loops: a failed round ends none, and a cancellation ends each."""

from __future__ import annotations

import asyncio

import pytest

from firmhold.workers import loop
from firmhold.workers.loop import run


async def cancelled(task: asyncio.Task[None]) -> bool:
    """Whether the task ends by being cancelled once."""
    task.cancel()
    done, _ = await asyncio.wait([task], timeout=5)
    ended = task in done and task.cancelled()
    task.cancel()
    return ended


async def test_a_round_that_fails_is_followed_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "PAUSE_AFTER_FAILURE", 0.0)
    third = asyncio.Event()
    rounds = 0

    async def once() -> float:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            third.set()
            return 3600.0
        raise ConnectionError

    task = asyncio.create_task(run("test", once))
    await asyncio.wait_for(third.wait(), 5)
    assert rounds == 3
    assert await cancelled(task)


@pytest.mark.parametrize("fails", [True, False])
async def test_a_cancellation_that_a_round_did_not_pass_on_ends_the_loop(fails: bool) -> None:
    """As when the wait for a connection ends at the same moment: a server that is told to stop
    would wait for this loop for ever."""
    waiting = asyncio.Event()

    async def once() -> float:
        waiting.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if fails:
                raise TimeoutError from None
        return 0.0

    task = asyncio.create_task(run("test", once))
    await waiting.wait()
    assert await cancelled(task)
