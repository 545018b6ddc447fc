"""Operations as Litestar routes, and the router's own refusals in our form."""

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any
from urllib.parse import unquote

from litestar import HttpMethod, Request, Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from firmhold.domain.errors import Code, refuse
from firmhold.doors.shared.body import Disconnected
from firmhold.doors.shared.operation import Operation
from firmhold.doors.shared.problem import NOWHERE, problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import GONE, answer, failed

SET_COOKIE = b"set-cookie"

_SLASH = re.compile("%2f", re.IGNORECASE)
_STAND_IN = "\udc2f"
"""What the router sees for a slash that was sent as `%2F`. It is half a character, so that no
address has it otherwise."""


def with_slashes_apart(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The request, with slashes within a segment told from those between segments: a SKU may have
    one, and the path as servers decode it does not show the difference."""
    raw: bytes = scope.get("raw_path") or b""
    parts = _SLASH.split(raw.decode("latin-1"))
    if len(parts) == 1:
        return scope
    return {**scope, "path": _STAND_IN.join(unquote(part) for part in parts)}


def without_prefix(scope: MutableMapping[str, Any], prefix: str) -> MutableMapping[str, Any]:
    """The request as if we were not below `prefix`, which has no slash at its end. Requests without
    it come from a proxy that has taken it away."""
    path: str = scope["path"]
    if path != prefix and not path.startswith(f"{prefix}/"):
        return scope
    raw: bytes = scope.get("raw_path") or path.encode()
    encoded = prefix.encode()
    if raw.startswith(encoded):
        raw = raw[len(encoded) :] or b"/"
    return {**scope, "path": path[len(prefix) :] or "/", "raw_path": raw}


def route(operations: Sequence[Operation], services: Services) -> HTTPRouteHandler:
    """The route of the operations at one address, told apart by method; `HEAD` is `GET` without
    the body. All they do is in `answer`."""
    by_method = {operation.method: operation for operation in operations}
    if "GET" in by_method:
        by_method["HEAD"] = by_method["GET"]

    async def handle(request: Request[Any, Any, Any]) -> Response[Any]:
        scope: Mapping[str, Any] = request.scope
        try:
            reply = await answer(
                by_method[scope["method"]],
                services,
                scope,
                request.receive,
                {name: part.replace(_STAND_IN, "/") for name, part in scope["path_params"].items()},
            )
        except Disconnected:
            reply = Reply(GONE, b"")
        if scope["method"] == "HEAD":
            reply = reply._replace(body=b"", stream=None)
        return response(reply)

    path = operations[0].path.replace("}", ":str}")
    methods = [HttpMethod(method) for method in by_method]
    # Each reply has a status of its own; this keeps Litestar from assuming one without a body.
    return HTTPRouteHandler(path, http_method=methods, status_code=200)(handle)


def response(reply: Reply) -> Response[Any]:
    """A reply as Litestar wants it."""
    headers = {name.decode(): value.decode() for name, value in reply.headers if name != SET_COOKIE}
    cookies = [AsWritten(value) for name, value in reply.headers if name == SET_COOKIE]
    # Left in the headers as well: Litestar would add a second charset to a text type.
    media_type = headers.get("content-type", "application/json")
    if reply.stream is not None:
        return Stream(
            reply.stream, status_code=reply.status, headers=headers, media_type=media_type
        )
    return Response(
        reply.body,
        status_code=reply.status,
        headers=headers,
        cookies=cookies,
        media_type=media_type,
    )


class AsWritten(Cookie):
    """A cookie with the header that we have written: of other headers Litestar has one each."""

    def __init__(self, header: bytes) -> None:
        super().__init__(header.partition(b"=")[0].decode())
        self._header = header

    def to_encoded_header(self) -> tuple[bytes, bytes]:
        return SET_COOKIE, self._header


def router_failure(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """What went wrong on the way to an operation, or in a page that is none."""
    return response(failed(f"{request.method} {request.scope['path']}", error))


def router_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the router itself refuses, in the same form as everything else."""
    if error.status_code == 404:
        return response(problem(NOWHERE))
    if error.status_code == 405:
        refusal = refuse(Code.MALFORMED_REQUEST, "This address does not know the method.")
        refused = response(problem(refusal, 405))
        refused.headers.update(error.headers or {})
        return refused
    return response(problem(refuse(Code.MALFORMED_REQUEST, error.detail)))
