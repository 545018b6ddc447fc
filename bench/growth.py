"""Owns: how Firmhold's rate and cost change as things grow. ``python -m bench.growth --help``.

One curve for each thing that grows, measured over HTTP with all guards on: past reservations,
different items, customers, lines per hold, server processes. Every round measures each point of a
curve, every second round backwards; a point is compared with the first one of its round. Beside
the rate stands what one hold costs: processor time of server and PostgreSQL, bytes of tables with
their indexes, and bytes of write-ahead log.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec
from rich.console import Console
from rich.table import Table

from bench import firmhold_stock as stock
from bench import record
from bench.firmhold_http import shop
from bench.growth_plot import draw
from bench.lab import CORES, KEY_HEADER, SKU, Lab, Options, Run, hold_one
from bench.load_spec import TargetSpec
from bench.process import QUIET, wait_until_quiet
from bench.servers import Postgres, Valkey

ASSORTMENT = 1_000  # items from which holds of several lines choose
CARTS = 500  # different holds of several lines


class Point(msgspec.Struct):
    """One place on a curve, in one round."""

    x: int
    rate: float  # holds per second
    server_us: float  # CPU of the server's processes per hold
    database_us: float
    table_bytes: float  # per hold, with indexes
    wal_bytes: float
    p99_ms: float
    elsewhere: float  # share of the machine that other programs took
    round: int = 0


class Curve(msgspec.Struct):
    name: str
    of: str  # what grows, as the axis says it
    points: list[Point]

    def middle(self, x: int, read: Callable[[Point], float]) -> float:
        """The median over the rounds at this place."""
        return median(read(point) for point in self.points if point.x == x)

    def ratio(self, x: int) -> float:
        """The rate beside that of the curve's first place, in the same round."""
        first = {p.round: p.rate for p in self.points if p.x == self.places[0]}
        return median(p.rate / first[p.round] for p in self.points if p.x == x)

    def cost(self, x: int) -> tuple[float, float]:
        """Microseconds of CPU per hold: of the server, of PostgreSQL."""
        return self.middle(x, lambda p: p.server_us), self.middle(x, lambda p: p.database_us)

    @property
    def places(self) -> list[int]:
        return sorted({point.x for point in self.points})


@dataclass(frozen=True)
class Growth:
    """What grows, where it is looked at, and what is different there."""

    name: str
    of: str
    places: Sequence[int]
    items: Callable[[int], int] = lambda _: 1
    history: Callable[[int], int] = lambda _: 0
    customers: Callable[[int], int | None] = lambda _: None
    workers: Callable[[int], int] = lambda _: 1
    target: Callable[[int], TargetSpec] = lambda _: hold_one()
    lines: Callable[[int], int] = lambda _: 1


def growths(past: int) -> list[Growth]:
    """All curves. The last place of the history is ``past``."""
    history = [0, *(n for n in (100_000, 1_000_000) if n < past), past]
    return [
        Growth(
            "history",
            "past reservations",
            history,
            items=lambda x: stock.HISTORY_ITEMS if x else 1,
            history=lambda x: x,
        ),
        Growth(
            "items",
            "different items on sale",
            (1, 10, 100, 1_000, 10_000),
            items=lambda x: x,
            target=lambda x: hold_one(SKU, x),
        ),
        Growth(
            "customers", "customers who take turns", (100, 1_000, 10_000, 50_000),
            customers=lambda x: x,
        ),
        Growth(
            "lines",
            "lines per hold, of a thousand items",
            (1, 2, 5, 10, 20),
            items=lambda _: ASSORTMENT,
            target=cart,
            lines=lambda x: x,
        ),
        Growth("processes", "server processes", (1, 2, 4), workers=lambda x: x),
    ]  # fmt: skip


def cart(lines: int) -> TargetSpec:
    """A hold of one unit of each of so many items, through the native API."""
    choose = random.Random(lines)
    carts = [
        ",".join(
            f'{{"sku":"{SKU.replace("{n}", str(n))}","quantity":1}}'
            for n in choose.sample(range(ASSORTMENT), lines)
        )
        for _ in range(CARTS)
    ]
    return TargetSpec(
        "/v1/reservations", body='{"lines":[{n}]}', values=carts, key_header=KEY_HEADER
    )


async def measure(lab: Lab, growth: Growth, x: int) -> Point:
    """One point; raises if the proof fails."""
    customers = growth.customers(x)
    before_customers = lab.options.customers
    lab.options.customers = customers or before_customers
    try:
        async with shop(
            lab, growth.items(x), history=growth.history(x), workers=growth.workers(x)
        ) as open_shop:
            name = f"{growth.name}={x}"
            run = await open_shop.load(lab, name, [growth.target(x)], lines=growth.lines(x))
    finally:
        lab.options.customers = before_customers
    return _point(x, run)


def _point(x: int, run: Run) -> Point:
    proof, written = run.proof, run.written
    server_us, database_us = run.cost(CORES)
    assert run.cpu is not None and proof is not None and run.latency_ms is not None
    assert written is not None
    if not proof.ok:
        raise RuntimeError(f"{run.case}: proof failed: {proof}")
    if run.fault:
        raise RuntimeError(f"{run.case}: {run.fault}")
    holds = max(proof.answered, 1)
    return Point(
        x,
        run.rate,
        round(server_us, 1),
        round(database_us, 1),
        round(written.table_bytes / holds, 1),
        round(written.log_bytes / holds, 1),
        run.latency_ms.p99,
        run.cpu.elsewhere,
    )


async def run_rounds(lab: Lab, wanted: Sequence[Growth]) -> list[Curve]:
    curves = [Curve(growth.name, growth.of, []) for growth in wanted]
    for number in range(1, lab.options.rounds + 1):
        for growth, curve in zip(wanted, curves, strict=True):
            for x in growth.places if number % 2 else reversed(growth.places):
                wait_until_quiet(lab.options.patience)
                point = await measure(lab, growth, x)
                point.round = number
                curve.points.append(point)
                sys.stdout.write(
                    f"{number}/{lab.options.rounds}  {x:>10,} {growth.of:38}"
                    f"{point.rate:8,.0f}/s   others' cpu {point.elsewhere:.0%}\n"
                )
                sys.stdout.flush()
    return curves


class Report(msgspec.Struct):
    machine: dict[str, str | float]
    options: Options
    curves: list[Curve]
    at: str = ""  # older results do not say
    command: str = ""
    commit: str | None = None


def print_curves(curves: Sequence[Curve]) -> None:
    """A table for each curve: medians of the rounds."""
    console = Console(highlight=False, width=120)
    for curve in curves:
        table = Table(curve.of, title=f"Growth: {curve.name}")
        for heading in ("holds/s", "÷ first", "p99 ms", "server µs", "PostgreSQL µs", "table bytes",
                        "log bytes"):  # fmt: skip
            table.add_column(heading, justify="right")
        for x in curve.places:
            table.add_row(
                f"{x:,}",
                f"{curve.middle(x, lambda p: p.rate):,.0f}",
                f"{curve.ratio(x):.2f}",
                f"{curve.middle(x, lambda p: p.p99_ms):.1f}",
                f"{curve.middle(x, lambda p: p.server_us):.0f}",
                f"{curve.middle(x, lambda p: p.database_us):.0f}",
                f"{curve.middle(x, lambda p: p.table_bytes):,.0f}",
                f"{curve.middle(x, lambda p: p.wal_bytes):,.0f}",
            )
        console.print(table)
        noisy = max(point.elsewhere for point in curve.points)
        if noisy > QUIET:
            console.print(f"Other programs took up to {noisy:.0%} of the machine meanwhile.")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--past", type=int, default=10_000_000, help="the longest history")
    parser.add_argument("--patience", type=float, default=0.0, help="see python -m bench.run")
    parser.add_argument("--only", default="", help="curves, separated by commas")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    given = parser.parse_args()
    options = Options(given.rounds, given.seconds, patience=given.patience, past=given.past)
    names = {name for name in given.only.split(",") if name}
    wanted = [growth for growth in growths(given.past) if not names or growth.name in names]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on the way out
    commit = record.commit()  # the tree may be changed before the end
    with Postgres() as postgres, Valkey() as valkey:
        curves = asyncio.run(run_rounds(Lab(options, postgres, valkey), wanted))
    print_curves(curves)
    given.out.mkdir(parents=True, exist_ok=True)
    report = msgspec.json.encode(
        Report(
            record.equipment(),
            options,
            curves,
            record.now(),
            record.command("bench.growth", sys.argv[1:]),
            commit,
        )
    )
    (given.out / "growth.json").write_bytes(msgspec.json.format(report, indent=1))
    draw(curves, given.out / "growth.svg")


if __name__ == "__main__":
    main()
