"""From an ASGI request to a reply, the same way for every operation of every door.

The order is the published one: identity, limits, body, idempotency key, then the operation itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from time import perf_counter
from typing import Any
from uuid import uuid4

import structlog

from firmhold import tracing
from firmhold.domain.errors import Code, Refused, refuse
from firmhold.doors.shared.body import (
    Disconnected,
    Receive,
    as_file,
    decode,
    decode_query,
    idempotency_key,
    read_body,
    refuse_repeated,
)
from firmhold.doors.shared.guarding import has_own
from firmhold.doors.shared.ids import is_id
from firmhold.doors.shared.limiting import TooOften
from firmhold.doors.shared.operation import Call, KeyUse, Operation
from firmhold.doors.shared.problem import NOWHERE, STATUS, problem
from firmhold.doors.shared.reply import Header, Reply, unless_known
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.submitting import earlier
from firmhold.engine.faults import is_transient, took_too_long
from firmhold.engine.flight import SHUTTING_DOWN, overloaded
from firmhold.identity.passwords import TooManyPasswords
from firmhold.limits.policy import RouteClass
from firmhold.request import CURRENT
from firmhold.store.database import AllInUse
from firmhold.telemetry import RESERVING

Send = Callable[[Mapping[str, Any]], Awaitable[None]]

BULK = 64
"""A bulk call's body may be this many times as large."""

GONE = 499
"""What others call it when the sender did not wait for the answer; nobody is sent this."""

_KEY_MISSING = refuse(
    Code.IDEMPOTENCY_KEY_MISSING,
    "Send an Idempotency-Key header: any text of your own that is new for each intended effect "
    "and the same when you repeat the request.",
)

_WHO = (Code.UNAUTHENTICATED, Code.FORBIDDEN)
"""Refused because of who asks."""

_log = structlog.get_logger(__name__)


def answer(
    operation: Operation,
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    path: dict[str, str],
) -> Coroutine[Any, Any, Reply]:
    """Carry out one request. Never raises but for a sender that went away."""
    if tracing.tracer is None:
        return _answer(operation, services, scope, receive, path)
    return _traced(tracing.tracer, operation, services, scope, receive, path)


async def _traced(
    tracer: tracing.Tracer,
    operation: Operation,
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    path: dict[str, str],
) -> Reply:
    asked = CURRENT.get()
    assert asked is not None, "whatever is answered has arrived"
    method, headers = scope["method"], scope["headers"]
    asked.span = tracer.request(operation.name, method, operation.path, headers)
    status = GONE
    try:
        reply = await _answer(operation, services, scope, receive, path)
        status = reply.status
    finally:
        asked.span.ended(status, asked)
    return reply


async def _answer(
    operation: Operation,
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    path: dict[str, str],
) -> Reply:
    started = perf_counter()
    limits: list[Header] = []
    try:
        reply = await _answered(operation, services, scope, receive, path, limits)
    except Refused as error:
        hidden = operation.hidden and error.refusal.code in _WHO
        reply = problem(NOWHERE if hidden else error.refusal)
        if isinstance(error, TooOften):
            limits += error.told
    except Disconnected:
        raise
    except asyncio.CancelledError:
        # The server is being stopped and waits no longer. The request still gets an answer.
        reply = problem(overloaded(SHUTTING_DOWN))
    except Exception as error:  # noqa: BLE001 - answered with a reference, and logged
        reply = failed(operation.name, error)
    if limits:
        reply = reply._replace(headers=(*reply.headers, *limits))
    if operation.measured:
        RESERVING.observe(reply.status, perf_counter() - started)
    return reply


async def _answered(
    operation: Operation,
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    path: dict[str, str],
    limits: list[Header],
) -> Reply:
    """The answer, if nothing stands in the way. `limits` gets what is to be said of limits in any
    case. Raises `Refused`."""
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):
        refuse_repeated(scope["headers"])
    identity = await services.authentication.identify(
        headers, operation, scope["query_string"], scope
    )
    if (asked := CURRENT.get()) is not None:
        asked.organization = identity.organization
        if is_id(named := path.get("reservation", ""), "rsv_"):
            asked.reservation = named
    # How often somebody may try to sign in depends on as whom.
    early = operation.limited is not RouteClass.SIGN_IN
    if early:
        limits += await services.limiting.let_through(operation, identity, scope)
    body: Any = None
    if operation.decoder is not None or operation.files:
        limit = services.body_limit * (BULK if operation.bulk else 1)
        raw = await read_body(receive, limit)
        if operation.decoder is None:
            body = as_file(operation.files, headers, raw)
        else:
            given = b"{}" if operation.body_optional and not raw else raw
            body = decode(operation.decoder, given)
    if not early:
        limits += await services.limiting.let_through(operation, identity, scope, body)
    query = None
    if operation.query is not None:
        query = decode_query(operation.query, scope["query_string"])
    key = None
    if operation.key is not KeyUse.NONE:
        key = idempotency_key(headers)
        if key is None and operation.key is KeyUse.REQUIRED:
            raise Refused(_KEY_MISSING)
    call = Call(services, operation, identity, path, query, body, key, headers=headers, scope=scope)
    reply = await services.presence.watched(services.engine.loop, handled(call), receive)
    if (known := headers.get(b"if-none-match")) is not None:
        reply = unless_known(reply, known)
    return reply


async def handled(call: Call) -> Reply:
    """What the operation says. That a key is another request's comes before what there is not, and
    that is only known once it has been looked for."""
    try:
        reply = await call.operation.handle(call)
    except Refused as error:
        if call.key is None or error.refusal.code is not Code.NOT_FOUND:
            raise
        reply = problem(error.refusal)
    if call.key is not None and reply.status == STATUS[Code.NOT_FOUND]:
        return await earlier(call) or reply
    return reply


def failed(what: str, error: Exception) -> Reply:
    """An answer for what should not have happened to this operation; the log has the rest."""
    if isinstance(error, TooManyPasswords):
        return problem(overloaded("Too many passwords are being checked."))
    if isinstance(error, AllInUse):
        return problem(overloaded("Too many requests want to read at this moment."))
    if took_too_long(error):
        return problem(overloaded("This takes the database too long. Ask for less at a time."))
    if is_transient(error):
        return problem(overloaded("The database is away."))
    reference = uuid4().hex
    _log.error("request failed", operation=what, reference=reference, exc_info=error)
    return problem(
        refuse(
            Code.INTERNAL_ERROR,
            "Something went wrong on our side. Quote the reference when you report it.",
            reference=reference,
        )
    )


WHOLE = "firmhold.whole"
"""An extension of the server's own: given the `send` of a request it takes an answer in one piece,
and says whether it has. What ASGI has for that is two messages, each looked through and awaited."""

_NONE: Mapping[str, Any] = {}


async def serve(
    operation: Operation,
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    send: Send,
    own: Header,
) -> None:
    """Answer straight on ASGI, without a router: the lane of the hottest operations. `own`: a
    header of this very request's."""
    try:
        reply = await answer(operation, services, scope, receive, {})
    except Disconnected:
        return
    whole = scope.get("extensions", _NONE).get(WHOLE)
    if whole is not None and not has_own(reply.headers):
        headers, lines = (*reply.headers, own), services.guard.lines(scope)
        if whole(send, reply.status, headers, lines, reply.body):
            return
    send = services.guard.around(scope, send, own)
    length = str(len(reply.body)).encode()
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": (*reply.headers, (b"content-length", length)),
        }
    )
    await send({"type": "http.response.body", "body": reply.body})
