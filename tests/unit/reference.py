"""The rules once more, as naively as they can be said: a list of claims, and sums over it.

Nothing is stored that can be worked out, so nothing can fall out of step. Nothing expires: a
claim that is over is not counted. Every rule is asked, and of all reasons against a command the
first one published wins. It shares no code with the rules, only their vocabulary.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from firmhold.domain.commands import Cancel, Confirm, Expire, Extend, Hold, Release, SetCapacity
from firmhold.domain.errors import Code
from firmhold.domain.model import Terms
from firmhold.domain.state import Policy

ENDED = {
    "expired": Code.HOLD_EXPIRED,
    "confirmed": Code.ALREADY_CONFIRMED,
    "released": Code.ALREADY_RELEASED,
    "cancelled": Code.ALREADY_CANCELLED,
}

Said = Code | bool
"""The reason against a command, or whether it changes anything."""


@dataclass(frozen=True)
class Claim:
    customer: str | None
    status: str
    asked: dict[str, int]
    units: dict[str, int]
    ends: datetime | None = None
    reach: datetime | None = None


@dataclass
class Reference:
    policy: Policy
    terms: dict[str, Terms]
    target: dict[str, int]
    """The capacity asked for. While more units are out, those are the capacity."""
    claims: dict[str, Claim]

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

    def do(self, command: Any, now: datetime) -> Said:
        if isinstance(command, Hold):
            return self._hold(command, now)
        if hasattr(command, "offering"):
            return self._change_stock(command, now)
        claim, actor = self.at(now).get(command.reservation), command.actor
        if claim is None:
            return Code.NOT_FOUND
        if isinstance(command, Expire):
            return False
        owner = actor.customer == claim.customer and claim.customer is not None
        if not (owner or actor.operator or actor.reservation == command.reservation):
            return Code.FORBIDDEN
        if isinstance(command, Confirm):
            return self._confirm(command, claim, now)
        if isinstance(command, Extend) and claim.status == "held":
            return self._extend(command, claim, now)
        return self._give_back(command, claim)

    def _extend(self, command: Extend, claim: Claim, now: datetime) -> Said:
        ends = now + timedelta(seconds=command.ttl_seconds)
        assert claim.ends and claim.reach
        if ends > claim.reach:
            return Code.LIMIT_EXCEEDED
        return ends > claim.ends and self._put(command, replace(claim, ends=ends))

    def _give_back(self, command: Any, claim: Claim) -> Said:
        match command, claim.status:
            case ((Release() | Cancel()), "held"):
                return self._put(command, replace(claim, status="released", units={}))
            case Cancel(), "confirmed":
                return self._put(command, replace(claim, status="cancelled", units={}))
            case (Release(), "released") | (Cancel(), "released" | "cancelled"):
                return False
        return ENDED[claim.status]

    def _put(self, command: Any, claim: Claim) -> bool:
        self.claims[command.reservation] = claim
        return True

    def _hold(self, command: Hold, now: datetime) -> Said:
        customer, actor, units = command.customer, command.actor, _summed(command.lines)
        reasons = set()
        if not actor.operator and (customer is None or actor.customer != customer):
            reasons.add(Code.FORBIDDEN)
        if units.keys() - self.terms.keys():
            return _first(reasons | {Code.NOT_FOUND})
        reasons |= self._against_taking(units, customer, now)
        caps = [self.terms[o].hold_ttl_seconds or self.policy.hold_ttl_seconds for o in units]
        lasts = timedelta(seconds=command.ttl_seconds or min(caps))
        status, ends, reach = "confirmed", None, None
        if not command.confirm:
            status, ends, reach = "held", now + lasts, now + 3 * timedelta(seconds=min(caps))
            held_by = [c.customer for c in self.at(now).values() if c.status == "held"]
            most = self.policy.max_live_holds
            hoards = most is not None and customer is not None and held_by.count(customer) >= most
            if hoards or lasts > timedelta(seconds=min(caps)):
                reasons.add(Code.LIMIT_EXCEEDED)
        claim = Claim(customer, status, units, units, ends, reach)
        return _first(reasons) if reasons else self._put(command, claim)

    def _against_taking(
        self, units: dict[str, int], customer: str | None, now: datetime
    ) -> set[Code]:
        reasons = set()
        for o, quantity in units.items():
            t = self.terms[o]
            mine = (c for c in self.at(now).values() if c.customer == customer is not None)
            total = quantity + sum(c.units.get(o, 0) for c in mine)
            most, per_customer = t.max_quantity, t.max_per_customer
            found = {
                Code.NOT_ON_SALE_YET: t.sale_starts_at and now < t.sale_starts_at,
                Code.SALE_ENDED: t.sale_ends_at and now >= t.sale_ends_at,
                Code.LIMIT_EXCEEDED: quantity < t.min_quantity
                or (most is not None and quantity > most)
                or (per_customer is not None and total > per_customer),
                Code.INSUFFICIENT_CAPACITY: self.out(o, now) + quantity > self.target[o],
            }
            reasons |= {code for code, applies in found.items() if applies}
        return reasons

    def _confirm(self, command: Confirm, claim: Claim, now: datetime) -> Said:
        units = claim.asked if command.lines is None else _summed(command.lines)
        if units.keys() - claim.asked.keys():
            return Code.MALFORMED_REQUEST
        if any(quantity > claim.asked[o] for o, quantity in units.items()):
            return Code.LIMIT_EXCEEDED
        if claim.status == "expired" and command.reacquire:
            if reasons := self._against_taking(units, claim.customer, now):
                return _first(reasons)
        elif claim.status == "confirmed" and (command.lines is None or units == claim.units):
            return False
        elif any(q < self.terms[o].min_quantity and q < claim.asked[o] for o, q in units.items()):
            return Code.LIMIT_EXCEEDED
        elif claim.status != "held":
            return ENDED[claim.status]
        return self._put(command, replace(claim, status="confirmed", units=units))

    def _change_stock(self, command: Any, now: datetime) -> Said:
        if not command.actor.operator:
            return Code.FORBIDDEN
        if isinstance(command, SetCapacity) and command.capacity < 0:
            return Code.MALFORMED_REQUEST
        if command.offering not in self.terms:
            return Code.NOT_FOUND
        was, out = self.target[command.offering], self.out(command.offering, now)
        if isinstance(command, SetCapacity):
            target = command.capacity
            expected = command.expected in (None, max(was, out))
        else:
            target, expected = was + command.delta, True
        reasons = set()
        if target < 0:
            reasons.add(Code.MALFORMED_REQUEST)
        less_of_a_drain = not isinstance(command, SetCapacity) and was < out and target > was
        if target < out and not (command.drain or less_of_a_drain):
            reasons.add(Code.CAPACITY_BELOW_RESERVED)
        if not expected:
            reasons.add(Code.VERSION_CONFLICT)
        if reasons:
            return _first(reasons)
        self.target[command.offering] = target
        return target != was


def _summed(lines: Iterable[tuple[str, int]]) -> dict[str, int]:
    units: Counter[str] = Counter()
    for offering, quantity in lines:
        units[offering] += quantity
    return dict(units)


def _first(reasons: set[Code]) -> Code:
    return min(reasons, key=list(Code).index)
