"""A database in memory, for driving `decide` through long stories.

It does what the engine's transaction does and no more: it loads what the commands need, counts
usage, live holds and visits as `store/queries` defines them, writes what was decided, and refuses
what the schema's constraints refuse.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import datetime, timedelta

from firmhold.domain.commands import (
    Command,
    Confirm,
    Hold,
    Join,
    Leave,
    Move,
    ReservationCommand,
)
from firmhold.domain.decide import decide
from firmhold.domain.line import MoreWaiting
from firmhold.domain.model import (
    LedgerEntry,
    Loan,
    Offering,
    Pool,
    Reservation,
    Status,
    Wait,
    WaitlistEntry,
)
from firmhold.domain.state import Decision, Outcome, Policy, Queue, State, Visit

WAYS = {
    Status.HELD: set(Status) - {Status.HELD},
    # Taken again, and more than that in one transaction.
    Status.EXPIRED: {Status.CONFIRMED, Status.CANCELLED, Status.FULFILLED, Status.NO_SHOW},
    Status.CONFIRMED: {Status.CANCELLED, Status.FULFILLED, Status.NO_SHOW},
    Status.FULFILLED: {Status.NO_SHOW},
    Status.NO_SHOW: {Status.FULFILLED},
    Status.RELEASED: set(),
    Status.CANCELLED: set(),
}
"""How a reservation's status may differ after a transaction."""

WAITS = {
    Wait.WAITING: set(Wait) - {Wait.WAITING},
    Wait.OFFERED: {Wait.ACCEPTED, Wait.DECLINED, Wait.LAPSED},
}
"""Likewise for those who wait."""


class MemoryDatabase:
    def __init__(
        self, policy: Policy, offerings: Sequence[Offering], pools: Sequence[Pool] = ()
    ) -> None:
        self.policy = policy
        self.offerings = {o.id: o for o in offerings}
        self.pools = {p.id: p for p in pools}
        self.reservations: dict[str, Reservation] = {}
        self.loans: dict[tuple[str, str], Loan] = {}
        self.waitlist: dict[str, WaitlistEntry] = {}
        self.ledger: dict[str, list[LedgerEntry]] = {o.id: [] for o in offerings}

    def copy(self) -> "MemoryDatabase":
        other = copy(self)
        other.offerings = dict(self.offerings)
        other.reservations = dict(self.reservations)
        other.loans = dict(self.loans)
        other.waitlist = dict(self.waitlist)
        other.ledger = {id: list(entries) for id, entries in self.ledger.items()}
        return other

    def run(self, commands: Sequence[Command], now: datetime) -> list[Outcome]:
        """One transaction."""
        state, decision = self._decide(commands, now)
        written = {r.id for r in decision.reservations}
        assert {r.id for r in decision.created} == written - self.reservations.keys()
        for o in decision.offerings:
            assert o.id in state.offerings, "wrote what was not locked"
            self._write_offering(o)
        for r in decision.reservations:
            self._write_reservation(r)
        self._write_loans(decision)
        for entry in decision.waitlist:
            self._write_waitlist(entry)
        for entry in decision.entries:
            assert entry.seq == len(self.ledger[entry.offering]) + 1, "a gap in the ledger"
            self.ledger[entry.offering].append(entry)
        return decision.outcomes

    def _decide(self, commands: Sequence[Command], now: datetime) -> tuple[State, Decision]:
        """Decide, knowing as much of the waitlists as it takes."""
        further: dict[str, tuple[int, int]] = {}
        while True:
            state = self._load(commands, now, further)
            try:
                return state, decide(state, commands, now)
            except MoreWaiting as more:
                fits, most = further.get(more.offering, (0, 1))
                further[more.offering] = (max(fits, more.fits), most + 1)

    # --- load ---

    def _load(
        self, commands: Sequence[Command], now: datetime, further: dict[str, tuple[int, int]]
    ) -> State:
        locked = self._locked(commands, now)
        named = {c.reservation for c in commands if isinstance(c, ReservationCommand)}
        leaving = [self.waitlist.get(c.entry) for c in commands if isinstance(c, Leave)]
        named |= {e.reservation for e in leaving if e and e.status is Wait.OFFERED}
        reservations = {
            r.id: r
            for r in self.reservations.values()
            if r.id in named or (_is_due(r, now) and _offerings(r) & locked)
        }
        queues = self._queues(commands, locked, now, further)
        waitlist = self._waitlist(commands, queues, reservations)
        taking = self._taking(commands, reservations, waitlist)
        pools = {
            need.pool for id in locked if (s := self.offerings[id].slot) for need in s.requirements
        }
        return State(
            self.policy,
            {id: o for id, o in self.offerings.items() if id in locked},
            reservations,
            self._usage(taking, now),
            self._live_holds({customer for customer, _ in taking}, now),
            {id: self.pools[id] for id in pools},
            sorted(self._loans(locked), key=repr),
            queues,
            waitlist,
            {id: f"offer-{id}" for id, e in waitlist.items() if e.status is Wait.WAITING},
            self._visits(taking, now),
        )

    def _locked(self, commands: Sequence[Command], now: datetime) -> set[str]:
        """What the commands name, and what shares a due hold or a due loan with it, because a hold
        ends as a whole. All there is if anybody waits: so whoever has become next is served at
        once, whatever stood in the way before."""
        joining = any(isinstance(command, Join) for command in commands)
        if joining or any(o.waiting for o in self.offerings.values()):
            return set(self.offerings)
        rows = self._rows(commands) & self.offerings.keys()
        due = [r for r in self.reservations.values() if _is_due(r, now)]
        while True:
            beside = {loan.slot for loan in self._loans(rows)}
            touched = [r for r in due if _offerings(r) & (rows | beside)]
            more = rows.union(*map(_offerings, touched))
            if more == rows:
                return rows
            rows = more

    def _rows(self, commands: Sequence[Command]) -> set[str]:
        rows: set[str] = set()
        for command in commands:
            if isinstance(command, Hold | Move):
                rows |= {line.offering for line in command.lines}
            if isinstance(command, ReservationCommand):
                if known := self.reservations.get(command.reservation):
                    rows |= _offerings(known)
            elif isinstance(command, Leave):
                if entry := self.waitlist.get(command.entry):
                    rows.add(entry.offering)
            elif not isinstance(command, Hold):
                rows.add(command.offering)
        return rows

    def _loans(self, rows: Iterable[str]) -> set[Loan]:
        """What is lent by the pools of these slots at their times."""
        return {
            loan
            for id in rows
            if (slot := self.offerings[id].slot)
            for need in slot.requirements
            for loan in self.loans.values()
            if loan.pool == need.pool
            and loan.starts_at < slot.ends_at + self.pools[need.pool].after
            and slot.starts_at - self.pools[need.pool].before < loan.ends_at
        }

    def _queues(
        self,
        commands: Sequence[Command],
        locked: set[str],
        now: datetime,
        further: dict[str, tuple[int, int]],
    ) -> dict[str, Queue]:
        """The first of each line, and further ones who want no more than so many units."""
        joining = {c.offering for c in commands if isinstance(c, Join)}
        queues = {}
        for o in self.offerings.values():
            if o.id not in locked or not (o.waiting or o.id in joining):
                continue
            waiting = (e for e in self.waitlist.values() if e.offering == o.id)
            line = sorted((e.place, e.id) for e in waiting if e.status is Wait.WAITING)
            ids = [id for _, id in line]
            # A line that is over is seen off as far as it is known, however many look at once.
            if _may_be_over(o, now) or len(ids) <= 1:
                queues[o.id] = Queue(tuple(ids))
            elif o.id not in further:
                queues[o.id] = Queue(tuple(ids[:1]), whole=False)
            else:
                fits, most = further[o.id]
                fitting = [id for id in ids[1:] if self.waitlist[id].quantity <= fits]
                seen = (*ids[:1], *fitting[:most])
                queues[o.id] = Queue(seen, len(fitting) <= most, fits, 1)
        return queues

    def _waitlist(
        self,
        commands: Sequence[Command],
        queues: dict[str, Queue],
        reservations: dict[str, Reservation],
    ) -> dict[str, WaitlistEntry]:
        waiting = {id for queue in queues.values() for id in queue.entries}
        leaving = {c.entry for c in commands if isinstance(c, Leave)}
        places = {(c.customer, c.offering) for c in commands if isinstance(c, Join)}
        return {
            id: e
            for id, e in self.waitlist.items()
            if id in waiting | leaving
            or (e.status is Wait.OFFERED and e.reservation in reservations)
            or (e.ended_at is None and (e.customer, e.offering) in places)
        }

    def _taking(
        self,
        commands: Sequence[Command],
        reservations: dict[str, Reservation],
        waitlist: dict[str, WaitlistEntry],
    ) -> set[tuple[str, str]]:
        """For whom something may be taken that limits them: the engine asks for no more either."""
        taking: set[tuple[str | None, str]] = {(e.customer, e.offering) for e in waitlist.values()}
        for command in commands:
            if isinstance(command, Hold):
                taking |= {(command.customer, line.offering) for line in command.lines}
            elif isinstance(command, Join):
                taking.add((command.customer, command.offering))
            elif isinstance(command, Move | Confirm) and command.reservation in reservations:
                again = reservations[command.reservation]
                if isinstance(command, Move):
                    taking |= {(again.customer, line.offering) for line in command.lines}
                elif command.reacquire:
                    taking |= {(again.customer, line.offering) for line in again.lines}
        return {
            (customer, offering)
            for customer, offering in taking
            if customer is not None and offering in self.offerings
        }

    def _usage(self, taking: set[tuple[str, str]], now: datetime) -> dict[tuple[str, str], int]:
        usage: dict[tuple[str, str], int] = {}
        for customer, offering in taking:
            if self.offerings[offering].terms.max_per_customer is not None:
                usage[customer, offering] = sum(
                    line.held + line.confirmed
                    for r in self.reservations.values()
                    for line in r.lines
                    if r.customer == customer and line.offering == offering and not _is_due(r, now)
                )
        return {pair: units for pair, units in usage.items() if units}

    def _live_holds(self, customers: set[str], now: datetime) -> dict[str, int]:
        if self.policy.max_live_holds is None:
            return {}
        live: dict[str, int] = {}
        for r in self.reservations.values():
            if r.customer in customers and r.status is Status.HELD and not _is_due(r, now):
                live[r.customer] = live.get(r.customer, 0) + 1
        return live

    def _visits(
        self, taking: set[tuple[str, str]], now: datetime
    ) -> dict[tuple[str, str], list[Visit]]:
        """Only of slots that begin within so many days of one that is taken."""
        found: dict[tuple[str, str], dict[tuple[str, str], Visit]] = {}
        for customer, offering in taking:
            slot = self.offerings[offering].slot
            if slot is None or slot.customer_limit is None:
                continue
            near = timedelta(days=slot.customer_limit.days)
            for r in self.reservations.values():
                for line in r.lines:
                    other, units = self.offerings[line.offering].slot, line.held + line.confirmed
                    if r.customer != customer or not units or _is_due(r, now):
                        continue
                    if other is None or other.site != slot.site:
                        continue
                    if abs(other.starts_at - slot.starts_at) < near:
                        own = found.setdefault((customer, slot.site), {})
                        own[r.id, line.offering] = Visit(other.starts_at, units)
        return {key: list(own.values()) for key, own in found.items()}

    # --- write, with the constraints of the migrations ---

    def _write_offering(self, o: Offering) -> None:
        assert 0 <= o.held and 0 <= o.confirmed and 0 <= o.waiting
        assert o.held + o.confirmed <= o.capacity, "never_oversold"
        assert o.drain_to is None or 0 <= o.drain_to < o.capacity
        self.offerings[o.id] = o

    def _write_reservation(self, r: Reservation) -> None:
        was = self.reservations.get(r.id)
        assert was is None or was.status is r.status or r.status in WAYS[was.status]
        assert (r.expires_at is None) == (r.extend_until is None)
        if r.expires_at is not None:
            assert r.extend_until is not None
            assert r.created_at < r.expires_at <= r.extend_until, "hold_has_an_end"
        else:
            assert r.confirmed_at is not None, "hold_has_an_end"
        units = {Status.CONFIRMED, Status.FULFILLED, Status.NO_SHOW}
        confirmed = r.status in {*units, Status.CANCELLED}
        over = r.status not in {Status.HELD, Status.CONFIRMED}
        assert (r.confirmed_at is not None) == confirmed, "status_matches_times"
        assert (r.ended_at is not None) == over, "status_matches_times"
        if r.status is Status.EXPIRED:
            assert r.expires_at is not None and r.ended_at is not None
            assert r.expires_at <= r.ended_at, "expired_when_due"
        if r.confirmed_at is not None and r.expires_at is not None:
            assert r.reacquired or r.confirmed_at < r.expires_at, "confirmed_in_time"
        assert len({line.offering for line in r.lines}) == len(r.lines) >= 1
        for line in r.lines:
            held = line.quantity if r.status is Status.HELD else 0
            assert line.quantity >= 1 and line.held == held, "units_match_status"
            most = line.quantity if r.status in units else 0
            assert 0 <= line.confirmed <= most, "units_match_status"
        self.reservations[r.id] = r

    def _write_loans(self, decision: Decision) -> None:
        for loan in decision.loans:
            key = loan.pool, loan.slot
            assert loan.units >= 0
            self.loans.pop(key, None)
            if loan.units:
                self.loans[key] = loan
        for pool in {loan.pool for loan in decision.loans}:
            of = [loan for loan in self.loans.values() if loan.pool == pool]
            for at in {loan.starts_at for loan in of}:
                peak = sum(loan.units for loan in of if loan.starts_at <= at < loan.ends_at)
                assert peak <= self.pools[pool].units, "never_overlent"

    def _write_waitlist(self, e: WaitlistEntry) -> None:
        was = self.waitlist.get(e.id)
        assert was is None or was.status is e.status or e.status in WAITS[was.status]
        open = e.status in {Wait.WAITING, Wait.OFFERED}
        assert open == (e.ended_at is None), "wait_matches_times"
        never = e.status in {Wait.WAITING, Wait.WITHDRAWN, Wait.CLOSED}
        assert never == (e.reservation is None) == (e.offered_at is None), "wait_matches_times"
        assert e.reservation is None or e.reservation in self.reservations
        self.waitlist[e.id] = e
        here = [
            x
            for x in self.waitlist.values()
            if (x.customer, x.offering) == (e.customer, e.offering)
        ]
        assert sum(x.ended_at is None for x in here) <= 1, "waitlist_one_place"


def _offerings(reservation: Reservation) -> set[str]:
    return {line.offering for line in reservation.lines}


def _is_due(r: Reservation, now: datetime) -> bool:
    return r.status is Status.HELD and r.expires_at is not None and r.expires_at <= now


def _may_be_over(o: Offering, now: datetime) -> bool:
    ends = (o.terms.sale_ends_at, o.slot and o.slot.starts_at - o.slot.notice)
    return any(end is not None and end <= now for end in ends)
