"""Owns: what the load generator is told, and what it answers: the words between processes.

A program that puts on load prints an empty line when its measured window begins, another when
it ends, and then a ``LoadResult`` as JSON.
"""

from __future__ import annotations

import sys

import msgspec


class TargetSpec(msgspec.Struct, omit_defaults=True):
    """One kind of request. ``{n}`` in path or body runs through so many numbers, or ``values``."""

    path: str
    method: str = "POST"
    body: str = ""
    variants: int = 1
    values: list[str] = []  # in place of the numbers below ``variants``
    weight: int = 1
    key_header: str = ""
    remember: str = ""  # JSON string field of a 201 answer to keep, with its customer
    recall: bool = False  # {id} in path or body becomes a value that was kept, used once


class LoadSpec(msgspec.Struct, omit_defaults=True):
    url: str
    targets: list[TargetSpec]
    tokens: list[str]
    connections: int = 128
    warmup: float = 1.0
    seconds: float = 5.0
    rate: float = 0.0  # requests per second; 0 is the closed loop
    pause: float = 0.0  # seconds between an answer and the next request, in the closed loop


class Latency(msgspec.Struct):
    """Milliseconds."""

    mean: float
    p50: float
    p95: float
    p99: float
    max: float


class LoadResult(msgspec.Struct):
    requests: int  # answered inside the measured window
    seconds: float
    rate: float
    statuses: dict[str, int]  # inside the window
    all_statuses: dict[str, int]  # warm-up and drain as well: what a proof has to count
    timed_statuses: dict[str, int]  # of the requests that latency is about
    unanswered: int
    connections_lost: int
    latency_ms: Latency  # of requests that were to start inside the window, however late the answer
    cpu_seconds: float  # of this process, inside the window
    cpu_us_per_request: float


def mark_window() -> None:
    """Tell whoever started us that the measured window begins, or ends: an empty line."""
    sys.stdout.write("\n")
    sys.stdout.flush()


def latency_of(seconds: list[float]) -> Latency:
    """Percentiles in milliseconds of times in seconds."""
    if not seconds:
        return Latency(0, 0, 0, 0, 0)
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1000, 3)

    mean = round(sum(ordered) / len(ordered) * 1000, 3)
    return Latency(mean, at(0.5), at(0.95), at(0.99), round(ordered[-1] * 1000, 3))
