"""Owns: what the measurements of a run say about a promise that it misses.

Every number in a sentence is of the same run as the figure; what was not measured is not guessed.
Rates are explained by processor time: the cores can do no more of a thing in a second than fit into
it, whatever the order. Waiting is explained by the disk and by how busy the processors were.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from bench.lab import Run
from bench.report import Report
from bench.targets import Figure

FLUSH = "disk/flush"
LANE = "nothing_lane/hot"
HOT = "firmhold/hot"
LIVE = "firmhold/live"
HOT_ROW, BEST_ROW = "pgbench/hot_row", "pgbench/best"
UNKNOWN = "No measurement of this run explains it."


class Explained:
    """What is known of each case: medians of its rounds."""

    def __init__(self, report: Report) -> None:
        self._runs = report.runs
        self.cores = float(report.machine["cores"])

    def missed(self, figure: Figure) -> str:
        """Why this figure is not what was promised."""
        if figure.failed:
            return "Runs that it is about failed, see above."
        if figure.cases and figure.at_least:
            return self._rate(figure) or UNKNOWN
        if figure.cases and figure.unit == "ms":
            return self._wait(figure.cases[0]) or UNKNOWN
        return UNKNOWN

    def _rate(self, figure: Figure) -> str | None:
        case, other = figure.cases
        costs, beside = self._costs(case), self._middle(other, lambda run: run.rate)
        if costs is None or beside is None or figure.target is None:
            return None
        server, database, load = costs
        all_cores, thread = self.cores * 1e6 / sum(costs), 1e6 / server
        ratio = min(all_cores, thread) / beside
        if ratio < figure.target:
            verdict = "so no order of this work could keep the promise here"
        else:
            rate = self._middle(case, lambda run: run.rate) or 0
            verdict = f"{rate / min(all_cores, thread):.0%} of that was reached"
        words = [
            f"One of `{case}` takes {_times(server, database, load)} of processor time.",
            f"{self.cores:g} cores can do {all_cores:,.0f} of them in a second at most, whatever "
            f"the order, and the server's one thread {thread:,.0f}.",
            f"The lower of the two is {ratio:.3g} × `{other}`: {verdict}.",
        ]
        if (other_costs := self._costs(other)) is not None:
            words.append(f"One of `{other}` takes {_times(*other_costs)}.")
        return " ".join(words)

    def _wait(self, case: str) -> str | None:
        costs = self._costs(case)
        if costs is None:
            return None
        server, database, _ = costs
        p50, p95, p99 = (self._latency(case, name) for name in ("p50", "p95", "p99"))
        busy = self._middle(case, lambda run: run.cpu.service * self.cores if run.cpu else None)
        machine, elsewhere = self._middle(case, _busy), self._middle(case, _elsewhere)
        words = [
            f"`{case}` waits {p50:.3g} ms in the middle, {p95:.3g} at p95 and {p99:.3g} at p99.",
            self._disk(case),
            f"For each of them the server worked {server / 1000:.2g} ms and PostgreSQL "
            f"{database / 1000:.2g} ms; the server's thread was busy {busy:.0%} of the time and "
            f"the machine {machine:.0%}, {elsewhere:.0%} by other programs.",
        ]
        return " ".join(filter(None, words))

    def _disk(self, case: str) -> str | None:
        """What a flush has to do with it, for a case that writes."""
        shared = self._middle(case, _shared)
        p50, p99 = self._latency(FLUSH, "p50"), self._latency(FLUSH, "p99")
        waited, rate = self._latency(case, "p50"), self._middle(case, lambda run: run.rate)
        if shared is None or p50 is None or p99 is None or waited is None or rate is None:
            return None
        flushing = rate / shared * p50 / 1000
        return (
            f"A flush of the disk alone took {p50:.3g} ms in the middle and {p99:.3g} at p99; "
            f"a commit carried {shared:.3g} entries of the ledger, so flushes took about "
            f"{flushing:.0%} of the time, and {max(waited - p50, 0):.3g} ms in the middle are "
            f"something else."
        )

    def disk(self) -> str | None:
        """How long a flush takes, and what commits one at a time come to with it."""
        p50 = self._latency(FLUSH, "p50")
        row, best = (self._middle(case, lambda run: run.rate) for case in (HOT_ROW, BEST_ROW))
        if p50 is None or row is None or best is None:
            return None
        return (
            f"**The disk.** A flush took {p50:.3g} ms. `{HOT_ROW}` committed {row:,.0f} times a "
            f"second and `{BEST_ROW}` {best:,.0f}. The quicker a flush is, the less a batch saves."
        )

    def lane(self) -> str | None:
        """How much of a hold's cost is the request itself."""
        hold, nothing = self._costs(HOT), self._costs(LANE)
        if hold is None or nothing is None:
            return None
        return (
            f"**The server's one thread.** A hold costs it {hold[0]:.0f} µs, a request on the same "
            f"lane that does nothing {nothing[0]:.0f}."
        )

    def telling(self) -> str | None:
        """What it costs that others are told."""
        hold, told = self._costs(HOT), self._costs(LIVE)
        if hold is None or told is None:
            return None
        return (
            f"**That others are told.** One of `{LIVE}`, with its part of 200 subscribers' frames "
            f"and a delivery to a webhook, takes {_times(*told)}; one of `{HOT}` "
            f"{_times(*hold)}."
        )

    def _costs(self, case: str) -> tuple[float, float, float] | None:
        """Microseconds of CPU for each: of the server, PostgreSQL, the load generator."""
        runs = [run for run in self._runs if run.case == case and run.cpu and run.rate]
        if not runs:
            return None
        costs = [run.cost(self.cores) for run in runs]
        return (
            median(server for server, _ in costs),
            median(database for _, database in costs),
            median(run.loadgen_us for run in runs),
        )

    def _latency(self, case: str, percentile: str) -> float | None:
        def read(run: Run) -> float | None:
            return float(getattr(run.latency_ms, percentile)) if run.latency_ms else None

        return self._middle(case, read)

    def _middle(self, case: str, read: Callable[[Run], float | None]) -> float | None:
        """The median over the rounds that have it, or None."""
        found = [read(run) for run in self._runs if run.case == case]
        values = [value for value in found if value is not None]
        return median(values) if values else None


def _busy(run: Run) -> float | None:
    cpu = run.cpu
    return cpu.service + cpu.database + cpu.loadgen + cpu.elsewhere if cpu else None


def _elsewhere(run: Run) -> float | None:
    return run.cpu.elsewhere if run.cpu else None


def _shared(run: Run) -> float | None:
    return run.written.per_transaction if run.written else None


def _times(server: float, database: float, load: float) -> str:
    parts = (("the server", server), ("PostgreSQL", database), ("the load generator", load))
    return ", ".join(f"{name} {time:,.0f} µs" for name, time in parts if round(time))
