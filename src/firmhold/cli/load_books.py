"""What the server has acknowledged to a load test's customers, and what that makes its counts be.

A request that was asked and never answered may or may not have happened. Until it is settled it
widens what the counts may be; it never excuses more than its own units.
"""

from enum import StrEnum
from typing import NamedTuple


class Verb(StrEnum):
    """What customers do."""

    HOLD = "hold"
    CONFIRM = "confirm"
    CANCEL = "cancel"


class Counts(NamedTuple):
    """An item's counts as the server tells them."""

    capacity: int
    held: int
    confirmed: int


class Range(NamedTuple):
    """The least and the most that a count may be."""

    low: int
    high: int


class ItemBook:
    """One item: what was acknowledged about it, in units."""

    __slots__ = ("capacity", "confirmed", "doubt", "firm", "held", "id", "peak", "sku")

    def __init__(self, id: str, sku: str, capacity: int) -> None:
        self.id = id
        self.sku = sku
        self.capacity = capacity
        self.held = 0
        self.confirmed = 0
        self.peak = 0
        """The most units that customers were sure of at one instant: acknowledged, and nobody had
        asked yet to give them back. More than the capacity is overselling even if it was made up
        for before anybody looked at the counts."""
        self.firm = 0
        """Units that customers are sure of now."""
        self.doubt = {"hold": 0, "confirm": 0, "cancel held": 0, "cancel confirmed": 0}

    def may_be(self) -> tuple[Range, Range]:
        """What the server's counts of held and of confirmed units may be."""
        doubt = self.doubt
        return (
            Range(
                self.held - doubt["confirm"] - doubt["cancel held"],
                self.held + doubt["hold"],
            ),
            Range(self.confirmed - doubt["cancel confirmed"], self.confirmed + doubt["confirm"]),
        )

    def total_may_be(self) -> Range:
        """What held and confirmed may be together: a confirmation in doubt does not change it."""
        total, doubt = self.held + self.confirmed, self.doubt
        return Range(
            total - doubt["cancel held"] - doubt["cancel confirmed"], total + doubt["hold"]
        )


class Claim:
    """One reservation, from the first attempt to hold it."""

    __slots__ = ("_asked", "_status", "id", "item", "quantity")

    def __init__(self, item: ItemBook, quantity: int) -> None:
        self.item = item
        self.quantity = quantity
        self.id = ""
        self._status = ""
        self._asked = ""

    def ask(self, verb: Verb) -> None:
        """A request is about to be sent; from now on its effect is in doubt."""
        self._asked = f"cancel {self._status}" if verb is Verb.CANCEL else verb.value
        self.item.doubt[self._asked] += self.quantity
        if verb is Verb.CANCEL:
            self.item.firm -= self.quantity

    def settle(self, *, done: bool) -> None:
        """The request was answered: it is known whether it had its effect."""
        item, quantity = self.item, self.quantity
        item.doubt[self._asked] -= quantity
        if not done:
            return
        match self._asked:
            case "hold":
                item.held += quantity
                item.firm += quantity
                item.peak = max(item.peak, item.firm)
                self._status = "held"
            case "confirm":
                item.held -= quantity
                item.confirmed += quantity
                self._status = "confirmed"
            case "cancel held":
                item.held -= quantity
            case _:
                item.confirmed -= quantity
