"""Putting things in order that are numbered only within each of several lists."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

Numbers = Sequence[tuple[Key, int]]
"""Where something stands in each list that it is in."""


def in_sequence(things: Sequence[Numbers[Key]]) -> list[int]:
    """The places of `things` in an order in which every list goes upwards; where lists leave a
    choice, as they stand. Raises `ValueError` if there is no such order."""
    if _goes_upwards(things):  # almost always
        return list(range(len(things)))
    after, waits_for = _constraints(things)
    ready = [at for at, count in enumerate(waits_for) if count == 0]
    heapify(ready)
    order = []
    while ready:
        at = heappop(ready)
        order.append(at)
        for later in after[at]:
            waits_for[later] -= 1
            if waits_for[later] == 0:
                heappush(ready, later)
    if len(order) < len(things):
        raise ValueError("these numbers contradict each other")
    return order


def _goes_upwards(things: Iterable[Numbers[Key]]) -> bool:
    last: dict[Key, int] = {}
    for numbers in things:
        for key, number in numbers:
            if number < last.get(key, number):
                return False
        last.update(numbers)
    return True


def _constraints(things: Sequence[Numbers[Key]]) -> tuple[list[set[int]], list[int]]:
    """For each thing, which come right after it in some list; and how many it comes after."""
    lists: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for at, numbers in enumerate(things):
        for key, number in numbers:
            lists[key].append((number, at))
    after: list[set[int]] = [set() for _ in things]
    waits_for = [0] * len(things)
    for one in lists.values():
        one.sort()
        for (_, earlier), (_, later) in pairwise(one):
            if earlier != later and later not in after[earlier]:
                after[earlier].add(later)
                waits_for[later] += 1
    return after, waits_for
