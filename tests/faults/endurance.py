"""A long time of contended load on four processes: does anything grow that should not?

    python -m tests.faults.endurance --seconds 3600 --workers 4 --json FILE

Background loops run as in production, but that stored answers are forgotten after minutes instead
of days, so that the pruner has something to do. Every minute it tells where things stand: memory of
each process, throughput, rows, dead rows and sizes of tables. At the end the tables are written
anew, which shows how much of their size was waste. The exit code is 1 if anything was lost or
oversold, if a process did not last, or if something grows so that it would not go well for a day;
the bounds stand below. A short run says what it cannot judge.
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

from tests.faults.book import Wrong, numbers
from tests.faults.launcher import ANSWERS_KEPT, LAUNCHER
from tests.faults.leavers import Leavers
from tests.faults.servers import Customers, stock
from tests.faults.weights import TABLES, memory, oldest_answer, sizes
from tests.faults.world import World, home
from tests.origin import origin

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

MOST_WASTE_OF = {"offering": 50.0, "idempotency": 10.0}
"""The same of tables in which nothing stays: a few rows that change all the time, and rows that are
deleted. They are full of room for the next."""

MOST_LEFT = {"offering": 5.0, "idempotency": 200.0}
"""Bytes by which those may grow with each operation, once as much is forgotten as is stored. Each
operation writes some hundreds into them; what is not used again is lost for good."""

PRUNING_SECONDS = 60.0
"""That an answer may be there for longer than it is kept: for rounds of the pruner."""

CUSTOMERS = 80
SKUS = {"endurance-1": 9, "endurance-2": 9, "endurance-3": 9}
"""What they want, and how many of each: with those of the leavers, fewer units than customers."""

LEFT = 4
"""Reservations that are left alive, of two units of one kind at most: some of each always change
hands."""

LEAST_REFUSED = 0.1
"""Of those who want something, the part that has to find it sold out. Else it is no contended
load."""


@dataclass
class Look:
    """How things stood at one moment."""

    seconds: float
    acknowledged: int
    memory_mb: dict[str, float]
    tables: dict[str, dict[str, int]]
    oldest_answer: float
    """Seconds since it was stored."""


@dataclass
class Report:
    """All looks, and what they come to."""

    looks: list[Look] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    """What was lost, oversold or otherwise not as it was acknowledged."""
    beyond: list[str] = field(default_factory=list)
    """What has grown, or become slower, beyond its bounds."""
    waste: dict[str, float] = field(default_factory=dict)
    """By table: size with indexes at the end, as a multiple of what it is once written anew."""
    reservations: int = 0
    expired: int = 0
    refused: int = 0
    """Holds for which there were no units."""
    bytes_per_reservation: dict[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> list[Look]:
        """The looks after the warm-up."""
        first = self.looks[-1].seconds * WARM_UP
        return [look for look in self.looks if look.seconds >= first]

    def replaced(self) -> list[str]:
        """Processes that were not there all the time. What they had leaked is gone with them."""
        first = self.looks[0].memory_mb.keys()
        names = {name for look in self.looks for name in look.memory_mb.keys() ^ first}
        return [f"{name} was not there all the time" for name in sorted(names)]

    def growth(self) -> dict[str, float]:
        """MB per hour that each process has grown by, of those that were there all the time."""
        looks = self.settled
        return {
            name: 3600 * slope([(it.seconds, it.memory_mb[name]) for it in looks])
            for name in looks[-1].memory_mb
            if all(name in it.memory_mb for it in looks)
        }

    def left(self) -> dict[str, float]:
        """Bytes that are left with each operation in tables in which nothing is to stay."""
        looks = [it for it in self.looks if it.seconds >= 2 * KEPT_SECONDS]
        return {
            table: slope([(it.acknowledged, _bytes(it.tables[table])) for it in looks])
            for table in MOST_LEFT
            if looks
        }

    @property
    def forgotten(self) -> int:
        """Stored answers, by the pruner."""
        return self.looks[-1].tables["idempotency"]["deleted"]

    def refused_part(self) -> float:
        """Of all holds that were asked for and answered."""
        return self.refused / max(1, self.refused + self.reservations)

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
            if times > MOST_WASTE_OF.get(table, MOST_WASTE)
        ]
        if (part := self.refused_part()) < LEAST_REFUSED:
            found.append(f"only {100 * part:.0f} % found it sold out, so the load is not contended")
        found += self._kept_too_long()
        if self.not_judged():
            return found
        found += [
            f"{table} keeps {bytes_:.0f} bytes of each operation"
            for table, bytes_ in self.left().items()
            if bytes_ > MOST_LEFT[table]
        ]
        found += [
            f"{name} grows by {grown:.0f} MB an hour"
            for name, grown in self.growth().items()
            if grown > MOST_GROWTH_MB
        ]
        if (trend := self.trend()) < -MOST_SLOWER:
            found.append(f"throughput changes by {trend:.0f} % an hour")
        return found

    def _kept_too_long(self) -> list[str]:
        """Whether the pruner has done its work since there is some."""
        pruned = [it for it in self.looks if it.seconds > KEPT_SECONDS + PRUNING_SECONDS]
        if not pruned:
            return []
        found = []
        if not self.forgotten:
            found.append("no stored answer was ever forgotten")
        if (age := max(it.oldest_answer for it in pruned)) > KEPT_SECONDS + PRUNING_SECONDS:
            found.append(f"an answer was stored for {age:.0f} s, not for {KEPT_SECONDS}")
        return found

    def not_judged(self) -> list[str]:
        """What nothing can be said about, and why."""
        seconds = self.looks[-1].seconds
        if seconds >= LEAST_SECONDS:
            return []
        why = f"{seconds:.0f} s are less than {LEAST_SECONDS:.0f}"
        return [f"slopes of memory, throughput and sizes: {why}"]

    def lines(self) -> list[str]:
        """For people."""
        rates = [rate for _, rate in self.rates()]
        rows = [
            ("Operations acknowledged", f"{self.looks[-1].acknowledged}"),
            ("Operations per second", f"{min(rates):.0f} to {max(rates):.0f}"),
            ("Throughput's trend, % per hour", f"{self.trend():+.1f}"),
            *(
                (f"Memory of {name}, MB per hour", f"{grown:+.1f}")
                for name, grown in self.growth().items()
            ),
            ("Reservations", f"{self.reservations}"),
            ("  of them expired", f"{self.expired}"),
            ("Found it sold out, %", f"{100 * self.refused_part():.0f}"),
            ("Stored answers forgotten", f"{self.forgotten}"),
            *(
                (f"{table}, bytes left per operation", f"{it:+.1f}")
                for table, it in self.left().items()
            ),
            *(
                (f"{table}, bytes per reservation", f"{size}")
                for table, size in self.bytes_per_reservation.items()
            ),
            *((f"{table}, times its size anew", f"{it:.2f}") for table, it in self.waste.items()),
            ("Lost, oversold or otherwise wrong", f"{len(self.wrong)}"),
            ("Beyond its bounds", f"{len(self.beyond)}"),
        ]
        told = [f"{what:44}{value:>14}" for what, value in rows]
        told += [f"NOT JUDGED: {what}" for what in self.not_judged()]
        told += [f"{kind}: {what}" for kind, what in self.wrong[:20]]
        return told + self.beyond

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "seconds": round(self.looks[-1].seconds),
            "acknowledged": self.looks[-1].acknowledged,
            "per_second": [round(rate, 1) for _, rate in self.rates()],
            "throughput_trend_percent_per_hour": round(self.trend(), 1),
            "memory_growth_mb_per_hour": {name: round(it, 1) for name, it in self.growth().items()},
            "bytes_left_per_operation": {table: round(it, 1) for table, it in self.left().items()},
            "answers_forgotten": self.forgotten,
            "refused_percent": round(100 * self.refused_part(), 1),
            "reservations": self.reservations,
            "expired": self.expired,
            "bytes_per_reservation": self.bytes_per_reservation,
            "times_size_anew": {table: round(it, 2) for table, it in self.waste.items()},
            **numbers(self.wrong),
            "wrong": [what for _, what in self.wrong],
            "beyond": self.beyond,
            "not_judged": self.not_judged(),
            "looks": [vars(look) for look in self.looks],
        }


def _bytes(table: dict[str, int]) -> int:
    return table["heap"] + table["indexes"]


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
        await _crowd(world)
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
        report.wrong += [*world.wrong, *(Wrong("otherwise", it) for it in report.replaced())]
        report.refused = world.book.answers["refused"]
        await _weigh(world, report)
    report.beyond = report.judge()
    return report


async def _crowd(world: World) -> None:
    """Let more people work than there are units."""
    await stock(world.server, world.token, SKUS)
    world.customers = Customers(world.server, world.token, list(SKUS), world.book, kept=LEFT)
    leavers = Leavers(world.server, world.token, world.book)
    world.actors = [world.customers, *world.actors[1:], leavers]
    for actor in world.actors:
        actor.begin(CUSTOMERS)


async def _look(world: World, seconds: float) -> Look:
    return Look(
        seconds,
        world.book.acknowledged,
        memory(world.server),
        await sizes(world.address),
        await oldest_answer(world.address),
    )


async def _weigh(world: World, report: Report) -> None:
    """Compare the tables with what they are when they are written anew."""
    before = await sizes(world.address)
    report.reservations = await world.sql("SELECT count(*) FROM reservation")
    report.expired = await world.sql("SELECT count(*) FROM reservation WHERE status = 'expired'")
    for table in TABLES:
        await world.sql(f"VACUUM FULL {table}")
    anew = await sizes(world.address)
    for table in TABLES:
        size = _bytes(before[table])
        report.waste[table] = size / max(1, _bytes(anew[table]))
        report.bytes_per_reservation[table] = round(size / max(1, report.reservations))


def _tell(report: Report) -> None:
    look, last = report.looks[-1], report.looks[-2] if len(report.looks) > 1 else None
    rate = 0.0
    if last is not None:
        rate = (look.acknowledged - last.acknowledged) / (look.seconds - last.seconds)
    dead = sum(it["dead"] for it in look.tables.values())
    size = sum(map(_bytes, look.tables.values())) / 1e6
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
    whence = origin()
    random.seed()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="firmhold-endurance-"))
    folder.chmod(0o755)
    report = asyncio.run(
        endure(folder, given.seconds, workers=given.workers, every=given.every, quiet=False)
    )
    print("\n" + "\n".join(report.lines()))
    if given.json is not None:
        told = {"origin": whence, "workers": given.workers, **report.as_json()}
        given.json.write_text(json.dumps(told, indent=2) + "\n")
    if report.wrong or report.beyond:
        print(f"The data is kept in {folder}")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
