"""What must hold of what is committed, looked at at every commit: nobody can see anything else.

Knows the tables and nothing of how the engine comes by what it writes. What is checked follows the
list of invariants in the specification.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.constraints import most_lent
from tests.simulation.server import Server, Transaction
from tests.simulation.tables import (
    Answer,
    Entry,
    Line,
    Loan,
    Offering,
    Organization,
    Pool,
    Requirement,
    Reservation,
    Wait,
)
from tests.simulation.turns import Turns
from tests.simulation.violations import Violation


class Invariants:
    """Looks at each commit; what it finds is the server's violation."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.may_be_partial = False
        """Whether a batch may do nothing but record what has ended, so that nobody's turn can be
        told before the next."""

    # --- at every commit ---

    def committing(self, tx: Transaction) -> None:
        """Look at what a transaction is about to do."""
        try:
            self._check(tx)
        except Violation as violation:
            self._server.found(*violation.args)

    def committed(self, tx: Transaction) -> None:
        """Look at what there is now."""
        try:
            touched = set(tx.changes.get(Offering, {}))
            # Rows that say something new of an offering whose counters say nothing new.
            touched |= {(line[0], line[2]) for line in tx.changes.get(Line, {})}
            touched |= {(it[0], it[2]) for it in tx.changes.get(Wait, {}).values() if it}
            self._check_sums(touched)
            pools = {loan[:2] for loan in tx.changes.get(Loan, {})}
            self._check_pools(pools)
            entries = tx.changes.get(Entry, {}).values()
            kinds = {entry.kind for entry in entries}
            decided = max((entry.at for entry in entries), default=self._server.now)
            if not (self.may_be_partial and kinds <= {"expired", "unlisted"}):
                self._check_turns(touched, pools, decided)
        except Violation as violation:
            self._server.found(*violation.args)

    def _check(self, tx: Transaction) -> None:
        entries: dict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in tx.changes.get(Entry, {}).values():
            entries[entry[:2]].append(entry)
            if entry.at < tx.locked_at:
                raise Violation("a decision is older than its locks", str(entry))
        for key, row in tx.changes.get(Offering, {}).items():
            self._check_ledger(tx, row, sorted(entries.pop(key, ()), key=lambda e: e.seq))
        if entries:
            raise Violation("a ledger entry without its counters", str(entries))
        if tx.changes.get(Answer) and not tx.changes.get(Entry):
            raise Violation("an answer is kept without an effect")
        for reservation in tx.changes.get(Reservation, {}).values():
            self._check_reservation(tx, reservation)
        Turns(tx).check()

    def _check_ledger(self, tx: Transaction, row: Offering, entries: list[Entry]) -> None:
        """The counters are the fold of the ledger."""
        was = tx.before(Offering, row[:2])
        capacity, held, confirmed, seq = was.capacity, was.held, was.confirmed, was.seq
        last = tx.before(Entry, (*row[:2], seq))
        for entry in entries:
            if entry.seq != seq + 1 or (last is not None and entry.at < last.at):
                raise Violation("the ledger has a gap", str(entry))
            capacity += entry.capacity_delta
            held += entry.held_delta
            confirmed += entry.confirmed_delta
            seq, last = entry.seq, entry
            if (capacity, held, confirmed) != (entry.capacity, entry.held, entry.confirmed):
                raise Violation("a ledger entry does not add up", str(entry))
        if (capacity, held, confirmed, seq) != (row.capacity, row.held, row.confirmed, row.seq):
            raise Violation("the counters are not the fold of the ledger", str(row))

    def _check_reservation(self, tx: Transaction, r: Reservation) -> None:
        was = tx.before(Reservation, r[:2])
        if r.status == "confirmed" and r.confirmed_at is not None:
            decided = was is None or was.status != "confirmed"
            if decided and r.confirmed_at < tx.locked_at:
                raise Violation("a confirmation is older than its locks", str(r))
        lines = [it for it in tx.all(Line) if (it.organization, it.reservation) == r[:2]]
        if not lines:
            raise Violation("a reservation without lines", str(r))
        if any(it.status != r.status or it.expires_at != r.expires_at for it in lines):
            raise Violation("a line that says something else than its reservation", str(r))
        if was is None:
            self._check_new(tx, r)

    def _check_new(self, tx: Transaction, r: Reservation) -> None:
        """One request has one effect, and customers keep to their limits."""
        if r.notes is not None and any(
            other.notes == r.notes and other.id != r.id and other.organization == r.organization
            for other in tx.all(Reservation)
        ):
            raise Violation("one request has two effects", str(r))
        policy = tx.get(Organization, r.organization)
        if r.status != "held" or r.customer is None or policy.max_live_holds is None:
            return
        holds = sum(
            other.status == "held"
            and other.customer == r.customer
            and other.organization == r.organization
            and other.expires_at is not None
            and other.expires_at > r.created_at
            for other in tx.all(Reservation)
        )
        if holds > policy.max_live_holds:
            raise Violation("a customer has more holds than allowed", str(r))

    def _check_sums(self, offerings: Iterable[Any]) -> None:
        sums: dict[Any, list[int]] = {key: [0, 0] for key in offerings}
        for line in self._rows(Line):
            of = sums.get((line.organization, line.offering))
            if of is not None:
                of[0] += line.held
                of[1] += line.confirmed
        waits: dict[Any, int] = defaultdict(int)
        for wait in self._rows(Wait):
            if wait.status in ("waiting", "offered"):
                waits[wait.organization, wait.offering] += 1
        for key, (held, confirmed) in sums.items():
            row = self._server.tables.of(Offering)[key]
            if (held, confirmed) != (row.held, row.confirmed):
                raise Violation("the counters are not the sum of the reservations", str(row))
            if row.waiting != waits[key]:
                raise Violation("a line is not as long as is counted", str(row))

    def _check_pools(self, pools: Iterable[Any]) -> None:
        for key in pools:
            pool = self._server.tables.of(Pool)[key]
            loans = [loan for loan in self._rows(Loan) if loan[:2] == key]
            if most_lent(loans, None if pool.exclusive else self._server.now) > pool.units:
                raise Violation("a pool has lent more than it has", str(pool))
            for r in self._rows(Requirement):
                if (r.organization, r.pool, r.per) != (*key, "reservation"):
                    continue
                live = sum(
                    line.held + line.confirmed > 0
                    for line in self._rows(Line)
                    if (line.organization, line.offering) == (r.organization, r.slot)
                )
                lent = sum(loan.units for loan in loans if loan.slot == r.slot)
                if lent != live * r.units:
                    raise Violation("a slot has not what its reservations require", str(r))

    def _check_turns(self, touched: Iterable[Any], pools: Iterable[Any], decided: datetime) -> None:
        """Nobody waits for units that are free and fit."""
        keys = set(touched)
        for r in self._rows(Requirement):
            if (r.organization, r.pool) in pools:
                keys.add((r.organization, r.slot))
        for wait in self._rows(Wait):
            key = (wait.organization, wait.offering)
            if wait.status != "waiting" or key not in keys:
                continue
            row = self._server.tables.of(Offering)[key]
            if row.starts_at is not None and row.starts_at <= decided:
                continue  # it is too late for all
            policy = self._server.tables.of(Organization)[key[:1]]
            if policy.max_live_holds is not None or row.max_per_customer is not None:
                continue  # something else may be in the way
            if wait.quantity <= row.capacity - row.held - row.confirmed and self._can_lend(
                row, decided
            ):
                raise Violation("somebody waits for what is free", str(wait))

    def _can_lend(self, row: Offering, now: datetime) -> bool:
        if not row.lends or row.starts_at is None or row.ends_at is None:
            return True
        for r in self._rows(Requirement):
            if (r.organization, r.slot, r.per) != (row.organization, row.id, "reservation"):
                continue
            pool = self._server.tables.of(Pool)[r.organization, r.pool]
            begins = max(now, row.starts_at - timedelta(minutes=pool.before_minutes))
            ends = row.ends_at + timedelta(minutes=pool.after_minutes)
            if self._lent_within(pool, begins, ends) + r.units > pool.units:
                return False
        return True

    def _lent_within(self, pool: Pool, begins: datetime, ends: datetime) -> int:
        return most_lent(
            loan._replace(starts_at=max(loan.starts_at, begins))
            for loan in self._rows(Loan)
            if loan[:2] == pool[:2] and loan.starts_at < ends and begins < loan.ends_at
        )

    def _rows(self, table: type) -> Iterable[Any]:
        return self._server.tables.of(table).values()

    # --- at the end ---

    def has_holds(self) -> bool:
        return any(r.status == "held" for r in self._rows(Reservation))

    def check_everything(self) -> None:
        """Everything once more, from the rows alone. Raises `Violation`."""
        offerings = self._server.tables.of(Offering)
        self._check_sums(offerings)
        self._check_pools(self._server.tables.of(Pool))
        for key, row in offerings.items():
            entries = [e for e in self._rows(Entry) if e[:2] == key]
            numbers = [e.seq for e in entries]
            first = row.seq - len(entries) + 1
            if sorted(numbers) != list(range(first, row.seq + 1)):
                raise Violation("the ledger has a gap", str(row))
            if row.held:
                raise Violation("a hold never expires", str(row))
        keys = [(a.organization, a.key) for a in self._rows(Answer)]
        assert len(keys) == len(set(keys))
