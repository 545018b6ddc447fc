"""What there is in the model: offerings, pools, claims, the waiting line, kept answers.

Owns the shape of the world and what can be read off it at an instant; no rule, no vocabulary of the
engine's, no clock. Times are whole seconds since the world began, names are plain words. Nothing is
stored that can be worked out: a hold that has reached its end is over for whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import NamedTuple

PUBLISHED = (
    "forbidden",
    "malformed_request",
    "idempotency_key_missing",
    "idempotency_key_reused",
    "not_found",
    "limit_exceeded",
    "insufficient_capacity",
    "pool_busy",
    "hold_expired",
    "already_confirmed",
    "already_released",
    "already_cancelled",
    "capacity_below_reserved",
    "already_exists",
    "version_conflict",
)
"""Reasons in the order in which they are checked: of several, the first is the answer."""


def first_of(reasons: set[str]) -> str:
    """The one that is given."""
    return min(reasons, key=PUBLISHED.index)


NOTHING: Mapping[str, int] = MappingProxyType({})


class Thing(NamedTuple):
    """An offering's terms. One with a time is a slot."""

    ttl: int | None = None
    least: int = 1
    most: int | None = None
    each: int | None = None
    """Units that one customer may have of it."""
    begins: int = 0
    ends: int = 0
    """Minutes of the day."""
    needs: Mapping[str, int] = NOTHING
    """Units of pools that each of its reservations takes."""


class Pool(NamedTuple):
    """Units that are lent, and the minutes that each use takes beyond itself."""

    units: int
    before: int = 0
    after: int = 0


class Claim(NamedTuple):
    """A reservation."""

    customer: str | None
    units: Mapping[str, int]
    """What it has, or had when it ended."""
    status: str
    ends: int | None = None
    reach: int | None = None
    """How far it can be extended."""
    lines: Mapping[str, int] = NOTHING
    """What it is for, of which a part may be confirmed."""
    told: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    """What the ledger says of it, on each offering."""

    @property
    def live(self) -> bool:
        return self.status in {"held", "confirmed"}


class Place(NamedTuple):
    """A place in the line. Served, it has an offer: the claim of its name."""

    customer: str
    offering: str
    quantity: int
    over: str = ""
    """What has become of it, if that is not what became of the claim."""


class Ask(NamedTuple):
    """One command: who (nobody in particular is an operator) wants what."""

    verb: str
    by: str | None
    id: str
    """The claim or place it is about, or that it is to make; or the offering."""
    customer: str | None = None
    lines: tuple[tuple[str, int], ...] = ()
    """Units; to confirm or give back all there are, none are named."""
    number: int | None = None
    """Seconds, units or a capacity."""
    expected: int | None = None
    also: bool = False
    """A hold: confirm at once. A confirmation: reacquire. A capacity: drain."""
    key: str | None = None
    way: str = ""
    """The operation of a door by which it is asked, if it is: each has its own keys."""


class Said(NamedTuple):
    """`done`, `same` (nothing changed), `again` (the first answer once more), or a reason."""

    code: str
    subject: str | None = None


@dataclass
class State:
    """The world."""

    things: Mapping[str, Thing]
    pools: Mapping[str, Pool]
    target: dict[str, int]
    """Capacities asked for. While more units are out, those are the capacity."""
    ttl: int = 30
    offer_ttl: int = 10
    most_holds: int | None = None
    now: int = 0
    claims: dict[str, Claim] = field(default_factory=dict)
    line: dict[str, Place] = field(default_factory=dict)
    """Everyone who ever waited, in the order in which they came."""
    answers: dict[tuple[str | None, str, str], tuple[Ask, str]] = field(default_factory=dict)
    """By actor, operation and key: what was asked for, and the subject of the first answer."""

    def copy(self) -> State:
        return replace(
            self,
            target=dict(self.target),
            claims=dict(self.claims),
            line=dict(self.line),
            answers=dict(self.answers),
        )

    def claim(self, id: str) -> Claim | None:
        """As anyone sees it now."""
        it = self.claims.get(id)
        if it is not None and it.status == "held" and it.ends is not None and it.ends <= self.now:
            ended = {o: (*it.told[o], "expired") for o in it.units}
            return it._replace(status="expired", told={**it.told, **ended})
        return it

    def live(self) -> Iterator[tuple[str, Claim]]:
        """The claims that have units."""
        for id in self.claims:
            it = self.claim(id)
            if it is not None and it.live:
                yield id, it

    def out(self, offering: str, *statuses: str) -> int:
        """Units held and confirmed, or only those."""
        return sum(
            it.units.get(offering, 0)
            for _, it in self.live()
            if not statuses or it.status in statuses
        )

    def capacity(self, offering: str) -> int:
        return max(self.target[offering], self.out(offering))

    def standing(self, place: str) -> str:
        """Where a place in the line is in its life."""
        it, offer = self.line[place], self.claim(place)
        if it.over:
            return it.over
        if offer is None:
            return "waiting"
        if "expired" in offer.told[it.offering]:
            return "lapsed"
        return {"held": "offered", "released": "declined"}.get(offer.status, "accepted")
