"""One hot item as its callers see it: whether their answers can be told as one story, each command
at one instant between its question and its answer. What nobody knows the outcome of may have
happened at any time, or never."""

from __future__ import annotations

from typing import Any, NamedTuple

from firmhold.domain.commands import (
    AdjustCapacity,
    Cancel,
    Command,
    Confirm,
    Hold,
    Release,
)
from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Reply
from tests.simulation.exploring import Model, Operation, is_linearizable
from tests.simulation.violations import Violation


class History:
    """What was asked and answered, in order."""

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._clock = 0
        self.kept = False
        """Whether anybody wants to know."""

    def begin(self, client: Any, command: Command) -> Operation | None:
        if not self.kept or not isinstance(
            command, Hold | Confirm | Release | Cancel | AdjustCapacity
        ):
            return None
        self._clock += 1
        operation = Operation(
            len(self._operations), client.lane.name, "", command, self._clock, 0.0
        )
        self._operations.append(operation)
        return operation

    def end(self, operation: Operation | None, reply: Reply) -> None:
        if operation is None:
            return
        self._clock += 1
        operation.status, operation.output, operation.ret = "ok", reply, self._clock

    def unknown(self, operation: Operation | None) -> None:
        if operation is not None:
            # It has no end: what was given up may still be on its way.
            operation.status = "info"

    def check(self, capacity: int) -> None:
        """Raises `Violation` if there is no such story."""
        if self._operations and (why := is_linearizable(self._operations, Item(capacity))):
            raise Violation("the answers are no one story", why)


class Item(Model):
    """The item in a few lines: its capacity, and what has become of each reservation. It knows no
    time, so it is for stories in which no hold ends by itself."""

    name = "item"

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity

    def init(self) -> Any:
        return State(self._capacity, ())

    def step(self, state: Any, op: Operation) -> tuple[bool, Any]:
        known = op.status == "ok"
        if isinstance(op.arg, Hold):
            return self._hold(state, op.arg, op.output if known else None, op.index)
        if isinstance(op.arg, AdjustCapacity):
            return self._adjust(state, op.arg, op.output if known else None)
        return self._change(state, op.arg, op.output if known else None)

    def _hold(
        self, state: State, command: Hold, reply: Reply | None, index: int
    ) -> tuple[bool, Any]:
        units = command.lines[0].quantity
        fits = units <= state.available
        if isinstance(reply, Refusal):
            return not fits and reply.code is Code.INSUFFICIENT_CAPACITY, state
        if not fits:
            return reply is None, state
        id = f"?{index}" if reply is None else reply.body.decode().split(" ")[0]
        status = "confirmed" if command.confirm else "held"
        return True, state.having(id, status, units)

    def _adjust(
        self, state: State, command: AdjustCapacity, reply: Reply | None
    ) -> tuple[bool, Any]:
        capacity = state.capacity + command.delta
        fits = capacity >= state.capacity - state.available
        if isinstance(reply, Refusal):
            return not fits and reply.code is Code.CAPACITY_BELOW_RESERVED, state
        if not fits:
            return reply is None, state
        return True, state._replace(capacity=capacity)

    def _change(
        self, state: State, command: Confirm | Release | Cancel, reply: Reply | None
    ) -> tuple[bool, Any]:
        status, units = state.of(command.reservation)
        becomes = _BECOMES[type(command)].get(status)
        if isinstance(reply, Refusal):
            return becomes is None and reply.code is _ENDED[status], state
        if becomes is None:
            return reply is None, state
        if becomes not in ("held", "confirmed"):
            units = 0
        return True, state.having(command.reservation, becomes, units)


_BECOMES: dict[type, dict[str, str]] = {
    Confirm: {"held": "confirmed", "confirmed": "confirmed"},
    Release: {"held": "released", "released": "released"},
    Cancel: {
        "held": "released",
        "confirmed": "cancelled",
        "released": "released",
        "cancelled": "cancelled",
    },
}


_ENDED = {
    "": Code.NOT_FOUND,
    "confirmed": Code.ALREADY_CONFIRMED,
    "released": Code.ALREADY_RELEASED,
    "cancelled": Code.ALREADY_CANCELLED,
}
"""What is said to whoever finds a reservation beyond what is asked."""


class State(NamedTuple):
    """What there is of the item, and who has what: id, status, units."""

    capacity: int
    claims: tuple[tuple[str, str, int], ...]

    @property
    def available(self) -> int:
        return self.capacity - sum(units for _, _, units in self.claims)

    def of(self, id: str) -> tuple[str, int]:
        return next(((status, units) for it, status, units in self.claims if it == id), ("", 0))

    def having(self, id: str, status: str, units: int) -> State:
        others = (claim for claim in self.claims if claim[0] != id)
        return self._replace(claims=tuple(sorted((*others, (id, status, units)))))
