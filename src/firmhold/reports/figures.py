"""What counts say: shares, and the middle of what was counted by classes.

A share of nothing is none (`None`), which is not the same as nought.
"""

from collections.abc import Mapping

FIRST = 100
"""Milliseconds at which the second class begins."""

PER_DOUBLING = 4
"""Classes for each doubling: a class ends 19 % above where it begins."""


def class_begins(number: int) -> float:
    """Milliseconds at which a class begins, from 0 up."""
    return 0.0 if number <= 0 else float(round(FIRST * 2 ** ((number - 1) / PER_DOUBLING)))


def median_seconds(by_class: Mapping[int, int]) -> float | None:
    """Half of them took no longer than this, in seconds; `None` of none. Within a class they are
    taken to be spread evenly, so it is right to a tenth, beyond a tenth of a second."""
    total = sum(by_class.values())
    below = 0
    for number, count in sorted(by_class.items()):
        if count and below + count >= total / 2:
            begins, ends = class_begins(number), class_begins(number + 1)
            return round((begins + (ends - begins) * (total / 2 - below) / count) / 1000, 3)
        below += count
    return None


def share(part: float, whole: float) -> float | None:
    """The part of the whole, to four digits; `None` of nothing."""
    return round(part / whole, 4) if whole else None
