"""An hour of contended load on four processes: does anything grow that should not?

    python -m tests.faults.endurance --seconds 3600 --workers 4 --json FILE

Background loops run as in production, but that stored answers are forgotten after minutes instead
of days, so that the pruner has something to do. Every minute it tells where things stand: memory of
each process, throughput, rows, dead rows and sizes of tables. At the end the tables are written
anew, which shows how much of their size was waste. The exit code is 1 if anything was lost or
oversold, or grows so that it would not go well for a day; the bounds stand below.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.databases import connected
from tests.faults.launcher import ANSWERS_KEPT, LAUNCHER
from tests.faults.leavers import Leavers
from tests.faults.world import World, home

EVERY = 60.0
"""Seconds between two looks."""

FEWEST = 10
"""Looks, however short it is: a line needs points."""

WARM_UP = 0.2
"""Of the time, that no slope is drawn through: caches fill and plans are made."""

LEAST_SECONDS = 1200.0
"""Of a run whose slopes are judged. In less, a cache that fills looks like a leak."""

KEPT_SECONDS = 300
"""Stored answers, instead of two days."""

MOST_GROWTH_MB = 30.0
"""A process may grow by per hour. Five million objects; a leak of one per request is far more."""

MOST_SLOWER = 15.0
"""Per cent per hour that throughput may fall. Neighbours on the machine make more than this in a
few minutes, and not in the same direction for an hour."""

MOST_WASTE = 4.0
"""Times its size anew, that a table that only grows may have with its indexes."""

TABLES = ("offering", "reservation", "reservation_line", "ledger", "idempotency")

SMALL = frozenset({"offering", "idempotency"})
"""A few rows that change all the time, and rows that are deleted: full of room for the next."""

SIZES = """
SELECT c.relname AS name, pg_relation_size(c.oid) AS heap, pg_indexes_size(c.oid) AS indexes,
       s.n_live_tup AS live, s.n_dead_tup AS dead
FROM pg_class AS c JOIN pg_stat_user_tables AS s ON s.relid = c.oid
WHERE c.relname = ANY ($1) AND c.relkind = 'r'
"""


@dataclass
class Look:
    """How things stood at one moment."""

    seconds: float
    acknowledged: int
    memory_mb: dict[int, float]
    tables: dict[str, dict[str, int]]


@dataclass
class Report:
    """All looks, and what they come to."""

    looks: list[Look] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What was lost, oversold or otherwise not as it was acknowledged."""
    beyond: list[str] = field(default_factory=list)
    """What has grown, or become slower, beyond its bounds."""
    waste: dict[str, float] = field(default_factory=dict)
    """By table: size with indexes at the end, as a multiple of what it is once written anew."""
    reservations: int = 0
    expired: int = 0
    bytes_per_reservation: dict[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> list[Look]:
        """The looks after the warm-up."""
        first = self.looks[-1].seconds * WARM_UP
        return [look for look in self.looks if look.seconds >= first]

    def growth(self) -> dict[int, float]:
        """MB per hour that each process has grown by."""
        looks = self.settled
        return {
            pid: 3600 * slope([(it.seconds, it.memory_mb[pid]) for it in looks])
            for pid in looks[-1].memory_mb
            if all(pid in it.memory_mb for it in looks)
        }

    def rates(self) -> list[tuple[float, float]]:
        """Operations per second between each look and the next."""
        pairs = zip(self.settled, self.settled[1:], strict=False)
        return [
            (b.seconds, (b.acknowledged - a.acknowledged) / (b.seconds - a.seconds))
            for a, b in pairs
        ]

    def trend(self) -> float:
        """Per cent of its mean by which throughput changes in an hour."""
        rates = self.rates()
        mean = sum(rate for _, rate in rates) / len(rates)
        return 100 * 3600 * slope(rates) / mean

    def judge(self) -> list[str]:
        """What is beyond the bounds."""
        found = [
            f"{table} is {times:.1f} times as large as it need be"
            for table, times in self.waste.items()
            if times > MOST_WASTE and table not in SMALL
        ]
        if self.looks[-1].seconds < LEAST_SECONDS:
            return found
        found += [
            f"process {pid} grows by {grown:.0f} MB an hour"
            for pid, grown in self.growth().items()
            if grown > MOST_GROWTH_MB
        ]
        if (trend := self.trend()) < -MOST_SLOWER:
            found.append(f"throughput changes by {trend:.0f} % an hour")
        return found

    def lines(self) -> list[str]:
        """For people."""
        rates = [rate for _, rate in self.rates()]
        rows = [
            ("Operations acknowledged", f"{self.looks[-1].acknowledged}"),
            ("Operations per second", f"{min(rates):.0f} to {max(rates):.0f}"),
            ("Throughput's trend, % per hour", f"{self.trend():+.1f}"),
            *(
                (f"Memory of process {pid}, MB per hour", f"{grown:+.1f}")
                for pid, grown in self.growth().items()
            ),
            ("Reservations", f"{self.reservations}"),
            ("  of them expired", f"{self.expired}"),
            *(
                (f"{table}, bytes per reservation", f"{size}")
                for table, size in self.bytes_per_reservation.items()
            ),
            *((f"{table}, times its size anew", f"{it:.2f}") for table, it in self.waste.items()),
            ("Lost, oversold or otherwise wrong", f"{len(self.wrong)}"),
            ("Beyond its bounds", f"{len(self.beyond)}"),
        ]
        return [f"{what:44}{value:>14}" for what, value in rows] + self.wrong[:20] + self.beyond

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "seconds": round(self.looks[-1].seconds),
            "acknowledged": self.looks[-1].acknowledged,
            "per_second": [round(rate, 1) for _, rate in self.rates()],
            "throughput_trend_percent_per_hour": round(self.trend(), 1),
            "memory_growth_mb_per_hour": {pid: round(it, 1) for pid, it in self.growth().items()},
            "reservations": self.reservations,
            "expired": self.expired,
            "bytes_per_reservation": self.bytes_per_reservation,
            "times_size_anew": {table: round(it, 2) for table, it in self.waste.items()},
            "lost": sum("oversold" not in it for it in self.wrong),
            "oversold": sum("oversold" in it for it in self.wrong),
            "wrong": self.wrong,
            "beyond": self.beyond,
            "looks": [vars(look) for look in self.looks],
        }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Of the line that fits the points best."""
    n = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0


async def endure(
    folder: Path, seconds: float, *, workers: int, every: float = EVERY, quiet: bool = True
) -> Report:
    """Let people work for so long, and look at what grows."""
    report = Report()
    every = min(every, seconds / FEWEST)
    async with home(folder, workers) as world:
        # Once more, with less patience for stored answers.
        await asyncio.to_thread(world.server.stop)
        world.server.command, world.server.env = LAUNCHER, {ANSWERS_KEPT: str(KEPT_SECONDS)}
        await asyncio.to_thread(world.server.start)
        world.actors.append(Leavers(world.server, world.token, world.book))
        world.begin()
        began = time.monotonic()
        while True:
            report.looks.append(await _look(world, time.monotonic() - began))
            if not quiet:
                _tell(report)
            left = seconds - (time.monotonic() - began)
            if left <= 0:
                break
            await asyncio.sleep(min(every, left))
            for actor in world.actors:
                actor.check()
        await world.compare()
        report.wrong += world.wrong
        await _weigh(world, report)
    report.beyond = report.judge()
    return report


async def _look(world: World, seconds: float) -> Look:
    memory = {}
    for pid in world.server.processes():
        memory[pid] = round(psutil.Process(pid).memory_info().rss / 1e6, 1)
    return Look(seconds, world.book.acknowledged, memory, await _sizes(world))


async def _sizes(world: World) -> dict[str, dict[str, int]]:
    rows = await connected(world.address.superuser, lambda it: it.fetch(SIZES, TABLES))
    return {row["name"]: {key: it for key, it in row.items() if key != "name"} for row in rows}


async def _weigh(world: World, report: Report) -> None:
    """Compare the tables with what they are when they are written anew."""
    before = await _sizes(world)
    report.reservations = await world.sql("SELECT count(*) FROM reservation")
    report.expired = await world.sql("SELECT count(*) FROM reservation WHERE status = 'expired'")
    for table in TABLES:
        await world.sql(f"VACUUM FULL {table}")
    anew = await _sizes(world)
    for table in TABLES:
        size = before[table]["heap"] + before[table]["indexes"]
        report.waste[table] = size / max(1, anew[table]["heap"] + anew[table]["indexes"])
        report.bytes_per_reservation[table] = round(size / max(1, report.reservations))


def _tell(report: Report) -> None:
    look, last = report.looks[-1], report.looks[-2] if len(report.looks) > 1 else None
    rate = 0.0
    if last is not None:
        rate = (look.acknowledged - last.acknowledged) / (look.seconds - last.seconds)
    dead = sum(it["dead"] for it in look.tables.values())
    size = sum(it["heap"] + it["indexes"] for it in look.tables.values()) / 1e6
    memory = " ".join(f"{it:.0f}" for it in look.memory_mb.values())
    print(
        f"{look.seconds:6.0f} s  {look.acknowledged:9} acknowledged, {rate:6.0f}/s  "
        f"memory {memory} MB  tables {size:.0f} MB, {dead} dead rows",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--every", type=float, default=EVERY, help="seconds between two looks")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--json", type=Path, default=None, help="file for the report")
    given = parser.parse_args()
    random.seed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="firmhold-endurance-"))
    folder.chmod(0o755)
    report = asyncio.run(
        endure(folder, given.seconds, workers=given.workers, every=given.every, quiet=False)
    )
    print("\n" + "\n".join(report.lines()))
    if given.json is not None:
        given.json.write_text(json.dumps(report.as_json(), indent=2) + "\n")
    if report.wrong or report.beyond:
        print(f"The data is kept in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
