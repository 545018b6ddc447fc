"""Operations as Litestar routes, and the router's own refusals in our form."""

from collections.abc import Mapping
from typing import Any

from litestar import HttpMethod, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from firmhold.domain.errors import Code, refuse
from firmhold.doors.shared.body import Disconnected
from firmhold.doors.shared.operation import Operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import answer


def route(operation: Operation, services: Services) -> HTTPRouteHandler:
    """The route of one operation. All it does is in `answer`."""

    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        scope: Mapping[str, Any] = request.scope
        try:
            reply = await answer(
                operation, services, scope, request.receive, dict(scope["path_params"])
            )
        except Disconnected:
            reply = Reply(499, b"")
        return response(reply)

    path = operation.path.replace("}", ":str}")
    return HTTPRouteHandler(
        path,
        http_method=HttpMethod(operation.method),
        status_code=operation.status,
        name=operation.name,
    )(handle)


def response(reply: Reply) -> Response[bytes]:
    """A reply as Litestar wants it."""
    headers = {name.decode(): value.decode() for name, value in reply.headers}
    # Left in the headers as well: Litestar would add a second charset to a text type.
    media_type = headers.get("content-type", "application/json")
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=media_type)


def router_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the router itself refuses, in the same form as everything else."""
    code = Code.NOT_FOUND if error.status_code == 404 else Code.MALFORMED_REQUEST
    detail = "There is nothing at this address." if error.status_code == 404 else error.detail
    refused = response(problem(refuse(code, detail)))
    if error.status_code == 405:
        body = {
            "type": "/docs#malformed_request",
            "title": "The request cannot be understood",
            "status": 405,
            "detail": "This address does not know the method.",
            "code": Code.MALFORMED_REQUEST.value,
        }
        refused = response(
            Reply(405, encode(body), ((b"content-type", b"application/problem+json"),))
        )
        refused.headers.update(error.headers or {})
    return refused
