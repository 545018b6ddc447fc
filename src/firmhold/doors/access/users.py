"""`/v1/users`: who belongs to an organization, and as what."""

from datetime import datetime
from typing import Any

from firmhold.domain.errors import Code, refuse
from firmhold.doors.access.sessions import member_view
from firmhold.doors.access.shapes import MemberView, UserChange, UserRequest, UsersQuery
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.identity.permissions import OF_ROLE, Permission

TABLE: list[Operation] = []
TAG = "access"


@operation(
    "POST",
    "/v1/users",
    table=TABLE,
    tag=TAG,
    permission=Permission.USERS_WRITE,
    status=201,
    body=UserRequest,
    answer=MemberView,
    key=KeyUse.HONOURED,
    refusals=(Code.FORBIDDEN, Code.ALREADY_EXISTS, Code.OVERLOADED),
    example=Example(body={"email": "a new address", "role": "operator", "name": "Grace Hopper"}),
)
async def create_user(call: Call) -> Reply:
    """Ask somebody in. They are told by e-mail, and the place is theirs once they have come: by
    signing in here, or with the code of the letter if their address has not been verified."""
    body: UserRequest = call.body
    services = call.services

    async def let_in(connection: Any, _: datetime) -> tuple[str, int, bytes]:
        user = await services.people.add(
            connection,
            call.organization,
            body.email,
            body.role,
            body.name,
            call.identity.permissions,
        )
        await services.accounts.invite(connection, user, await _slug(call))
        return user.id, 201, encode(member_view(user))

    return reply_to(await services.catalogue.effect(call.organization, act_of(call), let_in))


@operation(
    "GET",
    "/v1/users",
    table=TABLE,
    tag=TAG,
    permission=Permission.USERS_READ,
    query=UsersQuery,
    answer=list[MemberView],
    example=Example(query="role=customer&limit=10"),
)
async def list_users(call: Call) -> Reply:
    """Users, the newest first."""
    query: UsersQuery = call.query
    found = await call.services.people.page(
        call.organization,
        id_cursor(query.cursor, "usr_"),
        query.limit,
        role=query.role,
        email=query.email,
    )
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/users", query, [member_view(it) for it in found], more)


@operation(
    "GET",
    "/v1/users/{user}",
    table=TABLE,
    tag=TAG,
    permission=Permission.USERS_READ,
    answer=MemberView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path={"user": "a user"}),
)
async def get_user(call: Call) -> Reply:
    """One user."""
    id = require_id(call.path["user"], "usr_", "user")
    found = await call.services.people.member(call.organization, id)
    if found is None:
        return problem(refuse(Code.NOT_FOUND, "There is no such user.", user=id))
    return json_reply(200, member_view(found))


@operation(
    "PATCH",
    "/v1/users/{user}",
    table=TABLE,
    tag=TAG,
    permission=Permission.USERS_WRITE,
    body=UserChange,
    answer=MemberView,
    key=KeyUse.HONOURED,
    refusals=(Code.FORBIDDEN, Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"user": "a user"}, body={"role": "auditor"}),
)
async def change_user(call: Call) -> Reply:
    """Change what somebody is here, or shut them out. They are signed out of this organization if
    their role changes, and the API keys that they have made are withdrawn if they may make none any
    more; whoever becomes more than a customer, and has not shown that the address is
    theirs, is only asked in until they have, and sent a code. Nobody can give or take away what
    they do not have themselves, and somebody has to be left who can let people in."""
    id = require_id(call.path["user"], "usr_", "user")
    given = given_in(call.body)
    services = call.services

    async def change(connection: Any, _: datetime) -> tuple[str, int, bytes]:
        user, asked = await services.people.change(
            connection, call.organization, id, given, call.identity.permissions
        )
        if user.disabled_at is not None or Permission.KEYS_WRITE not in OF_ROLE[user.role]:
            await services.api_keys.withdraw_of(
                connection, call.organization, f"user:{id}", call.actor.label
            )
        if asked:
            await services.accounts.invite(connection, user, await _slug(call))
        return user.id, 200, encode(member_view(user))

    answer = await services.catalogue.effect(call.organization, act_of(call), change)
    await services.ended.look()
    return reply_to(answer)


async def _slug(call: Call) -> str:
    organization = await call.services.directory.organization(call.organization)
    assert organization is not None, "whoever asks is of it"
    return str(organization.slug)
