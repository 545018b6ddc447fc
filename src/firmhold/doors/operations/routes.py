"""Where the operations door's pages are found."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from firmhold.doors.operations import health
from firmhold.doors.operations.reference import PAGE_HEADERS, reference
from firmhold.doors.shared.limiting import Limiting, TooOften
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.routing import response
from firmhold.doors.shared.services import Services
from firmhold.looking import SharedLooks


def routes(services: Services, specification: dict[str, Any]) -> list[HTTPRouteHandler]:
    """The routes of this door: they are for anyone and know no organization."""
    openapi = encode(specification)
    page = reference(specification).encode()
    # No limit concerns the pages of operators: who watches over a server has to see it whatever it
    # goes through. So however many ask at once, it is looked at once.
    looks = SharedLooks[Reply]()

    async def healthz() -> Response[bytes]:
        return response(health.healthy())

    async def readyz() -> Response[bytes]:
        return response(await looks.look("ready", lambda: health.ready(services)))

    async def metrics() -> Response[bytes]:
        return response(await looks.look("metrics", lambda: health.metrics(services)))

    async def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
        return response(await limited(services.limiting, request.scope, Reply(200, openapi)))

    async def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
        reply = Reply(200, page, PAGE_HEADERS)
        return response(await limited(services.limiting, request.scope, reply))

    pages: tuple[tuple[str, Callable[..., Awaitable[Response[bytes]]]], ...] = (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/openapi.json", openapi_json),
        ("/docs", docs),
    )
    return [HTTPRouteHandler(path, http_method=["GET", "HEAD"])(page) for path, page in pages]


async def limited(limiting: Limiting, scope: Mapping[str, Any], reply: Reply) -> Reply:
    """A page that is large, for whoever has not read too much: it is as any other reading."""
    try:
        told = await limiting.let_read(scope)
    except TooOften as error:
        reply, told = problem(error.refusal), error.told
    return reply._replace(headers=(*reply.headers, *told))
