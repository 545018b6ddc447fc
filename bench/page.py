"""Owns: the page of figures, `docs/performance.md`, written from what runs have found.

``python -m bench.page`` writes it anew from `bench/results`. No figure on it is typed in by hand,
and a test compares it with the results.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from bench import beside, growth
from bench.explain import Explained
from bench.lab import Options
from bench.report import Report
from bench.targets import Figure

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "performance.md"

HEAD = """\
# How fast it is

Absolute numbers belong to a machine. What counts are **ratios between things measured side by side
in one run**, on two cores that the server, PostgreSQL and the load generator share. This page is
written from what runs have found, kept in `bench/results`, by

```sh
.venv/bin/python -m bench.page
```

What is measured, and how fairness is kept, is told in [bench](../bench/README.md). Beside each
result stands when it was measured, of which commit, and by which command.
"""

AGAINST = """\
## Against what was promised

Medians of the rounds; in parentheses the lowest and the highest. What the same run has measured
about the reasons of what is missed stands [below](#what-stands-in-the-way-of-more).
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
"""

KNOWN = (
    "**PostgreSQL** writes four rows with their indexes for a hold, and looks up three foreign "
    "keys, one by one.",
    "**A hot item is decided and written in turn**, batch after batch: while PostgreSQL writes "
    "one, the server can only read requests for the next.",
    "**Customers whom the server does not remember** cost a check of their token's signature each.",
    "**Holds that take from the same pool** queue at that pool's row until its transaction has "
    "ended.",
)
"""By design, whatever a run has found."""

VERDICT = {None: "", True: "reached", False: "**missed**"}


def render(results: Path) -> str:
    """The page that these results make."""
    run = _report(results / "latest.json")
    # Ten million reservations take so long to write and to prove that they get a run of their own.
    # It may be older than the rest, and be of an older version, so its row says when it was.
    other = _report(results / "aged.json")
    aged = {figure.name: figure for figure in other.figures if figure.values}
    lacking = [it.name for it in run.figures if not it.values and it.name in aged]
    rows = [
        _figure(_dated(aged[it.name], other) if it.name in lacking else it) for it in run.figures
    ]
    curves = msgspec.json.decode((results / "growth.json").read_bytes(), type=growth.Report)
    return "\n".join(
        [
            HEAD,
            _made("This run", run),
            AGAINST,
            _table(("figure", "promised", "found", ""), rows),
            *([_made("The run of its own", other)] if lacking else []),
            *_failures((run, other) if lacking else (run,)),
            RATES,
            _table(("", "per second", "p50 ms", "p99 ms"), _cases(run)),
            GROWTH,
            _made("The curves", curves),
            *(part for curve in curves.curves for part in _curve(curve)),
            *_written(beside.subscribers(results / "live.json")),
            *_written(beside.reports(results / "reports.json")),
            LIMITS,
            *_limits(run, [it for it in run.figures if it.name not in lacking]),
            *_limits(other, [aged[name] for name in lacking], known=False),
        ]
    )


def _written(parts: Iterable[str | beside.Table]) -> Iterator[str]:
    return (part if isinstance(part, str) else _table(*part) for part in parts)


def _dated(figure: Figure, of: Report) -> Figure:
    return msgspec.structs.replace(
        figure, name=f"{figure.name} (a run of its own, {of.at[:10]}, {_rounds(of.options)})"
    )


def _rounds(options: Options) -> str:
    return "1 round" if options.rounds == 1 else f"{options.rounds} rounds"


def _report(path: Path) -> Report:
    return msgspec.json.decode(path.read_bytes(), type=Report)


def _made(what: str, result: Report | growth.Report) -> str:
    """When a result was measured, how, and on what."""
    m, options = result.machine, result.options
    when = result.at[:10] or "on a day that was not kept"
    commit = f"commit `{result.commit}`" if result.commit else "a commit that was not kept"
    command = f"`{result.command}`" if result.command else "a command that was not kept"
    return (
        f"{what}: {when}, {commit}, by {command}; {_rounds(options)} of {options.seconds:g} s with "
        f"{options.connections} connections; {m['system']}, {m['cpu']}, {m['cores']:g} cores, "
        f"{m['memory_gb']:g} GB, Python {m['python']}.\n"
    )


def _failures(reports: Iterable[Report]) -> Iterator[str]:
    failures = [failure for report in reports for failure in report.failures]
    if failures:
        yield "**Runs that failed:**\n"
        yield "".join(f"- {failure}\n" for failure in failures)


def _limits(run: Report, figures: Iterable[Figure], known: bool = True) -> Iterator[str]:
    """What is missed, explained by the run that has missed it; then what is so in any run."""
    explained = Explained(run)
    points = [f"**{it.name}.** {explained.missed(it)}" for it in figures if it.reached is False]
    if known:
        points += filter(None, (explained.disk(), explained.lane(), explained.telling()))
        points += KNOWN
    if points:
        yield "".join(f"- {point}\n" for point in points)


def _figure(figure: Figure) -> tuple[str, ...]:
    if figure.value is None:
        return figure.name, figure.promised, "not measured in this run", ""
    lowest, highest = min(figure.values), max(figure.values)
    found = f"{figure.value:.3g}{figure.suffix} ({lowest:.3g}–{highest:.3g})"
    verdict = "**failed**" if figure.failed else VERDICT[figure.reached]
    return figure.name, figure.promised, found, verdict


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
