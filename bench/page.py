"""Owns: the page of figures, `docs/performance.md`, written from what runs have found.

``python -m bench.page`` writes it anew from `bench/results`. No figure on it is typed in by hand,
and a test compares it with the results.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bench import growth
from bench.report import Report
from bench.targets import Figure

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "performance.md"

HEAD = """\
# How fast it is

Absolute numbers belong to a machine. What counts are **ratios between things measured side by side
in one run**, on two cores that the server, PostgreSQL and the load generator share. This page is
written by a command from what runs have found, kept in `bench/results`:

```sh
make bench
make growth
.venv/bin/python -m bench.page
```

What is measured, and how fairness is kept, is told in [bench](../bench/README.md).
"""

AGAINST = """\
## Against what was promised

Medians of the rounds; in parentheses the lowest and the highest. What is missed is explained
[below](#what-stands-in-the-way-of-more).
"""

RATES = """\
## One hot item, and the usual ways beside it

![Holds on one hot item: ours, the usual ways, the ceilings](../bench/results/rates.svg)

![Latency at full load](../bench/results/latency.svg)
"""

GROWTH = """\
## As things grow

The rate beside that of the first line of each table, in the same round, and what one hold costs:
processor time, bytes of tables with their indexes, bytes of write-ahead log.

![Rate and cost over history, items, customers, lines, processes](../bench/results/growth.svg)
"""

LIMITS = """\
## What stands in the way of more

- **The disk decides two of the ratios more than we do.** Where a flush takes a tenth of a
  millisecond, one transaction per request is several times faster than where it takes one, and so
  are the row lock and pgbench. A batch saves flushes, and there is less to save.
- **The server's one thread.** At the highest rate most of it goes to HTTP itself: reading a
  request, a task for it, writing an answer. Deciding and
  writing share the rest.
- **PostgreSQL** writes four rows with their indexes for a hold, and looks up three foreign keys,
  one by one.
- **A hot item is decided and written in turn**, batch after batch: while PostgreSQL writes one, the
  server can only read requests for the next.
- **Customers whom the server does not remember** cost a check of their token's signature each.
- **Holds that take from the same pool** queue at that pool's row until its transaction has ended.
"""


def render(results: Path) -> str:
    """The page that these results make."""
    run = _report(results / "latest.json")
    # Ten million reservations take so long to write and to prove that they get a run of their own.
    # It may be older than the rest, and be of an older version, so its row says when it was.
    other = _report(results / "aged.json")
    aged = {figure.name: _dated(figure, other) for figure in other.figures if figure.values}
    found = [it if it.values else aged.get(it.name, it) for it in run.figures]
    curves = msgspec.json.decode((results / "growth.json").read_bytes(), type=growth.Report)
    return "\n".join(
        [
            HEAD,
            _machine(run),
            AGAINST,
            _table(("figure", "promised", "found", ""), map(_figure, found)),
            RATES,
            _table(("", "per second", "p50 ms", "p99 ms"), _cases(run)),
            GROWTH,
            *(part for curve in curves.curves for part in _curve(curve)),
            LIMITS,
        ]
    )


def _dated(figure: Figure, of: Report) -> Figure:
    rounds = "1 round" if of.options.rounds == 1 else f"{of.options.rounds} rounds"
    name = f"{figure.name} (a run of its own, {of.at[:10]}, {rounds})"
    return msgspec.structs.replace(figure, name=name)


def _report(path: Path) -> Report:
    return msgspec.json.decode(path.read_bytes(), type=Report)


def _machine(run: Report) -> str:
    m, options = run.machine, run.options
    return (
        f"This run: {run.at[:10]}, {m['system']}, {m['cpu']}, {m['cores']:g} cores, "
        f"{m['memory_gb']:g} GB, Python {m['python']}; {options.rounds} rounds of "
        f"{options.seconds:g} s with {options.connections} connections.\n"
    )


def _figure(figure: Figure) -> tuple[str, ...]:
    unit = "" if figure.unit == "×" else f" {figure.unit}"
    promised = f"{'≥' if figure.at_least else '≤'} {figure.target:g}{unit}"
    if figure.value is None:
        return figure.name, promised, "not measured in this run", ""
    found = f"{figure.value:.3g}{unit} ({min(figure.values):.3g}–{max(figure.values):.3g})"
    return figure.name, promised, found, "reached" if figure.reached else "**missed**"


def _cases(run: Report) -> Iterator[tuple[str, ...]]:
    for each in run.summaries:
        if each.rate:
            p50 = "" if each.p50_ms is None else f"{each.p50_ms:.2f}"
            p99 = "" if each.p99_ms is None else f"{each.p99_ms:.2f}"
            yield f"`{each.case}`", f"{each.rate:,.0f}", p50, p99


def _curve(curve: growth.Curve) -> Iterator[str]:
    yield _table(
        (curve.of, "holds/s", "÷ first", "server µs", "PostgreSQL µs", "table bytes", "log bytes"),
        (
            (
                f"{x:,}",
                f"{curve.middle(x, lambda p: p.rate):,.0f}",
                f"{curve.ratio(x):.2f}",
                *(f"{cost:.0f}" for cost in curve.cost(x)),
                f"{curve.middle(x, lambda p: p.table_bytes):,.0f}",
                f"{curve.middle(x, lambda p: p.wal_bytes):,.0f}",
            )
            for x in curve.places
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; all columns but the first are numbers."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def main() -> None:
    PAGE.write_text(render(RESULTS), encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
