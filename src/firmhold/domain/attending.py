"""Rules for recording whether the customer of a confirmed reservation came."""

from firmhold.domain.commands import CheckIn
from firmhold.domain.desk import Desk, ended
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import Kind, Status
from firmhold.domain.state import Accepted, Outcome

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
    for line in reservation.lines:
        if line.confirmed:
            # Units that were used, or kept for nothing, do not come back.
            desk.counts[line.offering].move(kind, reservation.id, command.actor.label)
    return desk.put(reservation._replace(status=command.outcome, ended_at=desk.now))
