"""Owns: the two charts of a benchmark run, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt

from bench.lab import Run

# Okabe and Ito's colours, told apart by every kind of colour vision; shades of grey differ too.
OURS, RIVAL, CEILING, INK = "#0072B2", "#E69F00", "#BBBBBB", "#222222"
P50, P95, P99 = "#56B4E9", "#009E73", "#D55E00"
LABELS = {
    "firmhold/hot": "Firmhold",
    "row_lock/hot": "row lock\n(SELECT … FOR UPDATE)",
    "conditional_update/hot": "conditional update",
    "one_statement/hot": "conditional update,\none statement per hold",
    "serializable/hot": "serializable, retried",
    "redis_lock/hot": "Redis lock",
    "redis_lua/hot": "Redis Lua,\nledger afterwards",
    "nothing_lane/hot": "ceiling: Firmhold's lane\ndoing nothing",
    "nothing_litestar/hot": "ceiling: Litestar\ndoing nothing",
    "nothing_asgi/hot": "ceiling: bare ASGI\ndoing nothing",
    "engine/hot": "Firmhold's engine,\nas many callers, no HTTP",
    "engine/crowd": "Firmhold's engine,\nfour times as many callers",
    "pgbench/hot_row": "pgbench, one row,\nas many clients",
    "pgbench/best": "pgbench, one row,\nbest number of clients",
}
STYLE: dict[Any, Any] = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "font.size": 10,
    "svg.hashsalt": "firmhold",  # the same data gives the same file
    "text.color": INK,
}


def draw(runs: Sequence[Run], directory: Path) -> None:
    by_case = {name: [run for run in runs if run.case == name] for name in LABELS}
    measured = {name: found for name, found in by_case.items() if found}
    if not measured:
        return
    with plt.rc_context(STYLE):
        _rates(measured, directory / "rates.svg")
        _latencies(measured, directory / "latency.svg")


def _colour(case: str) -> str:
    if case.startswith(("firmhold", "engine")):
        return OURS
    return CEILING if case.startswith(("nothing", "pgbench")) else RIVAL


def _rates(measured: dict[str, list[Run]], path: Path) -> None:
    rates = {name: [run.rate for run in runs] for name, runs in measured.items()}
    order = sorted(rates, key=lambda name: median(rates[name]))
    middle = [median(rates[name]) for name in order]
    spread = [
        [mid - min(rates[name]) for name, mid in zip(order, middle, strict=True)],
        [max(rates[name]) - mid for name, mid in zip(order, middle, strict=True)],
    ]
    figure, axes = plt.subplots(figsize=(9, 0.6 * len(order) + 1.4), layout="constrained")
    axes.barh(
        range(len(order)),
        middle,
        xerr=spread,
        color=[_colour(name) for name in order],
        edgecolor=INK,
        linewidth=0.6,
        error_kw={"ecolor": INK, "elinewidth": 1, "capsize": 2},
    )
    base = median(rates["row_lock/hot"]) if "row_lock/hot" in rates else 0
    for place, (name, mid) in enumerate(zip(order, middle, strict=True)):
        ratio = f"   {mid / base:,.1f} × row lock" if base and name != "row_lock/hot" else ""
        axes.text(max(rates[name]), place, f"  {mid:,.0f}{ratio}", va="center")
    axes.set_yticks(range(len(order)), [LABELS[name] for name in order])
    axes.set_xlim(0, max(max(values) for values in rates.values()) * 1.35)
    axes.set_xlabel("per second: holds on one hot item; requests and transactions for the ceilings")
    axes.set_title(
        "One hot item: median of the rounds, whiskers from slowest to fastest", loc="left"
    )
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _latencies(measured: dict[str, list[Run]], path: Path) -> None:
    names = [name for name, runs in measured.items() if all(run.latency_ms for run in runs)]
    if not names:
        return
    figure, axes = plt.subplots(figsize=(9, 0.5 * len(names) + 1.6), layout="constrained")
    for marker, colour, percentile in (("o", P50, "p50"), ("s", P95, "p95"), ("D", P99, "p99")):
        values = [
            median(float(getattr(run.latency_ms, percentile)) for run in measured[name])
            for name in names
        ]
        axes.scatter(
            values, range(len(names)), marker=marker, color=colour, edgecolor=INK,
            linewidth=0.5, s=55, label=percentile, zorder=3,
        )  # fmt: skip
    axes.set_yticks(range(len(names)), [LABELS[name] for name in names])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda x, _: f"{x:g}"))
    axes.grid(axis="x", which="both", color="#DDDDDD", linewidth=0.6, zorder=0)
    axes.set_xlabel("milliseconds (logarithmic), all connections busy")
    axes.set_title("Latency at full load: medians of the rounds", loc="left")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
