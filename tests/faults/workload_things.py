"""What there is in the workload's model: pools, offerings, reservations, and what is asked for.

Values only; what can be done with them is in `workload_model`. Amounts are by offering, times of
slots and pools in minutes of one day, times of holds the database's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

TAKEN_FOR_GOOD = ("confirmed", "fulfilled", "no_show")

Units = dict[str, int]
"""Units by offering, none of them zero."""


class Need(NamedTuple):
    """What a slot takes from a pool."""

    pool: str
    units: int


@dataclass
class Pool:
    """Something that is lent. Times in minutes."""

    units: int
    before: int
    after: int
    lent: list[int]
    """Units that are lent in each minute."""


@dataclass(frozen=True)
class Offering:
    """An item, or, if it begins and ends, a slot. Times in minutes."""

    id: str
    capacity: int
    ttl: int | None = None
    """Seconds that a hold lasts at most, if not as long as usual."""
    least: int = 1
    most: int | None = None
    most_each: int | None = None
    """For one customer."""
    begins: int = 0
    ends: int = 0
    own: tuple[Need, ...] = ()
    """What it has taken for itself."""
    each: tuple[Need, ...] = ()
    """What each of its reservations takes."""


@dataclass(frozen=True)
class Command:
    """What somebody asks for."""

    verb: str
    id: str
    """The reservation; of a hold, the one that it is to become."""
    lines: tuple[tuple[str, int], ...] | None = None
    customer: str | None = None
    ttl: int | None = None
    confirm: bool = False
    reacquire: bool = False
    outcome: str = "fulfilled"


@dataclass(frozen=True)
class Claim:
    """A reservation."""

    status: str
    customer: str | None
    asked: Units
    units: Units
    ends: datetime | None = None
    reach: datetime | None = None
    """Until when it can be extended."""
    unnoticed: Units = field(default_factory=dict)
    """What it had when it expired, as long as nobody has recorded that."""

    def shown(self, offering: str) -> tuple[int, int, int]:
        """Units asked, held and confirmed."""
        units = self.units.get(offering, 0)
        held = units if self.status == "held" else 0
        confirmed = units if self.status in TAKEN_FOR_GOOD else 0
        return self.asked.get(offering, 0), held, confirmed


class Lent(NamedTuple):
    """What a pool has lent in the minutes that somebody wants it, and in those after."""

    begins: int
    ends: int
    units: list[int]
    """From the first of these minutes on."""

    def __repr__(self) -> str:
        return f"{self.units[: self.ends - self.begins]} from minute {self.begins} on"

    def is_busiest(self, since: int, until: int, taken: int) -> bool:
        """Whether so many units are taken in each of these minutes: no fewer, and as long as it
        matters no more either."""
        if not self.begins <= since < min(until, self.ends):
            return False
        lent = self.units[since - self.begins : until - self.begins]
        wanted = lent[: self.ends - since]
        return all(units == taken for units in wanted) and all(units >= taken for units in lent)
