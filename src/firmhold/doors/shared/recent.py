"""How reserving went of late: what Prometheus would say, for a console that has no Prometheus.

Looked at every few seconds and kept for an hour. It is of this node, over all of its processes and
all organizations, as `/metrics` is.
"""

import glob
import os
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import prometheus_client as prometheus
from prometheus_client import multiprocess
from prometheus_client.metrics_core import Metric

EVERY = 10.0
"""Seconds from one look to the next."""

KEPT = timedelta(hours=1)

WINDOW = timedelta(minutes=5)
"""Over which alarms are judged, as in deploy/prometheus/alerts.yml."""

QUANTILE = 0.95

_REQUESTS, _DURATION = "reserve_requests", "reserve_duration_seconds"


class Look(NamedTuple):
    """What all processes had counted at an instant, since they began."""

    at: datetime
    requests: int
    refused: int
    """Answered with 4xx: sold out, above a limit, too often."""
    failed: int
    """Answered with 5xx."""
    within: tuple[tuple[float, int], ...]
    """Upper bounds in seconds, ascending, and how many took no longer."""


class Went(NamedTuple):
    """What came between two looks."""

    requests: int
    refused: int
    failed: int
    p95_seconds: float | None
    """`None`: nobody asked for anything."""
    seconds: float
    """From one to the other."""


class Recent:
    """The looks of the last hour."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock
        self._looks: deque[Look] = deque()

    async def run_once(self) -> float:
        """Look. Returns the seconds until it is time for the next."""
        self.look()
        return EVERY

    def look(self) -> None:
        """Keep what is counted now; forget what is too old."""
        now = self._clock()
        self._looks.append(_look(now, _counted()))
        while self._looks[0].at < now - KEPT:
            self._looks.popleft()

    def went(self) -> Went:
        """How it went over the last minutes, or for as long as the server is there."""
        if not self._looks:
            return Went(0, 0, 0, None, 0.0)
        last = self._looks[-1]
        first = next(look for look in self._looks if look.at >= last.at - WINDOW)
        return between(first, last)

    def series(self, since: datetime, step_seconds: int) -> list[tuple[datetime, Went]]:
        """The same in steps, oldest first; a step ends with the last look in it."""
        last: dict[int, Look] = {}
        before: Look | None = None
        for look in self._looks:
            if look.at < since:
                before = look
            else:
                bucket = int(look.at.timestamp()) // step_seconds * step_seconds
                before = before or look
                last[bucket] = look
        steps = []
        for bucket, look in last.items():
            assert before is not None
            steps.append((datetime.fromtimestamp(bucket, UTC), between(before, look)))
            before = look
        return steps


def between(one: Look, other: Look) -> Went:
    """What came after the one and until the other."""
    known = dict(one.within)
    within = [(bound, count - known.get(bound, 0)) for bound, count in other.within]
    return Went(
        other.requests - one.requests,
        other.refused - one.refused,
        other.failed - one.failed,
        quantile(within, QUANTILE),
        (other.at - one.at).total_seconds(),
    )


def quantile(within: Sequence[tuple[float, int]], share: float) -> float | None:
    """As Prometheus estimates it (`histogram_quantile`): evenly spread between two bounds; of what
    lies above the highest bound, that bound."""
    if not within or not within[-1][1]:
        return None
    wanted = share * within[-1][1]
    lower, fewer = 0.0, 0
    for bound, count in within:
        if count >= wanted:
            if bound == float("inf"):
                return lower
            return lower + (bound - lower) * (wanted - fewer) / (count - fewer)
        lower, fewer = bound, count
    return lower


def _counted() -> Iterable[Metric]:
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder is None:
        return prometheus.REGISTRY.restricted_registry(
            [f"{_REQUESTS}_total", f"{_DURATION}_bucket"]
        ).collect()
    files = [it for kind in ("counter", "histogram") for it in glob.glob(f"{folder}/{kind}_*.db")]
    merged: Iterable[Metric] = multiprocess.MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
    return merged


def _look(now: datetime, counted: Iterable[Metric]) -> Look:
    requests = refused = failed = 0
    within: dict[float, int] = {}
    for sample in (sample for metric in counted for sample in metric.samples):
        if sample.name == f"{_REQUESTS}_total":
            status, count = sample.labels["status"], int(sample.value)
            requests += count
            refused += count if status.startswith("4") else 0
            failed += count if status.startswith("5") else 0
        elif sample.name == f"{_DURATION}_bucket":
            within[float(sample.labels["le"])] = int(sample.value)
    return Look(now, requests, refused, failed, tuple(sorted(within.items())))
