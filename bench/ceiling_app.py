"""Owns: three services that do nothing: they read the same JSON as a hold and answer as many bytes.

``lane_app`` does so through the function that serves Firmhold's hot operations, which skip the
framework's router: what a hold over HTTP would cost if the hold itself cost nothing.
``litestar_app`` goes through Litestar's router, as Firmhold's other operations do. ``asgi_app`` has
nothing between the web server and the answer. None looks at the token, the limits, the key or the
stock.
"""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from litestar import Litestar, post
from litestar.params import JSONBody

from firmhold.domain.model import Actor
from firmhold.doors.shared.guarding import Guard
from firmhold.doors.shared.limiting import Limiting
from firmhold.doors.shared.operation import Call, Operation
from firmhold.doors.shared.presence import Presence
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import serve
from firmhold.identity.actors import Identity
from firmhold.identity.permissions import Permission
from firmhold.limits.addresses import Proxies
from firmhold.limits.policy import OFF, Policies


class ReserveBody(msgspec.Struct):
    sku: str
    quantity: int


class HoldAnswer(msgspec.Struct):
    reservation_id: str
    sku: str
    quantity: int
    expires_at: str
    ttl_seconds: int


RESERVATION_ID = "rsv_01890a5d-ac96-774b-bcce-b302099a8057"
EXPIRES_AT = "2030-01-01T00:00:00.000000Z"


def answer(body: ReserveBody) -> HoldAnswer:
    return HoldAnswer(RESERVATION_ID, body.sku, body.quantity, EXPIRES_AT, 300)


@post("/api/v1/inventory/reserve")
async def reserve(data: JSONBody[ReserveBody]) -> HoldAnswer:
    return answer(data)


litestar_app = Litestar([reserve], openapi_config=None, logging_config=None)


class Anybody:
    """Takes whoever asks, without a look at the token."""

    def __init__(self) -> None:
        self._identity = Identity("org_0", Actor("public"))

    async def identify(
        self, headers: Any, operation: Operation, query: bytes, scope: Any
    ) -> Identity:
        return self._identity


async def do_nothing(call: Call) -> Reply:
    return json_reply(201, answer(call.body))


DO_NOTHING = Operation(
    method="POST",
    path="/api/v1/inventory/reserve",
    name="do_nothing",
    tag="bench",
    summary="Nothing.",
    handle=do_nothing,
    permission=Permission.RESERVATIONS_OWN,
    decoder=msgspec.json.Decoder(ReserveBody),
)
# What serving takes of everything that doors work with.
_stack = SimpleNamespace(
    authentication=Anybody(),
    limiting=Limiting(None, Policies.read(OFF), Proxies(())),
    guard=Guard(Proxies(()), https_only=False),
    presence=Presence(),
    body_limit=65_536,
    engine=SimpleNamespace(loop=None),
)


async def lane_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":  # lifespan: uvicorn goes on without it
        _stack.engine.loop = asyncio.get_running_loop()
        return
    own = (b"x-request-id", b"0")
    await serve(DO_NOTHING, cast(Services, _stack), scope, receive, send, own)


_decode = msgspec.json.Decoder(ReserveBody).decode
_encode = msgspec.json.Encoder().encode


async def asgi_app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":  # lifespan: uvicorn goes on without it
        return
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    content = _encode(answer(_decode(body)))
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": content})
