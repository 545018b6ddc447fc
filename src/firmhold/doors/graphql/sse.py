"""Results as server-sent events, a connection for each operation (the protocol of graphql-sse)."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from graphql import OperationType

from firmhold.doors.graphql.execution import Json, Ready, carry_out
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.staying import staying
from firmhold.doors.shared.reply import Headers, encode

HEADERS: Headers = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"x-accel-buffering", b"no"),  # for proxies that would collect it
)

_NOTHING_NEW = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


async def events(ready: Ready, asking: Asking) -> AsyncGenerator[bytes]:
    """What an operation comes to, event by event."""
    if ready.operation.operation is OperationType.SUBSCRIPTION:
        async with aclosing(staying(ready, asking)) as results:
            async for result in results:
                yield _NOTHING_NEW if result is None else _next(result)
    else:
        introspection = asking.services.introspection
        yield _next(await carry_out(ready, asking, introspection=introspection))
    yield _COMPLETE


def _next(result: Json) -> bytes:
    return b"event: next\ndata: %b\n\n" % encode(result)
