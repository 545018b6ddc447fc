"""Rules for placing a hold."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from firmhold.domain.admission import Wanted, refuse_capacity, refuse_terms
from firmhold.domain.commands import Asked, Hold
from firmhold.domain.desk import Desk
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import (
    EXTENSION_FACTOR,
    MAX_LINES,
    MAX_QUANTITY,
    Actor,
    Kind,
    Line,
    Reservation,
    Status,
)
from firmhold.domain.state import Outcome


def hold(desk: Desk, command: Hold) -> Outcome:
    """Claim units until `expires_at`, or at once for good, if terms, limits and stock allow."""
    customer = command.customer
    if refusal := refuse_customer(command.actor, customer):
        return refusal
    if desk.reservations.get(command.reservation) is not None:
        return malformed("reservation", "this id is in use")
    wanted = flaw_of_lines(command.lines) or _flaw(command) or wanted_units(desk, command.lines)
    if isinstance(wanted, Refusal):
        return wanted
    refusal = (
        refuse_terms(wanted, desk.claimant(customer, command.actor), desk.now)
        or _outside_hold_limits(desk, command, wanted)
        or refuse_units(desk, wanted)
    )
    if refusal:
        return refusal
    expires_at = extend_until = None
    if not command.confirm:
        cap = ttl_cap(desk, wanted)
        expires_at = desk.now + timedelta(seconds=command.ttl_seconds or cap)
        extend_until = desk.now + timedelta(seconds=EXTENSION_FACTOR * cap)
    return desk.place(claim(desk, command, wanted, expires_at, extend_until))


def refuse_customer(actor: Actor, customer: str | None) -> Refusal | None:
    """Why this actor may not hold for this customer, or `None` if it may."""
    if actor.operator or (customer is not None and customer == actor.customer):
        return None
    return refuse(Code.FORBIDDEN, "Only an operator may hold for another customer.")


def refuse_units(desk: Desk, wanted: list[Wanted]) -> Refusal | None:
    """Why the units, or what they require from pools, are not to be had."""
    return refuse_capacity(wanted) or desk.lending.refuse(
        (want.line, want.counts.offering) for want in wanted
    )


def claim(
    desk: Desk,
    command: Hold,
    wanted: list[Wanted],
    expires_at: datetime | None,
    extend_until: datetime | None,
) -> Reservation:
    """Move the units and make the reservation, everything having been checked."""
    now, customer = desk.now, command.customer
    kind = Kind.CONFIRMED if command.confirm else Kind.HELD
    lines = []
    for want in wanted:
        held, confirmed = (0, want.quantity) if command.confirm else (want.quantity, 0)
        want.counts.move(
            kind,
            command.reservation,
            command.actor.label,
            held=held,
            confirmed=confirmed,
            hold_expires_at=expires_at,
        )
        offering = want.counts.offering
        terms = offering.terms
        lines.append(
            Line(offering.id, want.quantity, held, confirmed, terms.unit_price, terms.currency)
        )
        desk.lending.take(offering)
        if customer is not None:
            desk.add_usage(customer, offering.id, want.quantity)
    if customer is not None and not command.confirm:
        desk.add_live_hold(customer, 1)
    return Reservation(
        command.reservation,
        Status.CONFIRMED if command.confirm else Status.HELD,
        customer,
        command.actor.label,
        tuple(lines),
        now,
        expires_at,
        extend_until,
        now if command.confirm else None,
        None,
        None,
        command.notes,
        command.guest_count,
        command.metadata,
    )


def flaw_of_lines(lines: Sequence[Asked]) -> Refusal | None:
    """What about the lines cannot mean anything, whatever there is."""
    if not 1 <= len(lines) <= MAX_LINES:
        return malformed("lines", f"1 to {MAX_LINES} lines, not {len(lines)}")
    for index, (_, quantity) in enumerate(lines):
        if not 1 <= quantity <= MAX_QUANTITY:
            return malformed(f"lines[{index}].quantity", f"1 to {MAX_QUANTITY:,}, not {quantity}")
    return None


def _flaw(command: Hold) -> Refusal | None:
    if command.ttl_seconds is not None and command.ttl_seconds < 1:
        return malformed("ttl_seconds", f"at least 1, not {command.ttl_seconds}")
    return None


def wanted_units(desk: Desk, lines: Sequence[Asked]) -> list[Wanted] | Refusal:
    """The lines summed per offering: two lines on one offering are one demand."""
    wanted: dict[str, Wanted] = {}
    for index, (offering, quantity) in enumerate(lines):
        counts = desk.counts.get(offering)
        if counts is None:
            return refuse(
                Code.NOT_FOUND, "There is no such offering.", line=index, offering=offering
            )
        same = wanted.get(offering)
        wanted[offering] = (
            Wanted(index, counts, quantity)
            if same is None
            else same._replace(quantity=same.quantity + quantity)
        )
    return list(wanted.values())


def ttl_cap(desk: Desk, wanted: Sequence[Wanted]) -> int:
    """Seconds a hold on these offerings may last: the strictest of them decides."""
    default = desk.policy.hold_ttl_seconds
    return min(want.counts.offering.terms.hold_ttl_seconds or default for want in wanted)


def _outside_hold_limits(desk: Desk, command: Hold, wanted: list[Wanted]) -> Refusal | None:
    """Limits that concern holding as such, not the units: live holds and TTL."""
    if command.confirm:
        return None
    if refusal := refuse_live_hold(desk, command.customer):
        return refusal
    ttl, cap = command.ttl_seconds, ttl_cap(desk, wanted)
    if ttl is not None and ttl > cap:
        return refuse(
            Code.LIMIT_EXCEEDED,
            f"A hold on this lasts at most {cap} seconds.",
            limit="ttl_seconds",
            bound=cap,
            requested=ttl,
        )
    return None


def refuse_live_hold(desk: Desk, customer: str | None) -> Refusal | None:
    """Why this customer may not have one more hold, or `None` if it may."""
    most = desk.policy.max_live_holds
    if most is None or customer is None:
        return None
    has = desk.live_holds.get(customer, 0)
    if has < most:
        return None
    return refuse(
        Code.LIMIT_EXCEEDED,
        f"A customer may have at most {most} holds at a time.",
        limit="max_live_holds",
        bound=most,
        has=has,
    )
