"""`/api/seed`: the demo's data as it was at first. Only a server that was started with `--demo` has
this operation, and only for admins of the demo's organization; to everyone else it is not there.
"""

from firmhold.domain.errors import Refused
from firmhold.doors.appointments.shapes import SeedAnswer
from firmhold.doors.appointments.shared import TAG
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import NOWHERE
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []


@operation(
    "POST",
    "/api/seed",
    table=TABLE,
    tag=TAG,
    permission=Permission.DEMO_RESET,
    hidden=True,
    answer=SeedAnswer,
    key=KeyUse.HONOURED,
    example=Example(),
)
async def seed_demo(call: Call) -> Reply:
    """Make the demo as it was at first. Nothing is erased: reservations are cancelled, slots are
    withdrawn and published anew, items are restocked, and the ledger tells of all of it. It is
    finished also if nobody waits for the answer; what does not fit any more is left out."""
    demo = call.services.demo
    if demo is None or not await demo.owns(call.organization):
        raise Refused(NOWHERE)
    return reply_to(
        await demo.reset(
            act_of(call),
            lambda done: (200, encode(SeedAnswer(*done))),
        )
    )
