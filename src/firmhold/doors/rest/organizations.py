"""`/v1/organizations`: the tenants of a server, for whoever runs it.

It makes organizations and shows what they allow. What belongs to one is its own users' to see.
"""

from datetime import datetime
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.rest.organization import NOT_FOUND, organization_view
from firmhold.doors.rest.shapes.organization import (
    NewOrganizationView,
    OrganizationRequest,
    OrganizationsQuery,
    OrganizationView,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.identity.permissions import Permission
from firmhold.identity.roles import Role

TABLE: list[Operation] = []
TAG = "organization"


@operation(
    "POST",
    "/v1/organizations",
    table=TABLE,
    tag=TAG,
    permission=Permission.PLATFORM_WRITE,
    status=201,
    body=OrganizationRequest,
    answer=NewOrganizationView,
    key=KeyUse.HONOURED,
    refusals=(Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(
        body={
            "slug": "a new slug",
            "name": "Town Theatre",
            "owner": {"email": "a new address", "name": "Grace Hopper"},
        }
    ),
)
async def create_organization(call: Call) -> Reply:
    """Make an organization and ask its first owner in, who is told by e-mail. Nobody here sees
    anything of it from then on."""
    body: OrganizationRequest = call.body
    services = call.services

    async def make(connection: Any, _: datetime) -> tuple[str, int, bytes]:
        made = await services.directory.add_organization(
            connection, body.slug, body.name, call.actor.label, {"slug": body.slug}
        )
        if made is None:
            raise Refused(
                refuse(
                    Code.ALREADY_EXISTS,
                    "There is already an organization with this slug.",
                    slug=body.slug,
                )
            )
        owner = await services.people.add(
            connection,
            made.id,
            body.owner.email,
            Role.OWNER,
            body.owner.name,
            call.identity.permissions,
        )
        await services.accounts.invite(connection, owner, made.slug)
        return made.id, 201, encode(NewOrganizationView(**made._asdict(), owner=owner.id))

    answer = await services.catalogue.effect(call.organization, act_of(call), make, across=True)
    services.directory.forget()
    return reply_to(answer)


@operation(
    "GET",
    "/v1/organizations",
    table=TABLE,
    tag=TAG,
    permission=Permission.PLATFORM_WRITE,
    query=OrganizationsQuery,
    answer=list[OrganizationView],
    example=Example(query="limit=10"),
)
async def list_organizations(call: Call) -> Reply:
    """Organizations, the newest first."""
    query: OrganizationsQuery = call.query
    found = await call.services.directory.page(id_cursor(query.cursor, "org_"), query.limit)
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/organizations", query, [organization_view(it) for it in found], more)


@operation(
    "GET",
    "/v1/organizations/{organization}",
    table=TABLE,
    tag=TAG,
    permission=Permission.PLATFORM_WRITE,
    answer=OrganizationView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"organization": "an organization"}),
)
async def get_any_organization(call: Call) -> Reply:
    """One organization, and what it allows."""
    id = require_id(call.path["organization"], "org_", "organization")
    found = await call.services.directory.organization(id)
    if found is None:
        return problem(NOT_FOUND._replace(facts={"organization": id}))
    return json_reply(200, organization_view(found))
