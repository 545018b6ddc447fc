"""Owns: the figures Firmhold promises, and what the runs of a benchmark say about each.

A ratio is taken within each round, between two runs minutes apart, and the median of the
rounds is judged: what slows the whole machine for a while slows both sides of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from bench.firmhold_time import past_slots
from bench.lab import Run


class Figure(msgspec.Struct):
    name: str
    target: float
    at_least: bool  # else: at most
    unit: str
    values: list[float]  # one for each round

    @property
    def value(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def reached(self) -> bool | None:
        """None where it was not measured."""
        if self.value is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


class Rounds:
    """Runs by case and round."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = {(run.case, run.round): run for run in runs}
        self._rounds = sorted({run.round for run in runs})

    def ratio(self, case: str, other: str) -> list[float]:
        return [round(a.rate / b.rate, 3) for a, b in self._pairs(case, other) if b.rate]

    def slower(self, case: str, other: str) -> list[float]:
        """How many times as long half of the answers take."""
        middle = [
            (a.latency_ms.p50, b.latency_ms.p50)
            for a, b in self._pairs(case, other)
            if a.latency_ms and b.latency_ms
        ]
        return [round(a / b, 3) for a, b in middle if b]

    def _pairs(self, case: str, other: str) -> list[tuple[Run, Run]]:
        pairs = [(self._runs.get((case, n)), self._runs.get((other, n))) for n in self._rounds]
        return [(a, b) for a, b in pairs if a and b]

    def each(self, case: str, read: Callable[[Run], float]) -> list[float]:
        return [read(self._runs[case, n]) for n in self._rounds if (case, n) in self._runs]

    def latency(self, case: str, percentile: str) -> list[float]:
        return self.each(
            case, lambda run: float(getattr(run.latency_ms, percentile)) if run.latency_ms else 0.0
        )


def figures(runs: Sequence[Run], past: int) -> list[Figure]:
    of = Rounds(runs)

    def at_least(name: str, target: float, values: list[float]) -> Figure:
        return Figure(name, target, True, "×", values)

    def at_most(name: str, target: float, unit: str, values: list[float]) -> Figure:
        return Figure(name, target, False, unit, values)

    hot, sold_out, ceiling = "firmhold/hot", "firmhold/sold_out", "nothing_litestar/hot"
    return [
        at_least("holds/s on one hot item ÷ row-lock", 10, of.ratio(hot, "row_lock/hot")),
        at_least("the same ÷ do-nothing ceiling", 0.5, of.ratio(hot, ceiling)),
        at_least("engine alone ÷ pgbench hot row", 15, of.ratio("engine/hot", "pgbench/hot_row")),
        at_least("many different items ÷ one hot item", 0.9, of.ratio("firmhold/spread", hot)),
        at_least("refusals of a sold-out item ÷ ceiling", 0.7, of.ratio(sold_out, ceiling)),
        at_least(
            "hold with three pools ÷ plain hold, same door",
            0.3,
            of.ratio("firmhold/three_pools", "firmhold/items"),
        ),
        at_least(
            "the same ÷ the shop's plain hold",
            0.3,
            of.ratio("firmhold/three_pools", "firmhold/spread"),
        ),
        at_least(f"with {past:,} past reservations ÷ empty", 0.95, of.ratio("firmhold/aged", hot)),
        at_most(
            "p99 at half of the highest rate", 20, "ms", of.latency("firmhold/half_rate", "p99")
        ),
        at_most("idle p50", 3, "ms", of.latency("firmhold/idle", "p50")),
        at_most("500 requests/s mixed, p95", 50, "ms", of.latency("firmhold/mixed", "p95")),
        at_most(
            "a month of 10,000 slots at 100 requests/s, p95",
            50,
            "ms",
            of.latency("firmhold/calendar", "p95"),
        ),
        at_most(
            f"with {past_slots(past):,} past slots, p95",
            50,
            "ms",
            of.latency("firmhold/calendar_aged", "p95"),
        ),
        at_most(
            "p50 with that past ÷ without",
            1.2,
            "×",
            of.slower("firmhold/calendar_aged", "firmhold/calendar"),
        ),
        at_most(
            "first answer after serve on a fresh directory",
            3,
            "s",
            of.each("firmhold/start", lambda run: run.extra["first_answer_s"]),
        ),
        at_most(
            "resident memory per worker, idle",
            150,
            "MB",
            of.each("firmhold/start", lambda run: run.extra["worker_mb"]),
        ),
    ]
