"""Where the GraphQL door is found."""

from typing import Any

from litestar import HttpMethod, Request, Response
from litestar.handlers import HTTPRouteHandler

from firmhold.doors.graphql import explorer
from firmhold.doors.graphql.fields import PATH
from firmhold.doors.graphql.http import answer, failure
from firmhold.doors.shared.body import Disconnected
from firmhold.doors.shared.problem import NOWHERE, problem
from firmhold.doors.shared.reply import Reply
from firmhold.doors.shared.routing import response
from firmhold.doors.shared.services import Services


def routes(services: Services) -> list[HTTPRouteHandler]:
    """The routes of this door."""

    async def graphql(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            reply = await answer(services, request.scope, request.receive)
        except Disconnected:
            reply = Reply(499, b"")
        except Exception as error:  # noqa: BLE001 - answered with a reference, and logged
            reply = failure(error)
        if request.scope["method"] == "HEAD":
            reply = reply._replace(body=b"")
        return response(reply)

    async def graphql_explorer(request: Request[Any, Any, Any]) -> Response[bytes]:
        return response(explorer.file(request.path_params["name"]) or problem(NOWHERE))

    methods = [HttpMethod.GET, HttpMethod.HEAD, HttpMethod.POST]
    found = [HTTPRouteHandler(PATH, http_method=methods, status_code=200)(graphql)]
    if services.introspection:
        found.append(
            HTTPRouteHandler(explorer.ADDRESS, http_method=HttpMethod.GET)(graphql_explorer)
        )
    return found
