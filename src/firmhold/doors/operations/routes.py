"""Where the operations door's pages are found."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from firmhold.doors.operations import health
from firmhold.doors.operations.reference import PAGE_HEADERS, reference
from firmhold.doors.operations.shared_look import SharedLook
from firmhold.doors.shared.limiting import Limiting, TooOften
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.routing import response
from firmhold.doors.shared.services import Services


def routes(services: Services, specification: dict[str, Any]) -> list[HTTPRouteHandler]:
    """The routes of this door: they are for anyone and know no organization."""
    openapi = encode(specification)
    page = reference(specification).encode()
    look_if_ready = SharedLook(lambda: health.ready(services))
    look_at_metrics = SharedLook(lambda: health.metrics(services))

    async def healthz() -> Response[bytes]:
        return response(health.healthy())

    async def readyz() -> Response[bytes]:
        return response(await look_if_ready())

    async def metrics() -> Response[bytes]:
        return response(await look_at_metrics())

    async def openapi_json(request: Request[Any, Any, Any]) -> Response[bytes]:
        return response(await limited(services.limiting, request.scope, Reply(200, openapi)))

    async def docs(request: Request[Any, Any, Any]) -> Response[bytes]:
        reply = Reply(200, page, PAGE_HEADERS)
        return response(await limited(services.limiting, request.scope, reply))

    async def root() -> Response[bytes]:
        return response(Reply(307, b"", ((b"location", b"docs"),)))

    pages: tuple[tuple[str, Callable[..., Awaitable[Response[bytes]]]], ...] = (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/openapi.json", openapi_json),
        ("/docs", docs),
        ("/", root),
    )
    return [HTTPRouteHandler(path, http_method=["GET", "HEAD"])(page) for path, page in pages]


async def limited(limiting: Limiting, scope: Mapping[str, Any], reply: Reply) -> Reply:
    """A page that is large, for whoever has not read too much: it is as any other reading."""
    try:
        told = await limiting.let_read(scope)
    except TooOften as error:
        reply, told = problem(error.refusal), error.told
    return reply._replace(headers=(*reply.headers, *told))
