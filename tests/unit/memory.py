"""A database in memory, for driving `decide` through long stories.

It does what the engine's transaction does and no more: it loads what the commands need, counts
usage and live holds as `store/queries/batch.sql` defines them, writes what was decided, and
refuses what the schema's constraints refuse.
"""

from collections.abc import Sequence
from copy import copy
from datetime import datetime

from firmhold.domain.commands import Command, Confirm, Hold, ReservationCommand
from firmhold.domain.decide import decide
from firmhold.domain.model import LedgerEntry, Offering, Reservation, Status
from firmhold.domain.state import Outcome, Policy, State

WAYS = {
    (Status.HELD, Status.CONFIRMED),
    (Status.HELD, Status.RELEASED),
    (Status.HELD, Status.EXPIRED),
    (Status.CONFIRMED, Status.CANCELLED),
    (Status.EXPIRED, Status.CONFIRMED),
    # Confirmed and cancelled, or taken again and cancelled, in one transaction.
    (Status.HELD, Status.CANCELLED),
    (Status.EXPIRED, Status.CANCELLED),
}
"""How a reservation's status may differ after a transaction."""


class MemoryDatabase:
    def __init__(self, policy: Policy, offerings: Sequence[Offering]) -> None:
        self.policy = policy
        self.offerings = {o.id: o for o in offerings}
        self.reservations: dict[str, Reservation] = {}
        self.ledger: dict[str, list[LedgerEntry]] = {o.id: [] for o in offerings}

    def copy(self) -> "MemoryDatabase":
        other = copy(self)
        other.offerings = dict(self.offerings)
        other.reservations = dict(self.reservations)
        other.ledger = {id: list(entries) for id, entries in self.ledger.items()}
        return other

    def run(self, commands: Sequence[Command], now: datetime) -> list[Outcome]:
        """One transaction."""
        state = self._load(commands, now)
        decision = decide(state, commands, now)
        written = {r.id for r in decision.reservations}
        assert decision.created == written - self.reservations.keys()
        for o in decision.offerings:
            assert o.id in state.offerings, "wrote what was not locked"
            self._write_offering(o)
        for r in decision.reservations:
            self._write_reservation(r)
        for entry in decision.entries:
            assert entry.seq == len(self.ledger[entry.offering]) + 1, "a gap in the ledger"
            self.ledger[entry.offering].append(entry)
        return decision.outcomes

    # --- load ---

    def _load(self, commands: Sequence[Command], now: datetime) -> State:
        locked = self._closure(self._rows(commands), now)
        named = {c.reservation for c in commands if isinstance(c, ReservationCommand)}
        reservations = {
            r.id: r
            for r in self.reservations.values()
            if r.id in named or (_is_due(r, now) and _offerings(r) & locked)
        }
        return State(
            self.policy,
            {id: o for id, o in self.offerings.items() if id in locked},
            reservations,
            self._usage(commands, reservations, now),
            self._live_holds(commands, now),
        )

    def _rows(self, commands: Sequence[Command]) -> set[str]:
        rows: set[str] = set()
        for command in commands:
            if isinstance(command, Hold):
                rows |= {line.offering for line in command.lines}
            elif isinstance(command, ReservationCommand):
                if known := self.reservations.get(command.reservation):
                    rows |= _offerings(known)
            else:
                rows.add(command.offering)
        return rows

    def _closure(self, rows: set[str], now: datetime) -> set[str]:
        """Offerings that share a due hold are locked together, because it ends as a whole."""
        while True:
            due = [r for r in self.reservations.values() if _is_due(r, now)]
            more = set().union(rows, *(_offerings(r) for r in due if _offerings(r) & rows))
            if more == rows:
                return rows
            rows = more

    def _usage(
        self, commands: Sequence[Command], reservations: dict[str, Reservation], now: datetime
    ) -> dict[tuple[str, str], int]:
        """Only for who takes something that limits them: the engine asks for no more either."""
        taking: set[tuple[str | None, str]] = set()
        for command in commands:
            if isinstance(command, Hold):
                taking |= {(command.customer, line.offering) for line in command.lines}
            elif isinstance(command, Confirm) and command.reservation in reservations:
                again = reservations[command.reservation]
                if command.reacquire:
                    taking |= {(again.customer, line.offering) for line in again.lines}
        usage: dict[tuple[str, str], int] = {}
        for customer, offering in taking:
            known = self.offerings.get(offering)
            if customer is None or known is None or known.terms.max_per_customer is None:
                continue
            usage[customer, offering] = sum(
                line.held + line.confirmed
                for r in self.reservations.values()
                for line in r.lines
                if r.customer == customer and line.offering == offering and not _is_due(r, now)
            )
        return {pair: units for pair, units in usage.items() if units}

    def _live_holds(self, commands: Sequence[Command], now: datetime) -> dict[str, int]:
        if self.policy.max_live_holds is None:
            return {}
        holding = {c.customer for c in commands if isinstance(c, Hold) and not c.confirm} - {None}
        live: dict[str, int] = {}
        for r in self.reservations.values():
            if r.customer is None or r.customer not in holding:
                continue
            if r.status is Status.HELD and not _is_due(r, now):
                live[r.customer] = live.get(r.customer, 0) + 1
        return live

    # --- write, with the constraints of 0001_engine.sql ---

    def _write_offering(self, o: Offering) -> None:
        assert 0 <= o.held and 0 <= o.confirmed
        assert o.held + o.confirmed <= o.capacity, "never_oversold"
        assert o.drain_to is None or 0 <= o.drain_to < o.capacity
        self.offerings[o.id] = o

    def _write_reservation(self, r: Reservation) -> None:
        was = self.reservations.get(r.id)
        assert was is None or was.status is r.status or (was.status, r.status) in WAYS
        assert (r.expires_at is None) == (r.extend_until is None)
        if r.expires_at is not None:
            assert r.extend_until is not None
            assert r.created_at < r.expires_at <= r.extend_until, "hold_has_an_end"
        else:
            assert r.status in {Status.CONFIRMED, Status.CANCELLED}, "hold_has_an_end"
        confirmed = r.status in {Status.CONFIRMED, Status.CANCELLED}
        over = r.status not in {Status.HELD, Status.CONFIRMED}
        assert (r.confirmed_at is not None) == confirmed, "status_matches_times"
        assert (r.ended_at is not None) == over, "status_matches_times"
        if r.status is Status.EXPIRED:
            assert r.expires_at is not None and r.ended_at is not None
            assert r.expires_at <= r.ended_at, "expired_when_due"
        if r.confirmed_at is not None and r.expires_at is not None:
            assert r.reacquired or r.confirmed_at < r.expires_at, "confirmed_in_time"
        for line in r.lines:
            held = line.quantity if r.status is Status.HELD else 0
            assert line.held == held, "units_match_status"
            most = line.quantity if r.status is Status.CONFIRMED else 0
            assert 0 <= line.confirmed <= most, "units_match_status"
        self.reservations[r.id] = r


def _offerings(reservation: Reservation) -> set[str]:
    return {line.offering for line in reservation.lines}


def _is_due(r: Reservation, now: datetime) -> bool:
    return r.status is Status.HELD and r.expires_at is not None and r.expires_at <= now
