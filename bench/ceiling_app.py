"""Owns: two services that do nothing, the ceilings no service on this stack can pass.

``litestar_app`` reads the same JSON and answers the same number of bytes as a real hold,
through Litestar and msgspec. ``asgi_app`` does so with no framework at all. Neither looks
at the token, the key or the stock.
"""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Litestar, post


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
async def reserve(data: ReserveBody) -> HoldAnswer:
    return answer(data)


litestar_app = Litestar([reserve], openapi_config=None, logging_config=None)

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
