"""Rules for changing how many units there are."""

from firmhold.domain.commands import AdjustCapacity, CapacityCommand, SetCapacity
from firmhold.domain.counts import Counts
from firmhold.domain.desk import Desk
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import MAX_CAPACITY, Kind
from firmhold.domain.state import Accepted, Outcome


def set_capacity(desk: Desk, command: SetCapacity) -> Outcome:
    counts = _stock(desk, command)
    if isinstance(counts, Refusal):
        return counts
    if command.expected is not None and command.expected != counts.capacity:
        return refuse(
            Code.VERSION_CONFLICT,
            f"The capacity is {counts.capacity}, not {command.expected}.",
            expected=command.expected,
            capacity=counts.capacity,
        )
    return _change_capacity(counts, command, command.capacity, Kind.CAPACITY_SET)


def adjust_capacity(desk: Desk, command: AdjustCapacity) -> Outcome:
    counts = _stock(desk, command)
    if isinstance(counts, Refusal):
        return counts
    # A delta speaks of the capacity that is being approached, if it is draining.
    base = counts.capacity if counts.drain_to is None else counts.drain_to
    return _change_capacity(counts, command, base + command.delta, Kind.CAPACITY_ADJUSTED)


def _stock(desk: Desk, command: CapacityCommand) -> Counts | Refusal:
    counts = desk.counts.get(command.offering)
    if counts is None:
        return refuse(Code.NOT_FOUND, "There is no such offering.", offering=command.offering)
    if not command.actor.operator:
        return refuse(Code.FORBIDDEN, "Only an operator may change stock.")
    return counts


def _change_capacity(counts: Counts, command: CapacityCommand, target: int, kind: Kind) -> Outcome:
    if not 0 <= target <= MAX_CAPACITY:
        return malformed("capacity", f"0 to {MAX_CAPACITY:,}, not {target}")
    reserved = counts.held + counts.confirmed
    if target < reserved and not command.drain:
        return refuse(
            Code.CAPACITY_BELOW_RESERVED,
            f"{reserved} units are held or confirmed; ask for a drain to come down to {target}.",
            requested=target,
            held=counts.held,
            confirmed=counts.confirmed,
        )
    drain_to = target if target < reserved else None
    if max(target, reserved) == counts.capacity and drain_to == counts.drain_to:
        return Accepted(counts.result(), changed=False)
    counts.drain_to = None
    counts.move(
        kind,
        None,
        command.actor.label,
        capacity=max(target, reserved) - counts.capacity,
        reason=command.reason,
    )
    counts.drain_to = drain_to
    return Accepted(counts.result(), changed=True)
