"""Owns: the chart of the growth curves, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bench.plots import OURS, P99, RIVAL, STYLE

COLUMNS = 2


class Drawn(Protocol):
    """What is drawn of a curve."""

    name: str
    of: str

    @property
    def places(self) -> list[int]: ...
    def ratio(self, x: int) -> float: ...
    def cost(self, x: int) -> tuple[float, float]: ...


def draw(curves: Sequence[Drawn], path: Path) -> None:
    """For each curve, the rate beside that of its first place, and what a hold costs there."""
    if not curves:
        return
    rows = -(-len(curves) // COLUMNS)
    with plt.rc_context(STYLE):
        figure, grid = plt.subplots(
            rows, COLUMNS, figsize=(10, 3.1 * rows), layout="constrained", squeeze=False
        )
        places = [axes for row in grid for axes in row]
        handles: list[Line2D] = []
        for axes, curve in zip(places, curves, strict=False):
            handles = [_rate(axes, curve), *_costs(axes.twinx(), curve)]
        for empty in places[len(curves) :]:
            empty.set_axis_off()
        figure.legend(
            handles=handles,
            labels=[
                "left: holds per second ÷ those at the left end",
                "right: server, µs of CPU per hold",
                "right: PostgreSQL, the same",
            ],
            loc="outside lower center",
            ncols=3,
            frameon=False,
        )
        figure.savefig(path, metadata={"Date": None})
        plt.close(figure)


def _rate(axes: Axes, curve: Drawn) -> Line2D:
    line = _line(axes, [curve.ratio(x) for x in curve.places], OURS, "o")
    axes.set_ylim(0, max(1.1, *(curve.ratio(x) * 1.1 for x in curve.places)))
    axes.set_xticks(range(len(curve.places)), [f"{x:,}" for x in curve.places])
    axes.set_title(curve.of, loc="left", fontsize=10)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    return line


def _costs(axes: Axes, curve: Drawn) -> list[Line2D]:
    costs = [curve.cost(x) for x in curve.places]
    lines = [
        _line(axes, [server for server, _ in costs], RIVAL, "s"),
        _line(axes, [database for _, database in costs], P99, "D"),
    ]
    axes.set_ylim(0, max(map(max, costs)) * 1.1)
    axes.spines["right"].set_visible(True)
    return lines


def _line(axes: Axes, values: Sequence[float], colour: str, marker: str) -> Line2D:
    # By place and not by size: what grows does so by powers, and begins at nothing.
    (line,) = axes.plot(range(len(values)), values, color=colour, marker=marker, markersize=5)
    return line
