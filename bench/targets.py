"""Owns: the figures Firmhold promises, and what the runs of a benchmark say about each.

A ratio is taken within each round, between two runs minutes apart, and the median of the
rounds is judged: what slows the whole machine for a while slows both sides of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from bench.firmhold_time import past_slots
from bench.lab import Run


class Figure(msgspec.Struct):
    name: str
    target: float | None  # None where nothing is promised, and the figure is there to compare
    at_least: bool  # else: at most
    unit: str
    values: list[float]  # one for each round
    cases: list[str] = []  # what it is about, and what that is compared with
    failed: int = 0  # runs of these cases that failed

    @property
    def promised(self) -> str:
        if self.target is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.target:g}{self.suffix}"

    @property
    def suffix(self) -> str:
        """The unit as it stands behind a number; a ratio has none."""
        return "" if self.unit == "×" else f" {self.unit}"

    @property
    def value(self) -> float | None:
        return median(self.values) if self.values else None

    @property
    def reached(self) -> bool | None:
        """None where it was not measured, or nothing is promised. Never by runs that failed."""
        if self.value is None or self.target is None:
            return None
        if self.failed:
            return False
        return self.value >= self.target if self.at_least else self.value <= self.target


class Rounds:
    """Runs by case and round."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = {(run.case, run.round): run for run in runs}
        self._failed = Counter(
            run.case for run in runs if run.fault or (run.proof and not run.proof.ok)
        )
        self._rounds = sorted({run.round for run in runs})

    def failed(self, cases: Sequence[str]) -> int:
        return sum(self._failed[case] for case in cases)

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

    def figure(
        name: str, target: float | None, at_least: bool, unit: str, values: list[float], *cases: str
    ) -> Figure:
        return Figure(name, target, at_least, unit, values, list(cases), of.failed(cases))

    def ratio(name: str, target: float | None, case: str, other: str) -> Figure:
        return figure(name, target, True, "×", of.ratio(case, other), case, other)

    def wait(name: str, target: float, case: str, percentile: str) -> Figure:
        return figure(name, target, False, "ms", of.latency(case, percentile), case)

    def start(name: str, target: float, unit: str, field: str) -> Figure:
        case = "firmhold/start"
        return figure(name, target, False, unit, of.each(case, lambda run: run.extra[field]), case)

    hot, spread, sold_out = "firmhold/hot", "firmhold/spread", "firmhold/sold_out"
    calendar, calendar_aged = "firmhold/calendar", "firmhold/calendar_aged"
    lane, litestar, bare = "nothing_lane/hot", "nothing_litestar/hot", "nothing_asgi/hot"
    pools, row = "firmhold/three_pools", "pgbench/hot_row"
    return [
        ratio("holds/s on one hot item ÷ row-lock", 10, hot, "row_lock/hot"),
        ratio("one hot item ÷ conditional update", None, hot, "conditional_update/hot"),
        ratio("one hot item ÷ one statement per hold", None, hot, "one_statement/hot"),
        ratio("one hot item ÷ nothing done, behind Litestar's router", 0.5, hot, litestar),
        ratio("one hot item ÷ nothing done, on our own lane", None, hot, lane),
        ratio("one hot item ÷ nothing done, on bare ASGI", None, hot, bare),
        ratio(
            "one hot item, with 200 who watch it and a webhook, ÷ one hot item",
            None,
            "firmhold/live",
            hot,
        ),
        ratio(
            "one hot item, with 200 who watch it and a webhook, ÷ row-lock",
            None,
            "firmhold/live",
            "row_lock/hot",
        ),
        ratio("engine alone ÷ pgbench hot row, as many callers", 15, "engine/hot", row),
        ratio(
            "engine alone, four times as many callers, ÷ pgbench hot row", None, "engine/crowd", row
        ),
        ratio("many different items ÷ one hot item", 0.9, spread, hot),
        ratio("refusals ÷ nothing done, behind Litestar's router", 0.7, sold_out, litestar),
        ratio("refusals of a sold-out item ÷ nothing done, on our own lane", None, sold_out, lane),
        ratio("refusals ÷ nothing done, on bare ASGI", None, sold_out, bare),
        ratio("hold with three pools ÷ plain hold, same door", 0.3, pools, "firmhold/items"),
        ratio("hold with three pools ÷ the shop's plain hold", 0.3, pools, spread),
        ratio(f"with {past:,} past reservations ÷ empty", 0.95, "firmhold/aged", hot),
        wait("p99 at half of the highest rate", 20, "firmhold/half_rate", "p99"),
        wait("idle p50", 3, "firmhold/idle", "p50"),
        wait("500 requests/s mixed, p95", 50, "firmhold/mixed", "p95"),
        wait("a month of 10,000 slots at 100 requests/s, p95", 50, calendar, "p95"),
        wait(f"with {past_slots(past):,} past slots, p95", 50, calendar_aged, "p95"),
        figure(
            "p50 with that past ÷ without",
            1.2,
            False,
            "×",
            of.slower(calendar_aged, calendar),
            calendar_aged,
            calendar,
        ),
        start("first answer after serve on a fresh directory", 3, "s", "first_answer_s"),
        start("resident memory per worker, idle", 150, "MB", "worker_mb"),
    ]
