"""Owns: what runs of their own add to the page of figures, if there are any: how live subscribers
are told, and reports over a long history."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.live import Found

MOST_KILOBYTES, MOST_MILLISECONDS = 30.0, 250.0
"""Promised for 5,000 subscribers of one worker."""

Table = tuple[Sequence[str], list[Sequence[str]]]


def made(what: str, of: Mapping[str, Any]) -> str:
    """When, how and on what a run was made that says so under these names."""
    m = of["machine"]
    commit = f"commit `{of['commit']}`" if of["commit"] else "a commit that was not kept"
    return (
        f"{what}: {of['at'][:10]}, {commit}, by `{of['command']}`; {m['system']}, {m['cpu']}, "
        f"{m['cores']:g} cores, {m['memory_gb']:g} GB, Python {m['python']}.\n"
    )


def subscribers(file: Path) -> Iterator[str | Table]:
    """What `python -m bench.live` has found."""
    if not file.exists():
        return
    found = msgspec.json.decode(file.read_bytes(), type=Found)
    yield "## Those who watch\n"
    yield (
        f"{found.subscribers:,} WebSockets of one worker watch one item, on the machine of the "
        f"server and its database; {found.changes} holds are placed, one a second, and each "
        f"subscriber notes when it is told. Medians of {len(found.rounds)} rounds.\n"
    )
    yield made("This run", msgspec.to_builtins(found))
    rounds = found.rounds
    memory, p99 = [it.kilobytes_each for it in rounds], [it.p99 for it in rounds]
    yield (
        ("figure", "promised", "found", ""),
        [
            ("memory of each", f"≤ {MOST_KILOBYTES:g} kB", *_judged(memory, MOST_KILOBYTES, "kB")),
            (
                "from the commit to the frame, p99",
                f"≤ {MOST_MILLISECONDS:g} ms",
                *_judged(p99, MOST_MILLISECONDS, "ms"),
            ),
            ("likewise, p50", "", _found([it.p50 for it in rounds], "ms"), ""),
            ("likewise, the last of all", "", _found([it.most for it in rounds], "ms"), ""),
            (
                "the server's processor, for each frame",
                "",
                _found([it.microseconds_each for it in rounds], "µs"),
                "",
            ),
        ],
    )


def _judged(values: Sequence[float], most: float, unit: str) -> tuple[str, str]:
    reached = statistics.median(values) <= most
    return _found(values, unit), "reached" if reached else "**missed**"


def _found(values: Sequence[float], unit: str) -> str:
    middle = statistics.median(values)
    return f"{middle:.3g} {unit} ({min(values):.3g}–{max(values):.3g})"


def reports(file: Path) -> Iterator[str | Table]:
    """What `python -m bench.reports` has found."""
    if not file.exists():
        return
    found: dict[str, Any] = msgspec.json.decode(file.read_bytes())
    sizes = found["bytes"]
    yield "## Reports\n"
    yield (
        f"[Reports](reports.md) read what is counted, not the ledger. Of {found['entries']:,} "
        f"entries all are counted in {found['seconds to count']:,.0f} s; to see that nothing is "
        f"new takes {found['ms to see that nothing is new']:.3g} ms. The counts have "
        f"{sizes['report_count'] / 1e6:,.0f} MB, the ledger {sizes['ledger'] / 1e6:,.0f}.\n"
    )
    yield made("This run", found)
    counted, behind = found["ms, all counted"], found["ms, 10,000 not counted yet"]
    yield (
        ("report", "ms", "ms with 10,000 entries not counted yet"),
        [(name, f"{counted[name]:.3g}", f"{behind[name]:.3g}") for name in counted],
    )
