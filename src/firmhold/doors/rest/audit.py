"""`/v1/audit`: who did what, and proof that nobody has changed it since."""

from firmhold.domain.errors import Code, malformed, refuse
from firmhold.doors.rest.shapes.audit import (
    ActsQuery,
    ActView,
    CheckpointView,
    ConsistencyQuery,
    ConsistencyView,
    InclusionQuery,
    InclusionView,
)
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.operation import Call, Example, Operation, operation
from firmhold.doors.shared.pages import page, time_cursor, time_position
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "audit"

ENTRIES = ("act_", "item_", "slot_")
"""What an entry is found by: an act's id, or an offering's with a number."""


@operation(
    "GET",
    "/v1/audit/acts",
    table=TABLE,
    tag=TAG,
    permission=Permission.AUDIT_READ,
    query=ActsQuery,
    answer=list[ActView],
    example=Example(query="limit=10"),
)
async def list_acts(call: Call) -> Reply:
    """What was done by those who work here, and for or against security, the newest first. What
    happened to reservations and capacities is told by the ledger."""
    query: ActsQuery = call.query
    found = await call.services.audit.acts(
        call.organization,
        time_cursor(query.cursor, "act_"),
        query.limit,
        kind=query.kind,
        actor=query.actor,
        subject=query.subject,
    )
    more = time_position(found[-1].at, found[-1].id) if len(found) == query.limit else None
    return page("/v1/audit/acts", query, [ActView(*act) for act in found], more)


@operation(
    "GET",
    "/v1/audit/checkpoint",
    table=TABLE,
    tag=TAG,
    permission=Permission.AUDIT_READ,
    answer=CheckpointView,
    refusals=(Code.NOT_FOUND,),
    example=Example(),
)
async def get_checkpoint(call: Call) -> Reply:
    """The newest signed checkpoint. There is a new one within a second or so of what happens."""
    note = await call.services.audit.checkpoint(call.organization)
    if note is None:
        return problem(refuse(Code.NOT_FOUND, "Nothing has been sealed yet."))
    return json_reply(200, CheckpointView(note))


@operation(
    "GET",
    "/v1/audit/proofs/{subject}",
    table=TABLE,
    tag=TAG,
    permission=Permission.AUDIT_READ,
    query=InclusionQuery,
    answer=InclusionView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"subject": "an act"}),
)
async def prove_entry(call: Call) -> Reply:
    """Proof that an act, or an entry of an offering's ledger by its number, is in the log."""
    id, query = call.path["subject"], call.query
    if not any(is_id(id, prefix) for prefix in ENTRIES):
        return problem(refuse(Code.NOT_FOUND, "There is no such entry.", subject=id))
    try:
        found = await call.services.audit.inclusion(call.organization, id, query.number or 0)
    except LookupError as error:
        return problem(refuse(Code.NOT_FOUND, str(error), subject=id))
    return json_reply(200, InclusionView(**found))


@operation(
    "GET",
    "/v1/audit/consistency",
    table=TABLE,
    tag=TAG,
    permission=Permission.AUDIT_READ,
    query=ConsistencyQuery,
    answer=ConsistencyView,
    refusals=(Code.NOT_FOUND,),
    example=Example(query="old=a+checkpoint"),
)
async def prove_consistency(call: Call) -> Reply:
    """Proof that the log goes on from a checkpoint that was seen earlier."""
    query: ConsistencyQuery = call.query
    if query.new is not None and query.new < query.old:
        return problem(malformed("new", "less than old"))
    try:
        found = await call.services.audit.consistency(call.organization, query.old, query.new)
    except LookupError as error:
        return problem(refuse(Code.NOT_FOUND, str(error)))
    return json_reply(200, ConsistencyView(**found))
