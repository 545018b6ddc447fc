"""What the load generator says about a service that stalls, refuses or does not answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from bench import loadgen
from bench.load_spec import LoadResult, LoadSpec, TargetSpec

RATE = 200.0
WARMUP, SECONDS = 0.1, 0.4
STALL = 0.3
Answer = Callable[[float], tuple[float, int]]
"""From the time since the first request to when the answer is due by that clock, and its status."""


@asynccontextmanager
async def service(answer: Answer) -> AsyncIterator[str]:
    """A service on a port of its own; its address."""
    began: float | None = None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal began
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                began = time.perf_counter() if began is None else began
                now = time.perf_counter() - began
                due, status = answer(now)
                await asyncio.sleep(max(0.0, due - now))
                writer.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def load(answer: Answer, connections: int = 2) -> LoadResult:
    async with service(answer) as url:
        spec = LoadSpec(
            url=url,
            targets=[TargetSpec("/", method="GET")],
            tokens=["token"],
            connections=connections,
            warmup=WARMUP,
            seconds=SECONDS,
            rate=RATE,
        )
        return await loadgen.OpenLoop(spec).run()


def stalled_at_the_end(now: float) -> tuple[float, int]:
    """Nothing is answered from a little before the window closes until long after."""
    closes = WARMUP + SECONDS
    if now < closes - STALL / 2:
        return now, 200
    return max(now, closes + STALL), 503


async def test_a_stall_at_the_end_is_charged_to_all_that_were_to_start_in_the_window() -> None:
    result = await load(stalled_at_the_end)
    timed = sum(result.timed_statuses.values())
    assert timed == pytest.approx(RATE * result.seconds, abs=2)
    assert result.latency_ms.max >= STALL * 1000
    assert result.timed_statuses["503"] > 2, "those that waited for a connection are sent yet"
    assert "503" not in result.statuses, "they are not answered inside the window"
    assert result.unanswered == 0
    assert result.rate < RATE * 0.98


@pytest.mark.parametrize("connections", [2, 256], ids=["some are not even sent", "all are sent"])
async def test_a_request_that_is_never_answered_counts_with_the_time_it_was_waited_for(
    monkeypatch: pytest.MonkeyPatch, connections: int
) -> None:
    monkeypatch.setattr(loadgen, "DRAIN_SECONDS", STALL)
    result = await load(lambda now: (now if now < WARMUP / 2 else 3600.0, 200), connections)
    assert 2 <= result.unanswered <= connections
    assert result.latency_ms.p50 >= STALL * 1000


async def test_what_started_before_the_window_is_not_in_its_latency() -> None:
    result = await load(lambda now: (max(now, WARMUP + 0.05), 200), connections=64)
    assert result.all_statuses["200"] > result.timed_statuses["200"]
    assert sum(result.statuses.values()) > result.timed_statuses["200"]
