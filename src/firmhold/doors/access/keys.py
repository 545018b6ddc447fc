"""`/v1/api-keys`: keys for programs."""

from datetime import datetime
from typing import Any

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.access.shapes import KeyRequest, KeysQuery, KeyView, NewKeyView
from firmhold.doors.shared.body import require_instant
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import id_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.identity.api_keys import ApiKey
from firmhold.identity.permissions import Permission

TABLE: list[Operation] = []
TAG = "access"


@operation(
    "POST",
    "/v1/api-keys",
    table=TABLE,
    tag=TAG,
    permission=Permission.KEYS_WRITE,
    status=201,
    body=KeyRequest,
    answer=NewKeyView,
    refusals=(Code.FORBIDDEN, Code.OVERLOADED),
    example=Example(body={"name": "Box office", "scopes": ["reservations:write"]}),
)
async def create_key(call: Call) -> Reply:
    """Make a key. It is told in this answer and never again, so a repeated request makes another
    one."""
    body: KeyRequest = call.body
    if len(set(body.scopes)) < len(body.scopes):
        return problem(malformed("scopes", "one is named twice"))
    require_instant("expires_at", body.expires_at)

    async def make(connection: Any, now: datetime) -> tuple[str, int, bytes]:
        key, written = await call.services.api_keys.add(
            connection,
            call.organization,
            body.name,
            frozenset(body.scopes),
            body.expires_at,
            call.actor.label,
            call.identity.permissions,
            now,
        )
        return key.id, 201, encode(NewKeyView(**key._asdict(), key=written))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), make))


@operation(
    "GET",
    "/v1/api-keys",
    table=TABLE,
    tag=TAG,
    permission=Permission.KEYS_WRITE,
    query=KeysQuery,
    answer=list[KeyView],
    example=Example(),
)
async def list_keys(call: Call) -> Reply:
    """Keys, the newest first, without what opens doors."""
    query: KeysQuery = call.query
    found = await call.services.api_keys.page(
        call.organization, id_cursor(query.cursor, "key_"), query.limit
    )
    more = found[-1].id if len(found) == query.limit else None
    return page("/v1/api-keys", query, [_view(it) for it in found], more)


@operation(
    "DELETE",
    "/v1/api-keys/{key}",
    table=TABLE,
    tag=TAG,
    permission=Permission.KEYS_WRITE,
    answer=KeyView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"key": "an API key"}),
)
async def withdraw_key(call: Call) -> Reply:
    """Withdraw a key. It opens nothing any more, on every server process within two seconds."""
    id = require_id(call.path["key"], "key_", "key")

    async def withdraw(connection: Any, now: datetime) -> tuple[str, int, bytes]:
        key = await call.services.api_keys.withdraw(connection, call.organization, id, now)
        if key is None:
            raise Refused(refuse(Code.NOT_FOUND, "There is no such key.", key=id))
        return key.id, 200, encode(_view(key))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), withdraw))


def _view(key: ApiKey) -> KeyView:
    return KeyView(*key)
