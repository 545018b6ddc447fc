"""Rules for extending a hold and for every way of giving units back."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from firmhold.domain.commands import Asked, Cancel, Expire, Extend, Release
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.holding import flaw_of_lines
from firmhold.domain.model import Actor, Kind, Reservation, Status, Wait
from firmhold.domain.state import Accepted, Outcome


def extend(desk: Desk, command: Extend) -> Outcome:
    flaw = None
    if command.ttl_seconds < 1:
        flaw = malformed("ttl_seconds", f"at least 1, not {command.ttl_seconds}")
    reservation = desk.own(command.reservation, command.actor, flaw)
    if isinstance(reservation, Refusal):
        return reservation
    if reservation.status is not Status.HELD:
        return ended(reservation)
    assert reservation.expires_at is not None and reservation.extend_until is not None
    # Seconds are compared, not instants: what is asked for may lie beyond the calendar.
    if command.ttl_seconds > (reservation.extend_until - desk.now).total_seconds():
        return refuse(
            Code.LIMIT_EXCEEDED,
            "A hold cannot be extended that far.",
            limit="extend_until",
            bound=reservation.extend_until,
            requested=command.ttl_seconds,
        )
    asked = desk.now + timedelta(seconds=command.ttl_seconds)
    if asked <= reservation.expires_at:
        return Accepted(reservation, changed=False)
    for line in reservation.lines:
        desk.counts[line.offering].move(
            Kind.EXTENDED, reservation.id, command.actor.label, hold_expires_at=asked
        )
    return desk.put(reservation._replace(expires_at=asked))


def release(desk: Desk, command: Release) -> Outcome:
    flaw = None if command.lines is None else flaw_of_lines(command.lines)
    reservation = desk.own(command.reservation, command.actor, flaw)
    if isinstance(reservation, Refusal):
        return reservation
    if reservation.status is Status.RELEASED:
        return Accepted(reservation, changed=False)
    less = _part(reservation, command.lines)
    if isinstance(less, Refusal):
        return less
    if reservation.status is not Status.HELD:
        return ended(reservation)
    return _give_back(desk, command, reservation, less, None)


def cancel(desk: Desk, command: Cancel) -> Outcome:
    flaw = None if command.lines is None else flaw_of_lines(command.lines)
    reservation = desk.own(command.reservation, command.actor, flaw)
    if isinstance(reservation, Refusal):
        return reservation
    if reservation.status in (Status.RELEASED, Status.CANCELLED):
        return Accepted(reservation, changed=False)
    less = _part(reservation, command.lines)
    if isinstance(less, Refusal):
        return less
    if reservation.status not in (Status.HELD, Status.CONFIRMED):
        return ended(reservation)
    return _give_back(desk, command, reservation, less, command.reason)


def _part(reservation: Reservation, lines: Sequence[Asked] | None) -> dict[str, int] | Refusal:
    """Units per offering that are to be given back; all of them unless lines are given."""
    has = {line.offering: line.held + line.confirmed for line in reservation.lines}
    if lines is None:
        return has
    less: dict[str, int] = {}
    for index, (offering, quantity) in enumerate(lines):
        if offering not in has:
            return malformed(f"lines[{index}]", "not part of this reservation")
        less[offering] = less.get(offering, 0) + quantity
    return less


def _give_back(
    desk: Desk,
    command: Release | Cancel,
    reservation: Reservation,
    less: Mapping[str, int],
    reason: str | None,
) -> Outcome:
    """Give back so many units of each offering. What is left is as binding as before."""
    has = {line.offering: line.held + line.confirmed for line in reservation.lines}
    left = {offering: units - less.get(offering, 0) for offering, units in has.items()}
    refusal = refuse_leaving(desk, reservation, command.actor, less) or _more_than_it_has(
        has, less, command.lines or ()
    )
    if refusal:
        return refusal
    held = reservation.status is Status.HELD
    kind = Kind.RELEASED if held else Kind.CANCELLED
    if not any(left.values()):
        status = Status.RELEASED if held else Status.CANCELLED
        desk.give_back_usage(reservation)
        return desk.end(reservation, status, kind, command.actor, reason)
    return refuse_remainder(desk, {offering: left[offering] for offering in less}) or (
        _give_back_part(desk, reservation, kind, command.actor, less, reason)
    )


def _give_back_part(
    desk: Desk,
    reservation: Reservation,
    kind: Kind,
    actor: Actor,
    less: Mapping[str, int],
    reason: str | None,
) -> Accepted:
    lines = []
    for line in reservation.lines:
        units = less.get(line.offering)
        if not units:
            lines.append(line)
            continue
        held = line.held > 0
        counts = desk.counts[line.offering]
        counts.move(
            kind,
            reservation.id,
            actor.label,
            held=-units if held else 0,
            confirmed=0 if held else -units,
            reason=reason,
            hold_expires_at=reservation.expires_at,
        )
        if reservation.customer is not None:
            desk.add_usage(reservation.customer, line.offering, -units)
        gone = units == line.held + line.confirmed
        if gone:
            desk.lending.give_back(counts.offering)
            desk.line.settle(reservation.id, Wait.DECLINED, actor.label, desk.now, line.offering)
        if not held:
            lines.append(line._replace(confirmed=line.confirmed - units))
        elif not gone:
            # A hold is for what is held: what was given back cannot be confirmed any more.
            rest = line.held - units
            lines.append(line._replace(quantity=rest, held=rest))
    if reservation.status is Status.HELD:
        desk.moved.add(reservation.id)
    return desk.put(reservation._replace(lines=tuple(lines)))


def refuse_leaving(
    desk: Desk, reservation: Reservation, actor: Actor, less: Mapping[str, int]
) -> Refusal | None:
    """Why it is too late to give back what was confirmed, or `None`. Operators are free to."""
    if reservation.status is not Status.CONFIRMED or actor.operator:
        return None
    for offering, units in less.items():
        until = desk.cancellable_until(offering)
        if units and until is not None and desk.now >= until:
            return refuse(
                Code.TOO_LATE_TO_CANCEL,
                "It is too late to cancel or move this.",
                offering=offering,
                cancellable_until=until,
            )
    return None


def cancellable_until(
    reservation: Reservation, of: Callable[[str], datetime | None]
) -> datetime | None:
    """Until when its customer can cancel or move all of a reservation, once it is confirmed, if so
    it is `of` each of its offerings. `None` for one that has ended, and for one of items alone:
    those can be given back at any time."""
    if reservation.status not in (Status.HELD, Status.CONFIRMED):
        return None
    ends = (of(line.offering) for line in reservation.lines if line.held or line.confirmed)
    return min((end for end in ends if end is not None), default=None)


def refuse_remainder(desk: Desk, left: Mapping[str, int]) -> Refusal | None:
    """Why no such part of what there was can be kept, or `None` if it can."""
    for offering, units in left.items():
        low = desk.counts[offering].offering.terms.min_quantity
        if 0 < units < low:
            return refuse(
                Code.LIMIT_EXCEEDED,
                f"At least {low} units have to be kept, or none.",
                offering=offering,
                limit="min_quantity",
                bound=low,
                requested=units,
            )
    return None


def _more_than_it_has(
    has: Mapping[str, int], less: Mapping[str, int], lines: Sequence[Asked]
) -> Refusal | None:
    for offering, units in less.items():
        if units > has[offering]:
            return refuse(
                Code.LIMIT_EXCEEDED,
                f"The reservation has {has[offering]} units of this, not {units}.",
                line=next(n for n, asked in enumerate(lines) if asked.offering == offering),
                offering=offering,
                limit="reserved",
                bound=has[offering],
                requested=units,
            )
    return None


def expire(desk: Desk, command: Expire) -> Outcome:
    # Whatever was due has ended before the first command; nothing is left to do.
    reservation = desk.reservations.get(command.reservation)
    if reservation is None:
        return refuse(
            Code.NOT_FOUND, "There is no such reservation.", reservation=command.reservation
        )
    return Accepted(reservation, changed=False)
