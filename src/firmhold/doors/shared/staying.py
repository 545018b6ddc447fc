"""What concerns those who stay: subscribers, whose connection outlasts their token."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.guarding import completed
from firmhold.doors.shared.operation import Call, Operation
from firmhold.doors.shared.origins import is_own
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.services import Services
from firmhold.engine.faults import is_transient
from firmhold.relay.hub import Hub
from firmhold.store.database import AllInUse

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

FRAMES = "firmhold.frames"
"""In the `extensions` of a WebSocket's scope, a `Write`: `websocket.send` may have a `frame`, not a
text, with its head, as it goes over the wire."""

Write = Callable[[bytes], bool]
"""Writes a frame without being waited for. False if it is not taken now: then it is to be sent."""

HEARTBEAT = 15.0
"""Seconds without anything to tell until that is told, and after which it is looked at again who is
there. Keeps what is in between from closing the connection."""

MOST_SUBSCRIBERS = 10_000
"""In one process. Each takes about 30 kB, and a moment whenever something is told to all."""


def require_place(hub: Hub) -> None:
    """Raises `Refused` if there are as many subscribers as this process takes."""
    if hub.subscriptions >= MOST_SUBSCRIBERS:
        raise Refused(refuse(Code.OVERLOADED, "There are too many subscribers.", retry_after=5))


def require_own_page(headers: Mapping[bytes, bytes]) -> None:
    """Raises `Refused` for a page of another origin, which browsers let open a WebSocket. A program
    says nothing of that."""
    origin = headers.get(b"origin")
    if origin is not None and not is_own(origin, headers):
        raise Refused(refuse(Code.FORBIDDEN, "This is for pages of this server alone."))


async def deny(send: Send, reply: Reply) -> None:
    """Answer the opening of a WebSocket with a problem."""
    headers = (*reply.headers, (b"content-length", str(len(reply.body)).encode()))
    await send(
        {
            "type": "websocket.http.response.start",
            "status": reply.status,
            "headers": [*completed(headers)],
        }
    )
    await send({"type": "websocket.http.response.body", "body": reply.body})


async def refused_by_now(call: Call) -> Reply | None:
    """What is to be said to the caller if a token has expired, or a session or a key was ended."""
    return await not_any_more(call.services, call.headers, call.operation)


async def not_any_more(
    services: Services, headers: Mapping[bytes, bytes], operation: Operation
) -> Reply | None:
    """The same, for whoever is known by these headers."""
    try:
        await services.authentication.identify(headers, operation)
    except Refused as error:
        return problem(error.refusal)
    except Exception as error:
        # While the database is away, nobody is less who they were.
        if not is_transient(error) and not isinstance(error, AllInUse):
            raise
    return None
