"""What the specification says of holds and pools, said once more in dictionaries and minutes.

Owns the rules as the model has them, and nothing about how they are asked or checked. It shares no
code with the engine, not even the vocabulary. Pools are arrays with a number for each minute; a
hold that has ended has given back at that very instant, whoever has noticed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.faults.workload_things import (
    TAKEN_FOR_GOOD,
    Claim,
    Command,
    Lent,
    Need,
    Offering,
    Pool,
    Units,
)

PUBLISHED = (
    "malformed_request",
    "too_far_ahead",
    "limit_exceeded",
    "insufficient_capacity",
    "pool_busy",
    "hold_expired",
    "already_confirmed",
    "already_released",
    "already_cancelled",
    "version_conflict",
)
"""Codes in the order in which they are checked."""

ENDED = {
    "expired": "hold_expired",
    "released": "already_released",
    "cancelled": "already_cancelled",
    **dict.fromkeys(TAKEN_FOR_GOOD, "already_confirmed"),
}

Reason = dict[str, Any]
"""A code, and facts that an answer has to have which gives this reason."""

Entries = Mapping[str, tuple[str, int, int]]
"""By offering: what the ledger says has happened, and by how much held and confirmed change."""


class Verdict(NamedTuple):
    """What becomes of a command: reasons against it; or the reservation after it, and what the
    ledger says about that, which is nothing if nothing has changed."""

    reasons: list[Reason]
    claim: Claim | None = None
    entries: Entries = MappingProxyType({})


class Model:
    """The world, and what can be done in it."""

    def __init__(self, ttl: int, most_holds: int) -> None:
        self.ttl = ttl
        self.most_holds = most_holds
        """That one customer may have at a time."""
        self.pools: dict[str, Pool] = {}
        self.offerings: dict[str, Offering] = {}
        self.claims: dict[str, Claim] = {}
        self.out: Counter[str] = Counter()
        """Units held and confirmed, by offering."""
        self.has: Counter[tuple[str | None, str]] = Counter()
        """Likewise, by customer and offering."""
        self.holds: Counter[str | None] = Counter()
        self._ends: list[tuple[datetime, str]] = []

    # --- the world ---

    def publish(self, offering: Offering) -> list[Reason]:
        """Put it on sale; or say why it cannot take what it needs for itself."""
        reasons = self.busy(offering, offering.own)
        if not reasons:
            self.offerings[offering.id] = offering
            self._lend(offering, offering.own, 1)
        return reasons

    def put(self, id: str, claim: Claim) -> None:
        """Let this be the reservation."""
        for sign, it in ((-1, self.claims.get(id)), (1, claim)):
            if it is not None:
                self.holds[it.customer] += sign * (it.status == "held")
                for offering, units in it.units.items():
                    self.out[offering] += sign * units
                    self.has[it.customer, offering] += sign * units
                    self._lend(self.offerings[offering], self.offerings[offering].each, sign)
        self.claims[id] = claim
        if claim.status == "held":
            assert claim.ends is not None
            heappush(self._ends, (claim.ends, id))

    def next_end(self) -> datetime | None:
        """When the next hold ends that has not."""
        while self._ends and not self._stands(*self._ends[0]):
            heappop(self._ends)
        return self._ends[0][0] if self._ends else None

    def tick(self, now: datetime) -> None:
        """Let every hold be over that ends by now."""
        while (end := self.next_end()) is not None and end <= now:
            id = heappop(self._ends)[1]
            claim = self.claims[id]
            self.put(id, replace(claim, status="expired", units={}, unnoticed=claim.units))

    def notice(self, id: str) -> Verdict:
        """What there is to be recorded about a hold that has ended."""
        claim = self.claims[id]
        entries = {o: ("expired", -units, 0) for o, units in claim.unnoticed.items()}
        return Verdict([], replace(claim, unnoticed={}), entries)

    def _stands(self, end: datetime, id: str) -> bool:
        claim = self.claims[id]
        return claim.status == "held" and claim.ends == end

    # --- what can be done ---

    def do(self, command: Command, now: datetime) -> Verdict:
        """What becomes of this now; nothing does by asking."""
        if command.verb == "hold":
            return self._hold(command, now)
        verdict: Verdict = getattr(self, f"_{command.verb.replace('-', '_')}")(
            command, self.claims[command.id], now
        )
        return verdict

    def _hold(self, command: Command, now: datetime) -> Verdict:
        units, customer, cap = _sum(command.lines), command.customer, self._cap(command.lines)
        reasons = self._against(units, {}, customer)
        if command.confirm:
            return _settle(reasons, Claim("confirmed", customer, units, units), "confirmed")
        if customer is not None and self.holds[customer] >= self.most_holds:
            has = self.holds[customer]
            reasons.append(_limit("max_live_holds", self.most_holds, has=has))
        if command.ttl is not None and command.ttl > cap:
            reasons.append(_limit("ttl_seconds", cap, requested=command.ttl))
        ends = now + timedelta(seconds=command.ttl or cap)
        reach = now + timedelta(seconds=3 * cap)
        return _settle(reasons, Claim("held", customer, units, units, ends, reach), "held")

    def _confirm(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        keep = claim.asked if command.lines is None else _sum(command.lines)
        if keep.keys() - claim.asked.keys():
            return _refused("malformed_request")
        reasons = [
            _limit("held", claim.asked[o], offering=o)
            for o, units in keep.items()
            if units > claim.asked[o]
        ]
        if claim.status == "expired" and command.reacquire:
            keep = {o: keep[o] for o in claim.asked if o in keep}
            reasons += [] if reasons else self._against(keep, {}, claim.customer)
            after = replace(claim, status="confirmed", units=keep)
            return _settle(reasons, after, "reacquired", claim, keep)
        as_it_is = command.lines is None or keep == claim.units
        if claim.status in TAKEN_FOR_GOOD and as_it_is and not reasons:
            return Verdict([], claim)
        for o, units in keep.items():
            least = min(self.offerings[o].least, claim.asked[o])
            if units < least:
                reasons.append(_limit("min_quantity", least, offering=o, requested=units))
        if claim.status != "held":
            return Verdict([*reasons, _ended(command.id, claim)])
        after = replace(claim, status="confirmed", units=keep)
        return _settle(reasons, after, "confirmed", claim, claim.asked)

    def _extend(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        if claim.status != "held":
            return Verdict([_ended(command.id, claim)])
        assert command.ttl is not None and claim.ends is not None and claim.reach is not None
        ends = now + timedelta(seconds=command.ttl)
        if ends > claim.reach:
            return Verdict([_limit("extend_until", claim.reach, requested=command.ttl)])
        if ends <= claim.ends:
            return Verdict([], claim)
        return _settle([], replace(claim, ends=ends), "extended", claim, claim.units)

    def _release(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        if claim.status == "released":
            return Verdict([], claim)
        return self._give_back(command, claim, "held")

    def _cancel(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        if claim.status in {"released", "cancelled"}:
            return Verdict([], claim)
        return self._give_back(command, claim, "held", "confirmed")

    def _give_back(self, command: Command, claim: Claim, *live: str) -> Verdict:
        less = claim.units if command.lines is None else _sum(command.lines)
        if less.keys() - claim.asked.keys():
            return _refused("malformed_request")
        if claim.status not in live:
            return Verdict([_ended(command.id, claim)])
        left = {o: claim.units.get(o, 0) - less.get(o, 0) for o in claim.asked}
        reasons = [
            _limit("reserved", claim.units.get(o, 0), offering=o, requested=less[o])
            for o, units in left.items()
            if units < 0
        ]
        reasons += self._too_little({o: left[o] for o in less})
        rest = {o: units for o, units in left.items() if units > 0}
        held = claim.status == "held"
        kind = "released" if held else "cancelled"
        if rest:
            after = replace(claim, asked=rest if held else claim.asked, units=rest)
        else:
            after = replace(claim, status=kind, units={})
        return _settle(reasons, after, kind, claim, less)

    def _move(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        units, had = _sum(command.lines), claim.units
        if claim.status not in {"held", "confirmed"}:
            return Verdict([_ended(command.id, claim)])
        if units == had:
            return Verdict([], claim)
        changed = [o for o in {**had, **units} if units.get(o, 0) != had.get(o, 0)]
        more = {o: n for o, n in units.items() if n > had.get(o, 0)}
        reasons = self._against(more, had, claim.customer, [o for o in had if o not in units])
        reasons += self._too_little({o: units.get(o, 0) for o in changed if o not in more})
        after = replace(claim, asked=units, units=units)
        if claim.status == "held" and (new := [(o, n) for o, n in more.items() if o not in had]):
            assert claim.ends is not None and claim.reach is not None
            cap = timedelta(seconds=self._cap(new))
            ends, reach = min(claim.ends, now + cap), min(claim.reach, now + 3 * cap)
            after = replace(after, ends=ends, reach=reach)
        return _settle(reasons, after, "moved", claim, changed)

    def _check_in(self, command: Command, claim: Claim, now: datetime) -> Verdict:
        if claim.status == "held":
            return _refused("version_conflict", state="held")
        if claim.status not in TAKEN_FOR_GOOD:
            return Verdict([_ended(command.id, claim)])
        if claim.status == command.outcome:
            return Verdict([], claim)
        if any(self.offerings[o].ends for o in claim.units):
            # The day of the slots is far ahead.
            return _refused("too_far_ahead", reservation=command.id)
        after = replace(claim, status=command.outcome)
        return _settle([], after, command.outcome, claim, claim.units)

    # --- what can be in the way ---

    def _against(
        self, units: Units, had: Units, customer: str | None, leaving: Iterable[str] = ()
    ) -> list[Reason]:
        """What is in the way of having so many units of each where there were `had`, and of
        `leaving` none any more."""
        reasons = []
        for id, wanted in units.items():
            it, own = self.offerings[id], had.get(id, 0)
            has = 0 if customer is None else self.has[customer, id] - own
            facts = {"offering": id, "requested": wanted}
            if wanted < it.least:
                reasons.append(_limit("min_quantity", it.least, **facts))
            if it.most is not None and wanted > it.most:
                reasons.append(_limit("max_quantity", it.most, **facts))
            if it.most_each is not None and has + wanted > it.most_each:
                reasons.append(_limit("max_per_customer", it.most_each, has=has, **facts))
            free = it.capacity - self.out[id]
            if wanted - own > free:
                facts = {"offering": id, "requested": wanted - own, "available": free}
                reasons.append({"code": "insufficient_capacity", **facts})
        new = [self.offerings[id] for id in units if id not in had]
        return reasons + self._in_the_way(new, [self.offerings[id] for id in leaving])

    def _too_little(self, left: Units) -> list[Reason]:
        return [
            _limit("min_quantity", self.offerings[o].least, offering=o, requested=units)
            for o, units in left.items()
            if 0 < units < self.offerings[o].least
        ]

    def _in_the_way(self, new: Sequence[Offering], leaving: Sequence[Offering]) -> list[Reason]:
        """Pools that the first of these cannot have which cannot have what it needs. What came
        before it has it, and those that leave have given back."""
        done = [(it, -1) for it in leaving]
        for it, sign in done:
            self._lend(it, it.each, sign)
        reasons: list[Reason] = []
        for it in new:
            reasons = self.busy(it, it.each)
            if reasons:
                break
            self._lend(it, it.each, 1)
            done.append((it, 1))
        for it, sign in done:
            self._lend(it, it.each, -sign)
        return reasons

    def busy(self, slot: Offering, needs: Iterable[Need]) -> list[Reason]:
        """The pools that cannot lend what is needed."""
        reasons = []
        for id, units in needs:
            pool = self.pools[id]
            begins, ends = slot.begins - pool.before, slot.ends + pool.after
            most = max(pool.lent[begins:ends])
            if most + units > pool.units:
                facts = {"offering": slot.id, "pool": id, "requested": units, "taken": most}
                lent = Lent(begins, ends, pool.lent[begins:])
                reasons.append({"code": "pool_busy", **facts, "units": pool.units, "lent": lent})
        return reasons

    def _lend(self, slot: Offering, needs: Iterable[Need], sign: int) -> None:
        for id, units in needs:
            pool = self.pools[id]
            for minute in range(slot.begins - pool.before, slot.ends + pool.after):
                pool.lent[minute] += sign * units

    def _cap(self, lines: Iterable[tuple[str, int]] | None) -> int:
        return min(self.offerings[o].ttl or self.ttl for o, _ in lines or ())


def _settle(
    reasons: list[Reason],
    after: Claim,
    kind: str,
    before: Claim | None = None,
    concerned: Iterable[str] = (),
) -> Verdict:
    """Refused for these reasons, if there are any; else the ledger tells of all that is concerned,
    which is everything in a new reservation."""
    if reasons:
        return Verdict(reasons)
    entries: dict[str, tuple[str, int, int]] = {}
    for id in concerned or after.units:
        _, held, confirmed = after.shown(id)
        _, had_held, had_confirmed = (0, 0, 0) if before is None else before.shown(id)
        entries[id] = (kind, held - had_held, confirmed - had_confirmed)
    return Verdict([], after, entries)


def _sum(lines: Iterable[tuple[str, int]] | None) -> Units:
    units: Counter[str] = Counter()
    for offering, quantity in lines or ():
        units[offering] += quantity
    return dict(units)


def _limit(limit: str, bound: object, **facts: object) -> Reason:
    return {"code": "limit_exceeded", "limit": limit, "bound": bound, **facts}


def _refused(code: str, **facts: object) -> Verdict:
    return Verdict([{"code": code, **facts}])


def _ended(id: str, claim: Claim) -> Reason:
    reason: Reason = {"code": ENDED[claim.status], "reservation": id}
    if claim.status == "expired":
        reason["expired_at"] = claim.ends
    return reason
