"""Rules for recording whether the customer of a confirmed reservation came.

What has been recorded can be put right, but not be cancelled or moved any more. So nothing is
recorded of what is still to come. A reservation is checked in as a whole: its customer came if they
came to the first of its slots, and did not come as soon as even the last of them has begun without
them. Items have no time, and are checked in at any.
"""

from datetime import datetime, timedelta

from firmhold.domain.commands import CheckIn
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import Kind, Reservation, Status
from firmhold.domain.state import Accepted, Outcome

EARLY = timedelta(hours=2)
"""How long before a slot somebody may come to it: some are told to, and others have a long way."""

_OUTCOMES = {Status.FULFILLED: Kind.FULFILLED, Status.NO_SHOW: Kind.NO_SHOW}


def check_in(desk: Desk, command: CheckIn) -> Outcome:
    """Only someone who works there can tell; a slip of the finger can be put right."""
    if not command.actor.operator:
        return refuse(Code.FORBIDDEN, "Only an operator may check somebody in.")
    kind = _OUTCOMES.get(command.outcome)
    flaw = None if kind else malformed("outcome", f"fulfilled or no_show, not {command.outcome}")
    reservation = desk.own(command.reservation, command.actor, flaw)
    if isinstance(reservation, Refusal):
        return reservation
    assert kind is not None
    if reservation.status is command.outcome:
        return Accepted(reservation, changed=False)
    if reservation.status is Status.HELD:
        return refuse(
            Code.VERSION_CONFLICT,
            "The reservation is only held; confirm it first.",
            reservation=reservation.id,
            state=reservation.status.value,
        )
    if reservation.status not in (Status.CONFIRMED, Status.FULFILLED, Status.NO_SHOW):
        return ended(reservation)
    if refusal := _too_early(desk, reservation, command.outcome):
        return refusal
    for line in reservation.lines:
        if line.confirmed:
            # Units that were used, or kept for nothing, do not come back.
            desk.counts[line.offering].move(kind, reservation.id, command.actor.label)
    return desk.put(reservation._replace(status=command.outcome, ended_at=desk.now))


def _too_early(desk: Desk, reservation: Reservation, outcome: Status) -> Refusal | None:
    """Why nobody can tell yet whether the customer came, or `None` if somebody can."""
    begins: list[tuple[datetime, str]] = []
    for line in reservation.lines:
        slot = desk.counts[line.offering].offering.slot
        if slot is not None and line.confirmed:
            begins.append((slot.starts_at, line.offering))
    if not begins:
        return None
    came = outcome is Status.FULFILLED
    starts_at, offering = min(begins) if came else max(begins)
    since = starts_at - EARLY if came else starts_at
    if desk.now >= since:
        return None
    when = f"from {since:%Y-%m-%d %H:%M} UTC on"
    detail = f"Somebody can be checked in {when}." if came else f"Nobody is late yet: only {when}."
    return refuse(
        Code.TOO_FAR_AHEAD,
        detail,
        reservation=reservation.id,
        offering=offering,
        check_in_from=since,
    )
