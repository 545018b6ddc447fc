"""What holding is when only one thing happens at a time: the sequential specification.

Owns what each operation answers in each state, and nothing of how histories are made or judged. An
operation's argument is a tuple; its answer is a word or counts. A key that has had its effect
answers as it did and does nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from detangle import lin

ENDED = {
    "expired": "hold_expired",
    "confirmed": "already_confirmed",
    "released": "already_released",
    "cancelled": "already_cancelled",
}

Lines = tuple[tuple[str, int], ...]


class Held(NamedTuple):
    """A reservation."""

    lines: Lines
    ends: int
    status: str = "held"


class Shelf(NamedTuple):
    """Everything there is. Hashable, so that no state is looked at twice."""

    now: int
    capacity: tuple[tuple[str, int], ...]
    holds: tuple[tuple[str, Held], ...] = ()
    done: frozenset[str] = frozenset()
    """Keys that have had their effect."""

    def hold(self, name: str) -> Held | None:
        it = dict(self.holds).get(name)
        if it is not None and it.status == "held" and it.ends <= self.now:
            return it._replace(status="expired")
        return it

    def units(self, item: str, status: str) -> int:
        """Units of an item in reservations of this status."""
        live = (self.hold(name) for name, _ in self.holds)
        return sum(dict(it.lines).get(item, 0) for it in live if it and it.status == status)

    def free(self, item: str) -> int:
        capacity = dict(self.capacity)[item]
        return capacity - self.units(item, "held") - self.units(item, "confirmed")

    def put(self, name: str, it: Held, key: str) -> Shelf:
        holds = tuple(sorted({**dict(self.holds), name: it}.items()))
        return self._replace(holds=holds, done=self.done | {key})


Step = tuple[Any, Shelf]
"""An answer, and what there is then."""


def hold(shelf: Shelf, name: str, lines: Lines, seconds: int, key: str) -> Step:
    if key in shelf.done:
        return "held", shelf
    if any(units > shelf.free(item) for item, units in lines):
        return "insufficient_capacity", shelf
    return "held", shelf.put(name, Held(lines, shelf.now + seconds), key)


def confirm(shelf: Shelf, name: str, key: str) -> Step:
    return _turn(shelf, name, key, {"held": "confirmed"}, "confirmed")


def release(shelf: Shelf, name: str, key: str) -> Step:
    return _turn(shelf, name, key, {"held": "released"}, "released")


def cancel(shelf: Shelf, name: str, key: str) -> Step:
    ways = {"held": "released", "confirmed": "cancelled"}
    return _turn(shelf, name, key, ways, "released", "cancelled")


def _turn(shelf: Shelf, name: str, key: str, ways: dict[str, str], *same: str) -> Step:
    """A reservation goes one of these ways, unless it is there already, or elsewhere."""
    it = shelf.hold(name)
    if it is None:
        return "not_found", shelf
    if key in shelf.done or it.status in same:
        return "done", shelf
    if it.status not in ways:
        return ENDED[it.status], shelf
    return "done", shelf.put(name, it._replace(status=ways[it.status]), key)


def extend(shelf: Shelf, name: str, seconds: int, key: str) -> Step:
    """A hold ends no sooner than in so many seconds."""
    it, ends = shelf.hold(name), shelf.now + seconds
    if it is None:
        return "not_found", shelf
    if key in shelf.done:
        return "done", shelf
    if it.status != "held":
        return ENDED[it.status], shelf
    return "done", shelf if ends <= it.ends else shelf.put(name, it._replace(ends=ends), key)


def move(shelf: Shelf, name: str, lines: Lines, key: str) -> Step:
    """A reservation is for this instead, or stays what it is."""
    it = shelf.hold(name)
    if it is None:
        return "not_found", shelf
    if key in shelf.done:
        return "done", shelf
    if it.status not in {"held", "confirmed"}:
        return ENDED[it.status], shelf
    has = dict(it.lines)
    if has == dict(lines):
        return "done", shelf
    # What it has is counted among what is not free.
    grown = ((item, units - has.get(item, 0)) for item, units in lines)
    if any(0 < units > shelf.free(item) for item, units in grown):
        return "insufficient_capacity", shelf
    return "done", shelf.put(name, it._replace(lines=lines), key)


def reacquire(shelf: Shelf, name: str, key: str) -> Step:
    """Confirm, if need be too late."""
    it = shelf.hold(name)
    if it is None or it.status != "expired" or key in shelf.done:
        return confirm(shelf, name, key)
    if any(units > shelf.free(item) for item, units in it.lines):
        return "insufficient_capacity", shelf
    return "done", shelf.put(name, it._replace(status="confirmed"), key)


def set_capacity(shelf: Shelf, item: str, units: int, expected: int | None, key: str) -> Step:
    capacity = dict(shelf.capacity)
    if key in shelf.done:
        return "done", shelf
    if units < capacity[item] - shelf.free(item):
        return "capacity_below_reserved", shelf
    if expected not in {None, capacity[item]}:
        return "version_conflict", shelf
    if units == capacity[item]:
        return "done", shelf
    after = tuple({**capacity, item: units}.items())
    return "done", shelf._replace(capacity=after, done=shelf.done | {key})


def read(shelf: Shelf, item: str) -> Step:
    """The counts of an item."""
    counts = (shelf.units(item, "held"), shelf.units(item, "confirmed"))
    return (dict(shelf.capacity)[item], *counts), shelf


def see(shelf: Shelf, name: str) -> Step:
    """Where a reservation stands."""
    it = shelf.hold(name)
    return None if it is None else it.status, shelf


def tick(shelf: Shelf, now: int) -> Step:
    """It is so late for everyone."""
    return None, shelf._replace(now=now)


STEPS: dict[str, Callable[..., Step]] = {
    "hold": hold,
    "confirm": confirm,
    "release": release,
    "cancel": cancel,
    "extend": extend,
    "move": move,
    "reacquire": reacquire,
    "set": set_capacity,
    "read": read,
    "see": see,
    "tick": tick,
}

LOOKS = {"read", "see"}
"""Operations that change nothing."""


class Reserving(lin.Model):
    """The specification in the form in which a history is searched."""

    name = "reserving"

    def __init__(self, capacity: dict[str, int]) -> None:
        self.capacity = capacity

    def init(self) -> Shelf:
        return Shelf(0, tuple(self.capacity.items()))

    def step(self, state: Shelf, op: lin.Operation) -> tuple[bool, Shelf]:
        answer, after = STEPS[op.f](state, *op.arg)
        return op.status != lin.OK or answer == op.output, after

    def partition(self, operations: Sequence[lin.Operation]) -> list[list[lin.Operation]]:
        """Items that no reservation has together are judged apart. Time is everyone's."""
        group = {item: {item} for item in self.capacity}
        items_of: dict[str, set[str]] = {}
        for op in operations:
            if op.f in {"hold", "move"}:
                items_of.setdefault(op.arg[0], set()).update(item for item, _ in op.arg[1])
        for items in items_of.values():
            together = set().union(*(group[item] for item in items))
            group |= dict.fromkeys(together, together)
        apart = list({id(it): it for it in group.values()}.values())

        def concerns(op: lin.Operation, items: set[str]) -> bool:
            if op.f == "tick":
                return True
            if op.f in {"read", "set"}:
                return op.arg[0] in items
            return items_of[op.arg[0]] <= items

        return [[op for op in operations if concerns(op, items)] for items in apart]

    def describe_state(self, state: Shelf) -> str:
        return f"{state.now} s, {dict(state.capacity)}, {dict(state.holds)}"


__all__ = ["LOOKS", "Reserving", "Shelf"]
