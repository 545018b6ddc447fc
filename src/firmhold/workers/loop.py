"""How a background loop runs: rounds, pauses, and a failure that does not end it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

PAUSE_AFTER_FAILURE = 1.0
"""Seconds. The database is probably away; the engine finds out when it is back by itself."""

_log = structlog.get_logger(__name__)


async def run(name: str, run_once: Callable[[], Awaitable[float]]) -> None:
    """Run rounds until cancelled. Each returns the seconds to sleep until the next."""
    task = asyncio.current_task()
    assert task is not None
    failing = False
    while True:
        try:
            pause = await run_once()
            failing = False
        except Exception as error:  # noqa: BLE001 - a round may fail, the loop may not
            if not failing:
                _log.warning("background round failed", worker=name, error=repr(error))
            failing = True
            pause = PAUSE_AFTER_FAILURE
        # Who waits for the database and is cancelled as the wait ends may hear of that end instead.
        if task.cancelling():
            raise asyncio.CancelledError
        await asyncio.sleep(pause)
