"""Rules for moving a reservation: other slots, other items, other quantities, in one piece."""

from datetime import datetime, timedelta
from typing import NamedTuple

from firmhold.domain.admission import Wanted, refuse_capacity, refuse_terms
from firmhold.domain.commands import Move
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Refusal
from firmhold.domain.holding import flaw_of_lines, ttl_cap, wanted_units
from firmhold.domain.leaving import refuse_leaving, refuse_remainder
from firmhold.domain.model import EXTENSION_FACTOR, Kind, Line, Reservation, Status, Wait
from firmhold.domain.state import Accepted, Outcome


class _Change(NamedTuple):
    """What a reservation is to be for, beside what it is for."""

    has: dict[str, int]
    """Units per offering, before."""
    wanted: list[Wanted]
    less: dict[str, int]
    """Units per offering that are given back."""
    more: list[Wanted]
    """Those of which more units are wanted than before."""
    new: list[Wanted]
    """Those of which there were none before."""


def move(desk: Desk, command: Move) -> Outcome:
    """Let the reservation be for these lines instead, under the rules of a new one for whatever is
    more than before and of a cancellation for whatever is less."""
    reservation = desk.own(command.reservation, command.actor, flaw_of_lines(command.lines))
    if isinstance(reservation, Refusal):
        return reservation
    wanted = wanted_units(desk, command.lines)
    if isinstance(wanted, Refusal):
        return wanted
    if reservation.status not in (Status.HELD, Status.CONFIRMED):
        return ended(reservation)
    change = _change(reservation, wanted)
    if not (change.less or change.more):
        return Accepted(reservation, changed=False)
    return _refusal(desk, command, reservation, change) or _carry_out(
        desk, command, reservation, change
    )


def _change(reservation: Reservation, wanted: list[Wanted]) -> _Change:
    has = {line.offering: n for line in reservation.lines if (n := line.held + line.confirmed)}
    asked = {want.counts.offering.id: want.quantity for want in wanted}
    less = {id: units - asked.get(id, 0) for id, units in has.items() if asked.get(id, 0) < units}
    more = [want for want in wanted if want.quantity > has.get(want.counts.offering.id, 0)]
    new = [want for want in more if want.counts.offering.id not in has]
    return _Change(has, wanted, less, more, new)


def _refusal(
    desk: Desk, command: Move, reservation: Reservation, change: _Change
) -> Refusal | None:
    """Why the reservation cannot be for these lines, or `None` if it can."""
    has, _, less, more, new = change
    if refusal := refuse_leaving(desk, reservation, command.actor, less):
        return refusal
    # Limits are those of the whole, so what grows is asked for anew.
    freed = less | {id: has[id] for want in more if (id := want.counts.offering.id) in has}
    gone = [desk.counts[id].offering for id, units in less.items() if units == has[id]]
    return (
        refuse_terms(more, desk.mover(reservation, command.actor, freed), desk.now)
        or refuse_remainder(desk, {id: has[id] - units for id, units in less.items()})
        or refuse_capacity([want._replace(quantity=_growth(want, has)) for want in more])
        or desk.lending.refuse(((want.line, want.counts.offering) for want in new), gone)
    )


def _growth(want: Wanted, has: dict[str, int]) -> int:
    return want.quantity - has.get(want.counts.offering.id, 0)


def _carry_out(desk: Desk, command: Move, reservation: Reservation, change: _Change) -> Outcome:
    has, wanted, less, more, new = change
    held = reservation.status is Status.HELD
    expires_at, extend_until = _ends(desk, reservation, new)
    until = expires_at if held else None
    # What comes back comes first, so that the ledger shows where things went.
    shifts = {id: -units for id, units in less.items()}
    shifts |= {want.counts.offering.id: _growth(want, has) for want in more}
    for id, units in shifts.items():
        desk.counts[id].move(
            Kind.MOVED,
            reservation.id,
            command.actor.label,
            held=units if held else 0,
            confirmed=0 if held else units,
            hold_expires_at=until,
        )
        if reservation.customer is not None:
            desk.add_usage(reservation.customer, id, units)
    for id in has:
        if less.get(id) == has[id]:
            desk.lending.give_back(desk.counts[id].offering)
            desk.line.settle(reservation.id, Wait.DECLINED, command.actor.label, desk.now, id)
    for want in new:
        desk.lending.take(want.counts.offering)
    desk.moved.add(reservation.id)
    return desk.put(
        reservation._replace(
            lines=_lines(reservation, wanted), expires_at=expires_at, extend_until=extend_until
        )
    )


def _lines(reservation: Reservation, wanted: list[Wanted]) -> tuple[Line, ...]:
    """What is kept keeps its price."""
    held = reservation.status is Status.HELD
    old = {line.offering: line for line in reservation.lines}
    lines = []
    for want in wanted:
        offering, units = want.counts.offering, want.quantity
        price = old.get(offering.id) or offering.terms
        lines.append(
            Line(
                offering.id,
                units,
                units if held else 0,
                0 if held else units,
                price.unit_price,
                price.currency,
            )
        )
    return tuple(lines)


def _ends(
    desk: Desk, reservation: Reservation, new: list[Wanted]
) -> tuple[datetime | None, datetime | None]:
    """A hold ends when it would have, or as soon as a hold on what is new to it would: what is
    held for long is no way to hold for long what is not."""
    ends, reach = reservation.expires_at, reservation.extend_until
    if reservation.status is not Status.HELD or not new:
        return ends, reach
    assert ends is not None and reach is not None
    cap = timedelta(seconds=ttl_cap(desk, new))
    return min(ends, desk.now + cap), min(reach, desk.now + EXTENSION_FACTOR * cap)
