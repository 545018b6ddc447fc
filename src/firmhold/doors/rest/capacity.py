"""How many units an offering has to give: set, or adjusted, the same for items and slots."""

from datetime import datetime

from firmhold.domain.commands import AdjustCapacity, CapacityCommand, SetCapacity
from firmhold.domain.errors import Code, Refused, malformed
from firmhold.domain.model import Offering
from firmhold.domain.state import Accepted
from firmhold.doors.rest.shapes.offerings import CapacityRequest, CapacityView
from firmhold.doors.shared.operation import Call
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import submit

REFUSALS = (
    Code.NOT_FOUND,
    Code.CAPACITY_BELOW_RESERVED,
    Code.VERSION_CONFLICT,
    Code.OVERLOADED,
)


async def change(call: Call, id: str) -> Reply:
    """Do to this offering what the body says."""
    return await submit(call, _command(call, id), _render)


def _command(call: Call, id: str) -> CapacityCommand:
    request: CapacityRequest = call.body
    actor = call.actor
    if (request.capacity is None) == (request.delta is None):
        raise Refused(malformed("capacity", "give either a capacity or a delta"))
    if request.capacity is not None:
        return SetCapacity(
            id, actor, request.capacity, request.expected, request.drain, request.reason
        )
    assert request.delta is not None
    if request.expected is not None:
        raise Refused(malformed("expected", "goes with capacity, not with delta"))
    if not request.reason:
        raise Refused(malformed("reason", "a delta needs one"))
    return AdjustCapacity(id, actor, request.delta, request.reason, request.drain)


def _render(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    offering = accepted.subject
    assert isinstance(offering, Offering)
    return 200, encode(
        CapacityView(
            offering.id,
            offering.capacity,
            offering.held,
            offering.confirmed,
            offering.capacity - offering.held - offering.confirmed,
            offering.drain_to,
            offering.seq,
            now,
        )
    )
