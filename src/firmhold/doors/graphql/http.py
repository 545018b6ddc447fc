"""`/graphql` over HTTP, by the specification *GraphQL over HTTP*: what is accepted, which status an
answer has, and in which of two media types it comes.

Owns no document: what one asks for is `execution`'s.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from graphql import OperationType

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.graphql import explorer
from firmhold.doors.graphql.execution import (
    GraphQLAnswer,
    GraphQLRequest,
    Json,
    Ready,
    Unfit,
    carry_out,
    prepare,
)
from firmhold.doors.graphql.fields import PATH, TAG, Problem
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.sse import HEADERS as EVENT_HEADERS
from firmhold.doors.graphql.sse import events
from firmhold.doors.shared.body import (
    Receive,
    decode,
    idempotency_key,
    read_body,
    refuse_repeated,
)
from firmhold.doors.shared.limiting import TooOften
from firmhold.doors.shared.operation import Example, Operation, Without
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Header, Reply, encode
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import failed
from firmhold.engine.flight import SHUTTING_DOWN, overloaded
from firmhold.identity.actors import NOBODY, Identity
from firmhold.limits.policy import RouteClass

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENTS = "text/event-stream"

_CHOICES = {
    RESPONSE: RESPONSE,
    JSON: JSON,
    EVENTS: EVENTS,
    "*/*": JSON,
    "application/*": JSON,
}

_DECODER = msgspec.json.Decoder(GraphQLRequest)
_MEMBERS = frozenset({"query", "operationName", "variables", "extensions"})
_NO_MEDIA_TYPE = refuse(
    Code.MALFORMED_REQUEST, f"An answer is in {RESPONSE} or in {JSON}, and nothing else."
)
_ANYONE = Identity("", NOBODY, frozenset())


async def _never(_: object) -> Reply:
    """A document is answered by the operations of its fields; the row below only describes it."""
    raise AssertionError("no document is handled as one operation")


REQUEST = Operation(
    method="POST",
    path=PATH,
    name="graphql",
    tag=TAG,
    summary="Read and change things by a GraphQL document. The schema says who may ask for which"
    " field. Refusals are errors of the answer, also where the status is not 200. A document that"
    " changes nothing may be sent by `GET`; a subscription is followed as server-sent events or by"
    " WebSocket.",
    handle=_never,
    without_token=Without.ANYONE,
    limited=RouteClass.READS,
    body=GraphQLRequest,
    answer=GraphQLAnswer,
    other_media_types=(RESPONSE,),
    problems=False,
    example=Example(
        body={
            "query": "query Next($first: Int) { items(first: $first) { edges { node { sku } } } }",
            "variables": {"first": 3},
        }
    ),
)
"""As it stands in the OpenAPI document, and before anything is known of a request. A document is
read and bounded for anyone; it is its fields that ask who somebody is. The request itself is
limited like one that reads, before its body is."""


class _Status(Exception):
    """A refusal to which HTTP gives a status of its own."""

    def __init__(self, status: int, reason: str, *headers: tuple[bytes, bytes]) -> None:
        super().__init__(reason)
        reply = problem(refuse(Code.MALFORMED_REQUEST, reason), status)
        self.reply = reply._replace(headers=(*reply.headers, *headers))


async def answer(services: Services, scope: Mapping[str, Any], receive: Receive) -> Reply:
    """The answer to a request. Raises `Disconnected` if its sender went away."""
    headers: dict[bytes, bytes] = dict(scope["headers"])
    media_type = accepted(headers.get(b"accept", b"*/*").decode("latin-1"))
    told: list[Header] = []
    if services.introspection and _wants_page(scope, headers):
        return explorer.page()
    if media_type is None:
        return _refused(JSON, problem(_NO_MEDIA_TYPE, 406), told)
    try:
        ready, asking = await _prepared(services, scope, receive, headers, told)
        if media_type == EVENTS:
            return Reply(200, b"", (*EVENT_HEADERS, *told), events(ready, asking))
        _refuse_to_wait(ready)
        result = await _carried_out(services, ready, asking, receive)
        # The variables belong to the document, as far as statuses are concerned.
        status = 200 if "data" in result else 400
    except asyncio.CancelledError:
        # The server is being stopped and waits no longer. The request still gets an answer.
        return _refused(media_type, problem(overloaded(SHUTTING_DOWN)), told)
    except Unfit as unfit:
        status, result = 400, {"errors": unfit.errors}
    except _Status as error:
        return _refused(media_type, error.reply, told)
    except Refused as error:
        if isinstance(error, TooOften):
            told[:] = error.told
        return _refused(media_type, problem(error.refusal), told)
    # Clients that ask for plain JSON take any other status for something that is no answer.
    if media_type == EVENTS:  # of a document that is not begun
        media_type = RESPONSE
    return _reply(media_type, 200 if media_type == JSON else status, result, told)


def _wants_page(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Whether a browser has been led here, and asks for nothing yet."""
    accept = headers.get(b"accept", b"").decode("latin-1").lower()
    return scope["method"] != "POST" and "text/html" in accept and not scope["query_string"]


async def _prepared(
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    headers: Mapping[bytes, bytes],
    told: list[Header],
) -> tuple[Ready, Asking]:
    """What may be carried out. `told` gets what is to be said of limits in any case. Raises
    `Refused`, `Unfit`, `_Status`."""
    if len(headers) != len(scope["headers"]):
        refuse_repeated(scope["headers"])
    who = await identity_of(services, scope, headers)
    told += await services.limiting.let_through(REQUEST, who, scope)
    request = await _request(services, scope, receive, headers)
    ready = prepare(request, introspection=services.introspection)
    if ready.operation.operation is OperationType.MUTATION and scope["method"] != "POST":
        raise _Status(405, "A GET changes nothing; POST it.", (b"allow", b"POST"))
    return ready, Asking(services, scope, headers, idempotency_key(headers), ready.effects, told)


def _refuse_to_wait(ready: Ready) -> None:
    """Raises `_Status` for what has no end."""
    if ready.operation.operation is OperationType.SUBSCRIPTION:
        raise _Status(406, f"A subscription is followed in {EVENTS}, or by WebSocket.")


async def _carried_out(services: Services, ready: Ready, asking: Asking, receive: Receive) -> Json:
    """The result, while whoever asked is still there."""

    async def handling() -> Reply:
        result.update(await carry_out(ready, asking, introspection=services.introspection))
        return Reply(200, b"")

    result: Json = {}
    await services.presence.watched(services.engine.loop, handling(), receive)
    return result


async def identity_of(
    services: Services, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]
) -> Identity:
    """Whom the request's limits concern. A token that proves nothing is for the fields to refuse:
    whoever signs in anew may still send the old one along. Raises `TooOften` for whoever has made
    up too many."""
    try:
        bearer = await services.authentication.bearer(headers, scope)
        if bearer is not None:
            return bearer
        organization = await services.authentication.organization(headers, scope)
        return _ANYONE._replace(organization=organization.id)
    except TooOften:
        raise
    except Refused:
        return _ANYONE


async def _request(
    services: Services,
    scope: Mapping[str, Any],
    receive: Receive,
    headers: Mapping[bytes, bytes],
) -> GraphQLRequest:
    """What is asked for. Raises `Refused`, `_Status`."""
    if scope["method"] != "POST":
        return _from_query(scope["query_string"], services.body_limit)
    content_type = headers.get(b"content-type", b"").decode("latin-1")
    if not _is_json(content_type):
        raise _Status(415, f"A document is sent as {JSON}, in UTF-8.")
    body = await read_body(receive, services.body_limit)
    if body[:1] == b"[":
        raise Refused(malformed("body", "one request at a time; lists of them are not carried out"))
    request: GraphQLRequest = decode(_DECODER, body)
    return request


def _is_json(content_type: str) -> bool:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = [it for it in parameters if it.startswith("charset=")]
    return media_type == JSON and all(
        it.removeprefix("charset=").strip('"') in {"utf-8", "utf8"} for it in charsets
    )


def _from_query(query: bytes, longest: int) -> GraphQLRequest:
    """A request in an address: its maps are JSON. Raises `Refused`."""
    if len(query) > longest:
        raise Refused(malformed("query", f"at most {longest:,} bytes"))
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10
        )
    except ValueError:
        raise Refused(malformed("query", "not a valid query string")) from None
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _MEMBERS:
            raise Refused(malformed(name, "there is no such field"))
        if name in given:
            raise Refused(malformed(name, "given more than once"))
        given[name] = value
        if name in {"variables", "extensions"}:
            try:
                given[name] = msgspec.json.decode(value) if value else None
            except (msgspec.DecodeError, RecursionError):
                raise Refused(malformed(name, "not valid JSON")) from None
    request: GraphQLRequest = decode(_DECODER, encode(given))
    return request


def accepted(accept: str) -> str | None:
    """Which of the media types an `Accept` header wants, or `None` if it is none. Of those
    it likes as much, the first; `*/*` is what clients send that know of one only."""
    best: tuple[float, str] | None = None
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        media_type, *parameters = (it.strip().lower() for it in part.split(";"))
        chosen = _CHOICES.get(media_type)
        quality = _quality(parameters)
        if chosen is not None and quality > 0 and (best is None or quality > best[0]):
            best = quality, chosen
    return None if best is None else best[1]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                return 0.0
    return 1.0


def _reply(media_type: str, status: int, result: Json, told: Sequence[Header]) -> Reply:
    content_type = f"{media_type}; charset=utf-8".encode()
    return Reply(status, encode(result), ((b"content-type", content_type), *told))


def _refused(media_type: str, refused: Reply, told: Sequence[Header]) -> Reply:
    """A request that is none, or that is not let through: as an error, with the status that it has
    everywhere."""
    shown = Problem(refused)
    kept = tuple(it for it in refused.headers if it[0] != b"content-type")
    result = {"errors": [{"message": str(shown), "extensions": shown.extensions}]}
    shown_as = JSON if media_type == EVENTS else media_type
    return _reply(shown_as, refused.status, result, (*kept, *told))


def failure(error: Exception) -> Reply:
    """What should not have happened on the way, told like everything else."""
    return _refused(JSON, failed("graphql", error), ())
