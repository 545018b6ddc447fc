"""Whose turn it was: within one transaction, step by step as it decided, nobody takes what fits
somebody who has been waiting for it, be it units or what a slot needs of a pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from tests.simulation.constraints import most_lent
from tests.simulation.server import Transaction
from tests.simulation.tables import (
    Entry,
    Line,
    Loan,
    Offering,
    Organization,
    Pool,
    Requirement,
    Wait,
)
from tests.simulation.violations import Violation

WAITLIST = "system:waitlist"
Key = tuple[str, str]
"""Organization and id."""


class Step(NamedTuple):
    """What one command did, or the end of one hold, or an offer."""

    entries: tuple[Entry, ...]

    @property
    def takes(self) -> bool:
        return any(e.held_delta + e.confirmed_delta > 0 for e in self.entries)


class Turns:
    """Everything as it was before the transaction, to be changed step by step. A hold that had
    ended by the time of the decision had given back what it had, whoever had noticed."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._free = Counter[Key]()
        self._has: dict[tuple[str, str, str], int] = Counter()
        """Units, by organization, reservation and offering."""
        self._live = Counter[Key]()
        """Reservations that have some, by slot."""
        self._waiting: dict[str, Wait] = {}
        self._after = [it for it in tx.changes.get(Wait, {}).values() if it is not None]
        self._decided = max((e.at for e in tx.changes.get(Entry, {}).values()), default=None)
        committed = tx.server.tables
        for key, row in committed.of(Offering).items():
            self._free[key] = row.capacity - row.held - row.confirmed
        for line in committed.of(Line).values():
            units = line.held + line.confirmed
            if line.held and self._has_ended(line):
                self._free[line.organization, line.offering] += units
                continue
            self._has[line[:3]] = units
            self._live[line.organization, line.offering] += units > 0
        for wait in committed.of(Wait).values():
            if wait.status == "waiting":
                self._waiting[wait.id] = wait

    def _has_ended(self, line: Line) -> bool:
        return self._decided is not None and (
            line.expires_at is not None and line.expires_at <= self._decided
        )

    def check(self) -> None:
        """Raises `Violation` if somebody was passed over."""
        if not (self._waiting or self._after):
            return
        for step in _steps(self._tx.changes.get(Entry, {}).values()):
            if step.takes and self._waiting:
                self._check(step)
            for entry in step.entries:
                self._apply(entry)

    def _check(self, step: Step) -> None:
        first = step.entries[0]
        served = None
        if first.actor == WAITLIST:
            (served,) = [w for w in self._after if w.reservation == first.reservation]
        taken = {entry[:2] for entry in step.entries}
        for wait in self._waiting.values():
            key = (wait.organization, wait.offering)
            if served is not None:
                # Lines for different slots are served one after the other.
                if wait.offering != served.offering or wait.place >= served.place:
                    continue
            elif key not in taken and not self._share(key, taken):
                continue
            if not self._is_limited(key) and self._fits(wait, first.at):
                raise Violation("somebody gets what fits somebody who waits", f"{step} {wait}")

    def _apply(self, entry: Entry) -> None:
        key = entry[:2]
        if entry.kind == "waitlisted":
            for wait in self._after:
                if (wait.organization, wait.offering) == key and wait.place == entry.seq:
                    self._waiting[wait.id] = wait
            return
        if entry.kind == "unlisted":
            for wait in self._after:
                if (wait.organization, wait.offering) != key:
                    continue
                if wait.status == entry.reason and wait.reservation == entry.reservation:
                    self._waiting.pop(wait.id, None)
            return
        if entry.kind == "expired":
            return  # it had ended before
        units = entry.held_delta + entry.confirmed_delta
        self._free[key] += entry.capacity_delta - units
        if entry.reservation is None:
            return
        of = (entry.organization, entry.reservation, entry.offering)
        had = self._has[of]
        self._has[of] = had + units
        self._live[key] += (had + units > 0) - (had > 0)
        if entry.actor == WAITLIST:
            for wait in self._after:
                if wait.reservation == entry.reservation:
                    self._waiting.pop(wait.id, None)

    # --- what fits ---

    def _is_limited(self, key: Key) -> bool:
        """Whether something else may be in the way."""
        row = self._tx.get(Offering, *key)
        limit = self._tx.get(Organization, key[0]).max_live_holds
        return row.max_per_customer is not None or limit is not None

    def _fits(self, wait: Wait, now: datetime) -> bool:
        key = (wait.organization, wait.offering)
        starts_at = self._tx.get(Offering, *key).starts_at
        if wait.quantity > self._free[key] or (starts_at is not None and starts_at <= now):
            return False
        return all(self._can_lend(key, r, now) for r in self._required(key))

    def _required(self, key: Key) -> Iterator[Requirement]:
        """What each reservation of a slot requires."""
        for r in self._tx.all(Requirement):
            if (r.organization, r.slot, r.per) == (*key, "reservation"):
                yield r

    def _share(self, key: Key, others: Iterable[Key]) -> bool:
        """Whether a slot takes of a pool that one of the others takes of."""
        pools = {r.pool for r in self._required(key)}
        return any(r.pool in pools for other in others for r in self._required(other))

    def _can_lend(self, key: Key, wanted: Requirement, now: datetime) -> bool:
        pool = self._tx.get(Pool, key[0], wanted.pool)
        begins, ends = self._during(key, pool)
        begins = max(begins, now)
        lent = []
        for r in self._tx.all(Requirement):
            if (r.organization, r.pool) != (key[0], wanted.pool):
                continue
            slot = (r.organization, r.slot)
            units = r.units * (self._live[slot] if r.per == "reservation" else 1)
            since, until = self._during(slot, pool)
            if units and since < ends and begins < until:
                lent.append(
                    Loan(key[0], pool.id, r.slot, units, max(since, begins), until, pool.exclusive)
                )
        return most_lent(lent) + wanted.units <= pool.units

    def _during(self, slot: Key, pool: Pool) -> tuple[datetime, datetime]:
        """When a slot has what it takes of a pool."""
        loan = self._tx.before(Loan, (slot[0], pool.id, slot[1]))
        if loan is not None:
            return loan.starts_at, loan.ends_at
        row = self._tx.get(Offering, *slot)
        return (
            row.starts_at - timedelta(minutes=pool.before_minutes),
            row.ends_at + timedelta(minutes=pool.after_minutes),
        )


def _steps(entries: Iterable[Any]) -> Iterator[Step]:
    """Entries in the order of the decisions, those of one command together."""
    for _, group in groupby(entries, key=lambda e: (e.reservation, e.actor, e.kind)):
        yield Step(tuple(group))
