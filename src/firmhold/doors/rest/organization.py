"""`/v1/organization`: what the actor's organization allows."""

from datetime import datetime
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.rest.shapes.organization import OrganizationChange, OrganizationView
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.identity.directory import Organization
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "organization"

NOT_FOUND = refuse(Code.NOT_FOUND, "There is no such organization.")


@operation(
    "GET",
    "/v1/organization",
    table=TABLE,
    tag=TAG,
    permission=Permission.CATALOGUE_READ,
    answer=OrganizationView,
    example=Example(),
)
async def get_organization(call: Call) -> Reply:
    """The organization that the token names, and what it allows."""
    found = await call.services.directory.organization(call.organization)
    if found is None:
        return problem(NOT_FOUND)
    return json_reply(200, organization_view(found))


@operation(
    "PATCH",
    "/v1/organization",
    table=TABLE,
    tag=TAG,
    permission=Permission.ORGANIZATION_WRITE,
    body=OrganizationChange,
    answer=OrganizationView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(body={"hold_ttl_seconds": 300}),
)
async def change_organization(call: Call) -> Reply:
    """Change how long holds last, how many a customer may have, when slots can be booked and
    cancelled, and what the public may do."""
    given = given_in(call.body)
    directory = call.services.directory

    async def change(connection: Any, _: datetime) -> tuple[str, int, bytes]:
        changed = await directory.change_organization(call.organization, given, connection)
        if changed is None:
            raise Refused(NOT_FOUND)
        return changed.id, 200, encode(organization_view(changed))

    answer = await call.services.catalogue.effect(call.organization, act_of(call), change)
    directory.forget()
    return reply_to(answer)


def organization_view(organization: Organization) -> OrganizationView:
    """An organization as it is shown."""
    return OrganizationView(*organization)
