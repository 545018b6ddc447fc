"""`/v1/organization`: what the caller's organization allows."""

from msgspec import UNSET

from firmhold.domain.errors import Code, refuse
from firmhold.doors.rest.shapes import OrganizationChange, OrganizationView
from firmhold.doors.shared.operation import Access, Call, Example, Operation, operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.identity.directory import Organization

TABLE: list[Operation] = []
TAG = "organization"


@operation(
    "GET",
    "/v1/organization",
    table=TABLE,
    tag=TAG,
    access=Access.TOKEN,
    answer=OrganizationView,
    example=Example(),
)
async def get_organization(call: Call) -> Reply:
    """The organization that the token names, and what it allows."""
    found = await call.services.directory.organization(call.caller.organization)
    if found is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such organization."))
    return json_reply(200, _view(found))


@operation(
    "PATCH",
    "/v1/organization",
    table=TABLE,
    tag=TAG,
    access=Access.OWNER,
    body=OrganizationChange,
    answer=OrganizationView,
    example=Example(body={"hold_ttl_seconds": 300}),
)
async def change_organization(call: Call) -> Reply:
    """Change how long holds last, how many a customer may have, and what the public may do."""
    given = {
        name: value
        for name in call.body.__struct_fields__
        if (value := getattr(call.body, name)) is not UNSET
    }
    changed = await call.services.directory.change_organization(call.caller.organization, given)
    if changed is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such organization."))
    return json_reply(200, _view(changed))


def _view(organization: Organization) -> OrganizationView:
    return OrganizationView(*organization)
