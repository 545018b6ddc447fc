"""The rules once more, as naively as they can be said: what each command does to the world.

Every rule is asked, and of all reasons against a command the first one published wins. It shares no
code with the rules, only their vocabulary.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from firmhold.domain.commands import (
    AdjustCapacity,
    Cancel,
    CheckIn,
    Confirm,
    Expire,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Reconsider,
    Release,
    SetCapacity,
)
from firmhold.domain.errors import Code
from tests.unit.world import Claim, Waiter, World

ENDED = {
    "expired": Code.HOLD_EXPIRED,
    "confirmed": Code.ALREADY_CONFIRMED,
    "fulfilled": Code.ALREADY_CONFIRMED,
    "no_show": Code.ALREADY_CONFIRMED,
    "released": Code.ALREADY_RELEASED,
    "cancelled": Code.ALREADY_CANCELLED,
}
TAKEN = {Code.INSUFFICIENT_CAPACITY, Code.POOL_BUSY}

Said = Code | bool
"""The reason against a command, or whether it changes anything."""


class Reference(World):
    def do(self, command: Any, now: datetime) -> Said:
        self._let_the_line_move(now)
        said = self._do(command, now)
        self._let_the_line_move(now)
        return said

    def _do(self, command: Any, now: datetime) -> Said:
        match command:
            case Hold():
                return self._hold(command, now)
            case Join():
                return self._join(command, now)
            case Leave():
                return self._leave(command)
            case Reconsider():
                return Code.NOT_FOUND if command.offering not in self.offerings else False
            case SetCapacity() | AdjustCapacity():
                return self._change_stock(command, now)
            case CheckIn() if not command.actor.operator:
                return Code.FORBIDDEN
        claim = self.at(now).get(command.reservation)
        return Code.NOT_FOUND if claim is None else self._act(command, claim, now)

    def _act(self, command: Any, claim: Claim, now: datetime) -> Said:
        actor = command.actor
        owner = actor.customer == claim.customer and claim.customer is not None
        if isinstance(command, Expire):
            return False
        if not (owner or actor.operator or actor.reservation == command.reservation):
            return Code.FORBIDDEN
        match command:
            case Confirm():
                return self._confirm(command, claim, now)
            case Extend():
                return self._extend(command, claim, now)
            case Move():
                return self._move(command, claim, now)
            case CheckIn():
                return self._check_in(command, claim, now)
        return self._give_back(command, claim, now)

    def _put(self, command: Any, claim: Claim) -> bool:
        self.claims[command.reservation] = claim
        return True

    # --- reservations ---

    def _hold(self, command: Hold, now: datetime) -> Said:
        customer, actor, units = command.customer, command.actor, _summed(command.lines)
        reasons = set()
        if not actor.operator and (customer is None or actor.customer != customer):
            reasons.add(Code.FORBIDDEN)
        if units.keys() - self.offerings.keys():
            return _first(reasons | {Code.NOT_FOUND})
        cap = self._cap(units)
        lasts = timedelta(seconds=command.ttl_seconds) if command.ttl_seconds else cap
        claim = Claim(customer, "confirmed", units, units)
        if not command.confirm:
            claim = Claim(customer, "held", units, units, now + lasts, now + 3 * cap)
            if self._hoards(customer, now) or lasts > cap:
                reasons.add(Code.LIMIT_EXCEEDED)
        reasons |= self._against(command.reservation, {}, claim, actor.operator, now)
        return _first(reasons) if reasons else self._put(command, claim)

    def _extend(self, command: Extend, claim: Claim, now: datetime) -> Said:
        if claim.status != "held":
            return ENDED[claim.status]
        ends = now + timedelta(seconds=command.ttl_seconds)
        assert claim.ends and claim.reach
        if ends > claim.reach:
            return Code.LIMIT_EXCEEDED
        return ends > claim.ends and self._put(command, replace(claim, ends=ends))

    def _confirm(self, command: Confirm, claim: Claim, now: datetime) -> Said:
        units = claim.asked if command.lines is None else _summed(command.lines)
        if units.keys() - claim.asked.keys():
            return Code.MALFORMED_REQUEST
        if any(quantity > claim.asked[o] for o, quantity in units.items()):
            return Code.LIMIT_EXCEEDED
        after = replace(claim, status="confirmed", units=units)
        if claim.status == "expired" and command.reacquire:
            by_operator = command.actor.operator
            if reasons := self._against(command.reservation, {}, after, by_operator, now):
                return _first(reasons)
        elif claim.status in {"confirmed", "fulfilled", "no_show"} and (
            command.lines is None or units == claim.units
        ):
            return False
        elif any(
            quantity < min(self.offerings[o].terms.min_quantity, claim.asked[o])
            for o, quantity in units.items()
        ):
            return Code.LIMIT_EXCEEDED
        elif claim.status != "held":
            return ENDED[claim.status]
        return self._put(command, after)

    def _move(self, command: Move, claim: Claim, now: datetime) -> Said:
        units = _summed(command.lines)
        if units.keys() - self.offerings.keys():
            return Code.NOT_FOUND
        if claim.status not in {"held", "confirmed"}:
            return ENDED[claim.status]
        if units == claim.units:
            return False
        after = replace(claim, asked=units, units=units)
        if claim.status == "held" and (new := units.keys() - claim.units.keys()):
            assert claim.ends and claim.reach
            cap = self._cap(new)
            after = replace(
                after, ends=min(claim.ends, now + cap), reach=min(claim.reach, now + 3 * cap)
            )
        by_operator = command.actor.operator
        less = {o for o, quantity in claim.units.items() if units.get(o, 0) < quantity}
        reasons = self._against(command.reservation, claim.units, after, by_operator, now)
        if self._too_late(claim, less, by_operator, now):
            reasons.add(Code.TOO_LATE_TO_CANCEL)
        return _first(reasons) if reasons else self._put(command, after)

    def _give_back(self, command: Release | Cancel, claim: Claim, now: datetime) -> Said:
        cancel = isinstance(command, Cancel)
        if claim.status == "released" or (cancel and claim.status == "cancelled"):
            return False
        less = claim.units if command.lines is None else _summed(command.lines)
        if less.keys() - claim.asked.keys():
            return Code.MALFORMED_REQUEST
        if claim.status != "held" and not (cancel and claim.status == "confirmed"):
            return ENDED[claim.status]
        left = {o: claim.units.get(o, 0) - less.get(o, 0) for o in claim.asked}
        units = {o: quantity for o, quantity in left.items() if quantity}
        held = claim.status == "held"
        after = replace(claim, units=units, asked=units if held else claim.asked)
        reasons = set()
        if min(left.values()) < 0:
            reasons.add(Code.LIMIT_EXCEEDED)
        else:
            reasons |= self._against(command.reservation, claim.units, after, False, now)
        if self._too_late(claim, less, command.actor.operator, now):
            reasons.add(Code.TOO_LATE_TO_CANCEL)
        if reasons:
            return _first(reasons)
        if not units:
            ended = "released" if held else "cancelled"
            after = replace(claim, status=ended, units={})
        return self._put(command, after)

    def _too_late(
        self, claim: Claim, less: Iterable[str], by_operator: bool, now: datetime
    ) -> bool:
        slots = (slot for o in less if (slot := self.offerings[o].slot))
        return (
            claim.status == "confirmed"
            and not by_operator
            and any(now >= slot.starts_at - slot.cutoff for slot in slots)
        )

    def _check_in(self, command: CheckIn, claim: Claim, now: datetime) -> Said:
        if claim.status == "held":
            return Code.VERSION_CONFLICT
        if claim.status not in {"confirmed", "fulfilled", "no_show"}:
            return ENDED[claim.status]
        outcome = command.outcome.value
        if claim.status == outcome:
            return False
        begins = [slot.starts_at for o in claim.units if (slot := self.offerings[o].slot)]
        if outcome == "no_show":
            if any(now < it for it in begins):
                return Code.TOO_FAR_AHEAD
        elif begins and all(now + timedelta(hours=2) < it for it in begins):
            return Code.TOO_FAR_AHEAD
        return self._put(command, replace(claim, status=outcome))

    # --- the line ---

    def _let_the_line_move(self, now: datetime) -> None:
        claims = self.at(now)
        for w in self.line:
            if w.status == "offered":
                claim = claims[w.offer]
                promised = w.offering in claim.units
                if claim.status == "held":
                    w.status = "offered" if promised else "declined"
                else:
                    ended = {"expired": "lapsed", "released": "declined"}
                    w.status = ended.get(claim.status, "accepted" if promised else "declined")
        for o in self.offerings:
            for w in self.waiting(o):
                if self._is_over(o, now):
                    w.status = "closed"
                elif self.fits(w, now):
                    w.status = "offered"
                    self.claims[w.offer] = self._offer(w, now)

    def waiting(self, *offerings: str) -> list[Waiter]:
        return [w for w in self.line if w.status == "waiting" and w.offering in offerings]

    def fits(self, w: Waiter, now: datetime) -> bool:
        """Whether what is free is enough for someone who waits, and nothing is in the way."""
        offer = self._offer(w, now)
        return not (self._against(w.offer, {}, offer, False, now) or self._hoards(w.customer, now))

    def _offer(self, w: Waiter, now: datetime) -> Claim:
        units, until = {w.offering: w.quantity}, timedelta(seconds=self.policy.offer_ttl_seconds)
        return Claim(w.customer, "held", units, units, now + until, now + until)

    def _is_over(self, o: str, now: datetime) -> bool:
        ends, slot = self.offerings[o].terms.sale_ends_at, self.offerings[o].slot
        return (ends is not None and now >= ends) or (
            slot is not None and now >= slot.starts_at - slot.notice
        )

    def _join(self, command: Join, now: datetime) -> Said:
        o, customer, quantity = command.offering, command.customer, command.quantity
        if not (command.actor.operator or command.actor.customer == customer):
            return Code.FORBIDDEN
        if o not in self.offerings:
            return Code.NOT_FOUND
        same = [w for w in self.line if (w.customer, w.offering) == (customer, o)]
        here = [w for w in same if w.status in {"waiting", "offered"}]
        if here and here[0].quantity == quantity:
            return False
        new = Waiter(command.entry, o, customer, quantity)
        reasons = self._against(new.offer, {}, self._offer(new, now), False, now) - TAKEN
        if quantity > self.capacity(o, now):
            reasons.add(Code.INSUFFICIENT_CAPACITY)
        if here:
            reasons.add(Code.ALREADY_EXISTS)
        if reasons:
            return _first(reasons)
        self.line.append(new)
        return True

    def _leave(self, command: Leave) -> Said:
        w = next((w for w in self.line if w.id == command.entry), None)
        if w is None:
            return Code.NOT_FOUND
        if not (command.actor.operator or command.actor.customer == w.customer):
            return Code.FORBIDDEN
        if w.status == "accepted":
            return Code.ALREADY_CONFIRMED
        if w.status == "offered":
            claim = self.claims[w.offer]
            rest = {o: quantity for o, quantity in claim.units.items() if o != w.offering}
            gone = replace(claim, status="released", units={})
            self.claims[w.offer] = replace(claim, units=rest, asked=rest) if rest else gone
            return True
        left = w.status == "waiting"
        w.status = "withdrawn" if left else w.status
        return left

    # --- stock ---

    def _change_stock(self, command: Any, now: datetime) -> Said:
        if not command.actor.operator:
            return Code.FORBIDDEN
        if isinstance(command, SetCapacity) and command.capacity < 0:
            return Code.MALFORMED_REQUEST
        if command.offering not in self.offerings:
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
