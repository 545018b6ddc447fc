"""The working papers of one decision: copies of the state, and what has become of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from firmhold.domain.admission import Claimant
from firmhold.domain.counts import Counts
from firmhold.domain.errors import Code, Refusal, refuse
from firmhold.domain.expiry import is_due
from firmhold.domain.lending import Lending
from firmhold.domain.line import WaitingLine
from firmhold.domain.model import Actor, Kind, LedgerEntry, Offering, Reservation, Status, Wait
from firmhold.domain.state import Accepted, State, Visit

CLOCK = Actor("system:clock")
"""Whose doing an expiry is: nobody's but time's."""


def may_act_on(actor: Actor, reservation: Reservation) -> bool:
    """Whether the actor may see and change this reservation: its customer, or an operator."""
    if actor.operator or actor.reservation == reservation.id:
        return True
    return actor.customer is not None and actor.customer == reservation.customer


class Desk:
    """The papers of one decision: working copies, and what has become of them."""

    __slots__ = (
        "counts",
        "created",
        "entries",
        "lending",
        "line",
        "live_holds",
        "moved",
        "now",
        "policy",
        "reservations",
        "touched",
        "usage",
        "visits",
    )

    def __init__(self, state: State, now: datetime) -> None:
        self.now = now
        self.policy = state.policy
        self.entries: list[LedgerEntry] = []
        self.counts = {id: Counts(o, self.entries.append) for id, o in state.offerings.items()}
        self.reservations = dict(state.reservations)
        self.usage = dict(state.usage)
        self.visits = dict(state.visits)
        self.live_holds = dict(state.live_holds)
        self.lending = Lending(state.pools, state.loans, now)
        self.line = WaitingLine(self.counts, state)
        self.touched: dict[str, Reservation] = {}
        self.created: dict[str, Reservation] = {}
        self.moved: set[str] = set()

    def put(self, reservation: Reservation) -> Accepted:
        """Let this be the reservation's new state."""
        self.reservations[reservation.id] = self.touched[reservation.id] = reservation
        return Accepted(reservation, changed=True)

    def place(self, reservation: Reservation) -> Accepted:
        """Let there be this new reservation."""
        self.created[reservation.id] = self.reservations[reservation.id] = reservation
        return Accepted(reservation, changed=True)

    def claimant(self, customer: str | None, actor: Actor) -> Claimant:
        """Who takes units when this actor does so for this customer."""
        return Claimant(customer, self.usage, self.visits, actor.operator)

    def mover(self, reservation: Reservation, actor: Actor, freed: Mapping[str, int]) -> Claimant:
        """Who takes units when this actor does so for this reservation, which gives back as many of
        each offering as there are in `freed`."""
        who, usage, visits = reservation.customer, dict(self.usage), dict(self.visits)
        more = {offering: -units for offering, units in freed.items()}
        if who is None:
            # Nobody in particular has what the reservation has, and nothing else.
            who, usage, visits = "", {}, {}
            for line in reservation.lines:
                units = line.held + line.confirmed
                more[line.offering] = more.get(line.offering, 0) + units
        for offering, units in more.items():
            _count(usage, visits, who, self.counts[offering].offering, units)
        return Claimant(who, usage, visits, actor.operator)

    def expire_due(self) -> None:
        """Let every hold that is due have ended."""
        for reservation in list(self.reservations.values()):
            if reservation.status is Status.HELD:
                assert reservation.expires_at is not None
                if is_due(reservation.expires_at, self.now):
                    # Usage and live holds were read without due holds, so they stay.
                    self.end(reservation, Status.EXPIRED, Kind.EXPIRED, CLOCK, None)

    def end(
        self,
        reservation: Reservation,
        status: Status,
        kind: Kind,
        actor: Actor,
        reason: str | None,
    ) -> Accepted:
        """Give back every unit the reservation still claims and let it end in `status`."""
        for line in reservation.lines:
            if line.held or line.confirmed:
                self.counts[line.offering].move(
                    kind,
                    reservation.id,
                    actor.label,
                    held=-line.held,
                    confirmed=-line.confirmed,
                    reason=reason,
                    hold_expires_at=reservation.expires_at,
                )
                self.lending.give_back(self.counts[line.offering].offering)
        self.line.settle(
            reservation.id,
            Wait.LAPSED if status is Status.EXPIRED else Wait.DECLINED,
            actor.label,
            self.now,
        )
        return self.put(
            reservation._replace(
                status=status,
                lines=tuple(line._replace(held=0, confirmed=0) for line in reservation.lines),
                ended_at=self.now,
                reason=reason,
            )
        )

    def give_back_usage(self, reservation: Reservation) -> None:
        """A customer has so many units, and perhaps one hold, fewer than before."""
        if reservation.customer is None:
            return
        for line in reservation.lines:
            self.add_usage(reservation.customer, line.offering, -(line.held + line.confirmed))
        if reservation.status is Status.HELD:
            self.add_live_hold(reservation.customer, -1)

    def cancellable_until(self, offering: str) -> datetime | None:
        """Until when customers can give it back; `None` for an item, which they always can."""
        slot = self.counts[offering].offering.slot
        return None if slot is None else slot.starts_at - slot.cutoff

    def add_usage(self, customer: str, offering: str, units: int) -> None:
        """A customer has so many units of the offering more."""
        _count(self.usage, self.visits, customer, self.counts[offering].offering, units)

    def add_live_hold(self, customer: str, holds: int) -> None:
        """A customer has so many holds more."""
        self.live_holds[customer] = self.live_holds.get(customer, 0) + holds

    def own(self, id: str, actor: Actor, flaw: Refusal | None = None) -> Reservation | Refusal:
        """The reservation, if this actor may act on it, the command has no `flaw`, and it exists:
        in the published order."""
        reservation = self.reservations.get(id)
        if reservation is not None and not may_act_on(actor, reservation):
            return refuse(Code.FORBIDDEN, "This reservation belongs to another customer.")
        if flaw is not None:
            return flaw
        if reservation is None:
            return refuse(Code.NOT_FOUND, "There is no such reservation.", reservation=id)
        return reservation


def _count(
    usage: dict[tuple[str, str], int],
    visits: dict[tuple[str, str], Sequence[Visit]],
    customer: str,
    offering: Offering,
    units: int,
) -> None:
    """Note that a customer has so many units of the offering more."""
    usage[customer, offering.id] = usage.get((customer, offering.id), 0) + units
    slot = offering.slot
    if slot is not None and slot.customer_limit is not None:
        at = (customer, slot.site)
        visits[at] = (*visits.get(at, ()), Visit(slot.starts_at, units))


def ended(reservation: Reservation) -> Refusal:
    """Why a reservation that is no longer held cannot be acted on as asked."""
    code, detail = _ENDED[reservation.status]
    when = {
        "expired_at": reservation.expires_at if reservation.status is Status.EXPIRED else None,
        "confirmed_at": reservation.confirmed_at,
        "ended_at": reservation.ended_at,
    }
    facts: dict[str, Any] = {name: at for name, at in when.items() if at is not None}
    return refuse(code, detail, reservation=reservation.id, **facts)


_ENDED = {
    Status.EXPIRED: (Code.HOLD_EXPIRED, "The hold has expired and its units are back on sale."),
    Status.CONFIRMED: (Code.ALREADY_CONFIRMED, "The reservation is already confirmed."),
    Status.RELEASED: (Code.ALREADY_RELEASED, "The hold has been released."),
    Status.CANCELLED: (Code.ALREADY_CANCELLED, "The reservation has been cancelled."),
    Status.FULFILLED: (Code.ALREADY_CONFIRMED, "The reservation has been fulfilled."),
    Status.NO_SHOW: (Code.ALREADY_CONFIRMED, "The customer did not come."),
}
