"""Judging a history: whether some order explains it, and if none does, what is left of it that
none can explain.

A history is made smaller only by forgetting: what came after, what was read and what was refused.
Whatever may have had an effect stays, so what is left is a contradiction in the history itself and
not one that the cutting has made.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detangle import lin

from tests.linearizability.spec import LOOKS, Reserving

History = Sequence[lin.Operation]

EFFECTS = {"held", "done", None}
"""Answers to what may have changed something; all others changed nothing."""

BUDGET = 2_000_000
"""Steps of one search. A short history takes some hundreds."""

LESS = 20_000
"""Steps that are worth it to make what is shown a little shorter."""


def explained(history: History, capacity: dict[str, int], budget: int = BUDGET) -> bool:
    """Whether all was answered as if one thing had happened at a time, each between its being
    asked for and its answer; what was not answered, then or later or never. Raises `RuntimeError`
    if that takes more steps than it may."""
    return bool(lin.check(history, Reserving(capacity), budget=budget).ok)


def contradicts_itself(history: History, capacity: dict[str, int]) -> bool:
    """Whether it is soon seen that it cannot be explained."""
    try:
        return not explained(history, capacity, LESS)
    except RuntimeError:
        return False


def smallest(history: History, capacity: dict[str, int]) -> list[lin.Operation]:
    """What is left of a history that cannot be explained when as much as possible is forgotten."""
    left = list(history)
    found = True
    while found:
        found = False
        for less in _with_less(left):
            if contradicts_itself(less, capacity):
                left, found = less, True
                break
    return left


def _with_less(history: list[lin.Operation]) -> Iterator[list[lin.Operation]]:
    """Histories that know a little less: first those that know much less."""
    for op in history:
        if op.ret is not None and op.ret < max(it.ret or 0 for it in history):
            yield _until(history, op.ret)
    for n, op in enumerate(history):
        if op.f in LOOKS or (op.status == lin.OK and op.output not in EFFECTS):
            yield [*history[:n], *history[n + 1 :]]


def _until(history: list[lin.Operation], end: int) -> list[lin.Operation]:
    """What was known at that time."""
    return [
        op if op.ret is not None and op.ret <= end else replace(op, status=lin.INFO, ret=None)
        for op in history
        if op.call <= end
    ]


def told(history: History) -> str:
    """A history to be read: one line for each operation, from its call to its answer."""
    lines = []
    for op in sorted(history, key=lambda op: op.call):
        span = f"{op.call:>4} to {op.ret if op.ret is not None else '…':>4}"
        answer = "no answer" if op.status != lin.OK else op.output
        lines.append(f"  {span}  {op.process!s:>6}: {op.f}{op.arg} → {answer}")
    return "\n".join(lines)


def complaint(history: History, capacity: dict[str, int]) -> str:
    """All about a history that cannot be explained."""
    left = smallest(history, capacity)
    return "\n".join(
        [
            f"No order explains this, beginning with {capacity}:",
            told(left),
            f"It is what cannot be explained of {len(history)} operations:",
            told(history),
        ]
    )
