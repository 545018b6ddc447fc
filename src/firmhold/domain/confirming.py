"""Rules for confirming: in full or in part, in time or late."""

from collections.abc import Mapping, Sequence

from firmhold.domain.admission import Wanted, refuse_terms
from firmhold.domain.commands import Asked, Confirm
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.holding import refuse_units
from firmhold.domain.model import Kind, Reservation, Status, Wait
from firmhold.domain.state import Accepted, Outcome


def confirm(desk: Desk, command: Confirm) -> Outcome:
    reservation = desk.own(command.reservation, command.actor, _flaw(command.lines))
    if isinstance(reservation, Refusal):
        return reservation
    keep = _kept(reservation, command.lines)
    if isinstance(keep, Refusal):
        return keep
    match reservation.status:
        case Status.HELD:
            return _too_few(desk, command, reservation, keep) or _confirm_held(
                desk, command, reservation, keep
            )
        case Status.EXPIRED if command.reacquire:
            return _reacquire(desk, command, reservation, keep)
        case Status.CONFIRMED | Status.FULFILLED | Status.NO_SHOW:
            has = {line.offering: line.confirmed for line in reservation.lines if line.confirmed}
            if command.lines is None or keep == has:
                return Accepted(reservation, changed=False)
    return _too_few(desk, command, reservation, keep) or ended(reservation)


def _flaw(lines: Sequence[Asked] | None) -> Refusal | None:
    """What about the lines cannot mean anything, whatever the reservation."""
    if lines is None:
        return None
    if not lines:
        return malformed("lines", "name at least one, or leave them out to confirm everything")
    for index, (_, quantity) in enumerate(lines):
        if quantity < 1:
            return malformed(f"lines[{index}].quantity", f"at least 1, not {quantity}")
    return None


def _kept(reservation: Reservation, lines: Sequence[Asked] | None) -> dict[str, int] | Refusal:
    """Units per offering that are to be confirmed; all of them unless lines are given."""
    asked = {line.offering: line.quantity for line in reservation.lines}
    if lines is None:
        return asked
    for index, (offering, _) in enumerate(lines):
        if offering not in asked:
            return malformed(f"lines[{index}]", "not part of this reservation")
    keep: dict[str, int] = {}
    for index, (offering, quantity) in enumerate(lines):
        keep[offering] = keep.get(offering, 0) + quantity
        if keep[offering] > asked[offering]:
            return refuse(
                Code.LIMIT_EXCEEDED,
                f"The reservation has {asked[offering]} units of this, not {keep[offering]}.",
                line=index,
                offering=offering,
                limit="held",
                bound=asked[offering],
                requested=keep[offering],
            )
    return keep


def _too_few(
    desk: Desk, command: Confirm, reservation: Reservation, keep: Mapping[str, int]
) -> Refusal | None:
    """Why a part is too small to be confirmed, or `None`. Of each line stays nothing, or all of it,
    or what could be held by itself."""
    held = {line.offering: line.quantity for line in reservation.lines}
    for index, (offering, _) in enumerate(command.lines or ()):
        least = min(desk.counts[offering].offering.terms.min_quantity, held[offering])
        if keep[offering] < least:
            return refuse(
                Code.LIMIT_EXCEEDED,
                f"At least {least} units have to be confirmed, or none of this.",
                line=index,
                offering=offering,
                limit="min_quantity",
                bound=least,
                requested=keep[offering],
            )
    return None


def _confirm_held(
    desk: Desk, command: Confirm, reservation: Reservation, keep: Mapping[str, int]
) -> Outcome:
    lines = []
    for line in reservation.lines:
        kept = keep.get(line.offering, 0)
        desk.counts[line.offering].move(
            Kind.CONFIRMED,
            reservation.id,
            command.actor.label,
            held=-line.held,
            confirmed=kept,
            hold_expires_at=reservation.expires_at,
        )
        if not kept:
            desk.lending.give_back(desk.counts[line.offering].offering)
            desk.line.settle(
                reservation.id, Wait.DECLINED, command.actor.label, desk.now, line.offering
            )
        if reservation.customer is not None:
            desk.add_usage(reservation.customer, line.offering, kept - line.held)
        lines.append(line._replace(held=0, confirmed=kept))
    if reservation.customer is not None:
        desk.add_live_hold(reservation.customer, -1)
    desk.line.settle(reservation.id, Wait.ACCEPTED, command.actor.label, desk.now)
    return desk.put(
        reservation._replace(status=Status.CONFIRMED, lines=tuple(lines), confirmed_at=desk.now)
    )


def _reacquire(
    desk: Desk, command: Confirm, reservation: Reservation, keep: Mapping[str, int]
) -> Outcome:
    """Take the units of an expired hold again, under the rules of a new one, and for good."""
    wanted = [
        Wanted(index, desk.counts[line.offering], keep[line.offering])
        for index, line in enumerate(reservation.lines)
        if line.offering in keep
    ]
    who = desk.claimant(reservation.customer, command.actor)
    if refusal := refuse_terms(wanted, who, desk.now) or refuse_units(desk, wanted):
        return refusal
    for want in wanted:
        want.counts.move(
            Kind.REACQUIRED, reservation.id, command.actor.label, confirmed=want.quantity
        )
        desk.lending.take(want.counts.offering)
        if reservation.customer is not None:
            desk.add_usage(reservation.customer, want.counts.offering.id, want.quantity)
    return desk.put(
        reservation._replace(
            status=Status.CONFIRMED,
            lines=tuple(
                line._replace(confirmed=keep.get(line.offering, 0)) for line in reservation.lines
            ),
            confirmed_at=desk.now,
            ended_at=None,
            reason=None,
            reacquired=True,
        )
    )
