"""Owns: what makes a run's figures worthless though nothing was oversold.

A service that refuses quickly has a fine latency, and one that is asked less often than it was to
be is hardly under load.
"""

from __future__ import annotations

from bench.load_spec import LoadResult

ENOUGH = 0.98  # of the rate that was asked for


def fault_of(result: LoadResult, rate: float, usual: tuple[str, ...], asked: float) -> str:
    """What is wrong with a run whose answers should have these statuses, or nothing.

    ``rate`` is of the answers that count; ``asked`` is 0 where as many as can be are sent.
    """
    others = sum(
        n
        for answers in (result.statuses, result.timed_statuses)
        for status, n in answers.items()
        if not status.startswith(usual)
    )
    if others:
        return f"not what was asked for: {result.statuses}, {result.timed_statuses} of those timed"
    if result.unanswered:
        return f"{result.unanswered} requests were never answered"
    if rate < ENOUGH * asked:
        return f"{rate:.1f} answers/s, and {asked:.1f} were asked for"
    return ""
