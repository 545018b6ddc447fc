"""Rules for changing how many units there are."""

from firmhold.domain.commands import AdjustCapacity, CapacityCommand, SetCapacity
from firmhold.domain.counts import Counts
from firmhold.domain.desk import Desk
from firmhold.domain.errors import Code, Refusal, malformed, refuse
from firmhold.domain.model import MAX_CAPACITY, Kind
from firmhold.domain.state import Accepted, Outcome
from firmhold.domain.waiting import serve_all


def set_capacity(desk: Desk, command: SetCapacity) -> Outcome:
    counts = _stock(desk, command, _beyond_bounds(command.capacity))
    if isinstance(counts, Refusal):
        return counts
    if refusal := _below_reserved(counts, command.capacity, command.drain):
        return refusal
    if command.expected is not None and command.expected != counts.capacity:
        return refuse(
            Code.VERSION_CONFLICT,
            f"The capacity is {counts.capacity}, not {command.expected}.",
            expected=command.expected,
            capacity=counts.capacity,
        )
    return _change_capacity(desk, counts, command, command.capacity, Kind.CAPACITY_SET)


def adjust_capacity(desk: Desk, command: AdjustCapacity) -> Outcome:
    counts = _stock(desk, command, None)
    if isinstance(counts, Refusal):
        return counts
    # A delta speaks of the capacity that is being approached, if it is draining, and a drain that
    # is made smaller goes on being one: more is below what is reserved in no other case.
    base = counts.capacity if counts.drain_to is None else counts.drain_to
    target = base + command.delta
    refusal = _beyond_bounds(target) or _below_reserved(
        counts, target, command.drain or command.delta > 0
    )
    return refusal or _change_capacity(desk, counts, command, target, Kind.CAPACITY_ADJUSTED)


def _stock(desk: Desk, command: CapacityCommand, flaw: Refusal | None) -> Counts | Refusal:
    """The offering's counters, if this actor may change them and the command has no `flaw`."""
    if not command.actor.operator:
        return refuse(Code.FORBIDDEN, "Only an operator may change stock.")
    if flaw is not None:
        return flaw
    counts = desk.counts.get(command.offering)
    if counts is None:
        return refuse(Code.NOT_FOUND, "There is no such offering.", offering=command.offering)
    return counts


def _beyond_bounds(target: int) -> Refusal | None:
    if 0 <= target <= MAX_CAPACITY:
        return None
    return malformed("capacity", f"0 to {MAX_CAPACITY:,}, not {target}")


def _below_reserved(counts: Counts, target: int, drain: bool) -> Refusal | None:
    reserved = counts.held + counts.confirmed
    if target >= reserved or drain:
        return None
    return refuse(
        Code.CAPACITY_BELOW_RESERVED,
        f"{reserved} units are held or confirmed; ask for a drain to come down to {target}.",
        requested=target,
        held=counts.held,
        confirmed=counts.confirmed,
    )


def _change_capacity(
    desk: Desk, counts: Counts, command: CapacityCommand, target: int, kind: Kind
) -> Outcome:
    """Go to the target at once, or as far as reserved units allow and the rest by draining."""
    reserved = counts.held + counts.confirmed
    drain_to = target if target < reserved else None
    if max(target, reserved) == counts.capacity and drain_to == counts.drain_to:
        return Accepted(counts.result(), changed=False)
    counts.move(
        kind,
        None,
        command.actor.label,
        capacity=max(target, reserved) - counts.capacity,
        reason=command.reason,
    )
    counts.drain_to = drain_to
    # The answer tells what those who wait have left of it.
    serve_all(desk)
    return Accepted(counts.result(), changed=True)
