"""The world of the reference: who claims what, who waits, and what is in the way of a change.

Nothing is stored that can be worked out, so nothing can fall out of step. Nothing expires: a
claim that is over is not counted. Whatever is asked is asked of the world as it would be after the
change, instant by instant and claim by claim. It shares no code with the rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from firmhold.domain.errors import Code
from firmhold.domain.model import Offering, Pool
from firmhold.domain.state import Policy


@dataclass(frozen=True)
class Claim:
    customer: str | None
    status: str
    asked: dict[str, int]
    units: dict[str, int]
    ends: datetime | None = None
    reach: datetime | None = None


@dataclass
class Waiter:
    id: str
    offering: str
    customer: str
    quantity: int
    status: str = "waiting"

    @property
    def offer(self) -> str:
        return f"offer-{self.id}"


@dataclass
class World:
    policy: Policy
    offerings: dict[str, Offering]
    """Their terms and times. What is left of them is worked out."""
    pools: dict[str, Pool]
    target: dict[str, int]
    """The capacity asked for. While more units are out, those are the capacity."""
    claims: dict[str, Claim] = field(default_factory=dict)
    line: list[Waiter] = field(default_factory=list)
    """Everyone who ever waited, in the order in which they came."""

    def at(self, now: datetime) -> dict[str, Claim]:
        """The claims as they are now: one that is over has no units."""
        return {
            id: replace(c, status="expired", units={})
            if c.status == "held" and c.ends is not None and c.ends <= now
            else c
            for id, c in self.claims.items()
        }

    def out(self, offering: str, now: datetime, *statuses: str) -> int:
        claims = self.at(now).values()
        return sum(c.units.get(offering, 0) for c in claims if not statuses or c.status in statuses)

    def capacity(self, offering: str, now: datetime) -> int:
        return max(self.target[offering], self.out(offering, now))

    # --- what is in the way ---

    def _against(
        self, id: str, was: dict[str, int], claim: Claim, by_operator: bool, now: datetime
    ) -> set[Code]:
        """What is in the way of this claim, as far as it is another than it was: the rules of
        taking for whatever is more, those of giving back for whatever is less."""
        claims = self.at(now) | {id: claim}
        reasons = set()
        for o, quantity in claim.units.items():
            if quantity > was.get(o, 0):
                reasons |= self._against_time(o, by_operator, now)
                reasons |= self._against_more(o, quantity, claim, claims)
            elif quantity < was[o] and quantity < self.offerings[o].terms.min_quantity:
                reasons.add(Code.LIMIT_EXCEEDED)
        if self._overlent(claims, now):
            reasons.add(Code.POOL_BUSY)
        return reasons

    def _against_time(self, o: str, by_operator: bool, now: datetime) -> set[Code]:
        t, slot = self.offerings[o].terms, self.offerings[o].slot
        found = {
            Code.NOT_ON_SALE_YET: t.sale_starts_at and now < t.sale_starts_at,
            Code.SALE_ENDED: not self.offerings[o].open
            or (t.sale_ends_at and now >= t.sale_ends_at),
            Code.TOO_FAR_AHEAD: slot and not by_operator and now + slot.horizon < slot.starts_at,
            Code.TOO_LATE_TO_BOOK: slot
            and now >= (slot.ends_at if by_operator else slot.starts_at - slot.notice),
        }
        return {code for code, applies in found.items() if applies}

    def _against_more(
        self, o: str, quantity: int, claim: Claim, claims: dict[str, Claim]
    ) -> set[Code]:
        t, slot = self.offerings[o].terms, self.offerings[o].slot
        slots = [offering.slot for offering in self.offerings.values()]
        # Nobody in particular has nothing but this.
        mine = [c for c in claims.values() if c.customer == claim.customer is not None] or [claim]
        total = sum(c.units.get(o, 0) for c in mine)
        limited = (
            quantity < t.min_quantity
            or (t.max_quantity is not None and quantity > t.max_quantity)
            or (t.max_per_customer is not None and total > t.max_per_customer)
        )
        if slot is not None and slot.customer_limit is not None:
            most, days = slot.customer_limit
            limited = limited or any(
                self._begun_within(first, first + timedelta(days=days), slot.site, mine) > most
                for first in (s.starts_at for s in slots if s)
                if first <= slot.starts_at < first + timedelta(days=days)
            )
        sold_out = sum(c.units.get(o, 0) for c in claims.values()) > self.target[o]
        found = {Code.LIMIT_EXCEEDED: limited, Code.INSUFFICIENT_CAPACITY: sold_out}
        return {code for code, applies in found.items() if applies}

    def _begun_within(
        self, first: datetime, until: datetime, site: str, claims: list[Claim]
    ) -> int:
        return sum(
            quantity
            for c in claims
            for o, quantity in c.units.items()
            if (slot := self.offerings[o].slot) and slot.site == site
            if first <= slot.starts_at < until
        )

    def _overlent(self, claims: dict[str, Claim], now: datetime) -> bool:
        """Whether now or at any later instant at which something begins more is taken than there
        is. What was taken in the past is nobody's trouble any more."""
        taken = [
            (need.pool, slot.starts_at - pool.before, slot.ends_at + pool.after, need.units)
            for c in claims.values()
            for o in c.units
            if (slot := self.offerings[o].slot)
            for need in slot.requirements
            if (pool := self.pools[need.pool])
        ]
        return any(
            sum(n for p, begins, ends, n in taken if p == pool and begins <= instant < ends)
            > self.pools[pool].units
            for pool, first, _, _ in taken
            for instant in [max(first, now)]
        )

    def _hoards(self, customer: str | None, now: datetime) -> bool:
        holds = [c.customer for c in self.at(now).values() if c.status == "held"]
        most = self.policy.max_live_holds
        return most is not None and customer is not None and holds.count(customer) >= most

    def _cap(self, offerings: Iterable[str]) -> timedelta:
        default = self.policy.hold_ttl_seconds
        caps = (self.offerings[o].terms.hold_ttl_seconds or default for o in offerings)
        return timedelta(seconds=min(caps))
