"""Rules for extending a hold and for every way of giving units back."""

from datetime import timedelta

from firmhold.domain.commands import Cancel, Expire, Extend, Release
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import Kind, Status
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
    reservation = desk.own(command.reservation, command.actor)
    if isinstance(reservation, Refusal):
        return reservation
    if reservation.status is Status.RELEASED:
        return Accepted(reservation, changed=False)
    if reservation.status is not Status.HELD:
        return ended(reservation)
    desk.give_back_usage(reservation)
    return desk.end(reservation, Status.RELEASED, Kind.RELEASED, command.actor, None)


def cancel(desk: Desk, command: Cancel) -> Outcome:
    reservation = desk.own(command.reservation, command.actor)
    if isinstance(reservation, Refusal):
        return reservation
    match reservation.status:
        case Status.RELEASED | Status.CANCELLED:
            return Accepted(reservation, changed=False)
        case Status.EXPIRED:
            return ended(reservation)
    desk.give_back_usage(reservation)
    status, kind = Status.CANCELLED, Kind.CANCELLED
    if reservation.status is Status.HELD:
        status, kind = Status.RELEASED, Kind.RELEASED
    return desk.end(reservation, status, kind, command.actor, command.reason)


def expire(desk: Desk, command: Expire) -> Outcome:
    # Whatever was due has ended before the first command; nothing is left to do.
    reservation = desk.reservations.get(command.reservation)
    if reservation is None:
        return refuse(
            Code.NOT_FOUND, "There is no such reservation.", reservation=command.reservation
        )
    return Accepted(reservation, changed=False)
