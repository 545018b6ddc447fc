"""The one place where things are put together: services, doors, background loops, ASGI app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from litestar import HttpMethod, Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler

from firmhold.domain.errors import Code, refuse
from firmhold.doors import rest, storefront
from firmhold.doors.operations import health
from firmhold.doors.operations.reference import PAGE_HEADERS, reference
from firmhold.doors.shared.body import Disconnected
from firmhold.doors.shared.callers import Callers
from firmhold.doors.shared.openapi import document
from firmhold.doors.shared.operation import Operation
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode
from firmhold.doors.shared.services import Services
from firmhold.doors.shared.serving import answer, serve
from firmhold.engine.batcher import Limits
from firmhold.engine.catalogue import Catalogue
from firmhold.engine.engine import Engine
from firmhold.engine.reader import Reader
from firmhold.identity.directory import Directory
from firmhold.identity.tokens import Tokens
from firmhold.settings import Settings
from firmhold.store.database import Database
from firmhold.workers.expirer import Expirer
from firmhold.workers.loop import run
from firmhold.workers.pruner import Pruner

OPERATIONS: tuple[Operation, ...] = (*rest.OPERATIONS, *storefront.OPERATIONS)
"""Every operation of every door."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


def build_services(settings: Settings, dsn: str, key: bytes) -> Services:
    """Everything that doors work with. Nothing is connected yet."""
    database = Database(
        dsn,
        engine_connections=settings.engine_connections,
        read_connections=settings.read_connections,
        pooler=settings.database_pooler,
    )
    tokens = Tokens(key)
    directory = Directory(database)
    limits = Limits(queue=settings.queue_limit, patience=settings.patience_seconds)
    return Services(
        database,
        Engine(database, limits),
        Catalogue(database),
        Reader(database),
        directory,
        tokens,
        Callers(tokens, directory, settings.organization),
        settings.body_limit,
        datetime.now(UTC),
    )


@asynccontextmanager
async def running(services: Services, *, workers: bool = True) -> AsyncIterator[None]:
    """The engine at work, with the background loops unless told otherwise."""
    await services.database.open()
    services.engine.start()
    expirer, pruner = Expirer(services.engine), Pruner(services.database)
    loops = [
        asyncio.create_task(run(name, once))
        for name, once in (("expirer", expirer.run_once), ("pruner", pruner.run_once))
        if workers
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await services.engine.close()
        await services.database.close()


class Application:
    """The ASGI application: hot operations straight to their handlers, the rest by Litestar.

    Both ways lead through `doors.shared.serving`, so they share every check; the lane only spares
    the router, whose cost is a large part of a hold's.
    """

    def __init__(self, services: Services, *, workers: bool = True) -> None:
        self.services = services
        self._lanes = {(op.method, op.path): op for op in OPERATIONS if op.hot}
        self._routed = _litestar(services, workers=workers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            operation = self._lanes.get((scope["method"], scope["path"]))
            if operation is not None:
                await serve(operation, self.services, scope, receive, send)
                return
        await self._routed(scope, receive, send)  # type: ignore[arg-type]


def _litestar(services: Services, *, workers: bool) -> Litestar:
    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        async with running(services, workers=workers):
            yield

    handlers = [_route(op, services) for op in OPERATIONS]
    handlers += _operations_door(services)
    return Litestar(
        route_handlers=handlers,
        lifespan=[lifespan],
        openapi_config=None,
        exception_handlers={HTTPException: _http_problem},
        logging_config=None,
    )


def _route(operation: Operation, services: Services) -> HTTPRouteHandler:
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        scope: Mapping[str, Any] = request.scope
        try:
            reply = await answer(
                operation, services, scope, request.receive, dict(scope["path_params"])
            )
        except Disconnected:
            reply = Reply(499, b"")
        return _response(reply)

    path = operation.path.replace("}", ":str}")
    return HTTPRouteHandler(
        path,
        http_method=HttpMethod(operation.method),
        status_code=operation.status,
        name=operation.name,
    )(handle)


def _response(reply: Reply) -> Response[bytes]:
    headers = {name.decode(): value.decode() for name, value in reply.headers}
    media_type = headers.pop("content-type", "application/json")
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=media_type)


def _http_problem(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the router itself refuses, in the same form as everything else."""
    code = Code.NOT_FOUND if error.status_code == 404 else Code.MALFORMED_REQUEST
    detail = "There is nothing at this address." if error.status_code == 404 else error.detail
    response = _response(problem(refuse(code, detail)))
    if error.status_code == 405:
        body = {
            "type": "/docs#malformed_request",
            "title": "The request cannot be understood",
            "status": 405,
            "detail": "This address does not know the method.",
            "code": Code.MALFORMED_REQUEST.value,
        }
        response = _response(
            Reply(405, encode(body), ((b"content-type", b"application/problem+json"),))
        )
        response.headers.update(error.headers or {})
    return response


def _operations_door(services: Services) -> list[HTTPRouteHandler]:
    specification = document(OPERATIONS)
    openapi = encode(specification)
    page = reference(specification).encode()

    async def healthz() -> Response[bytes]:
        return _response(health.healthy())

    async def readyz() -> Response[bytes]:
        return _response(await health.ready(services))

    async def metrics() -> Response[bytes]:
        return _response(await health.metrics(services))

    async def openapi_json() -> Response[bytes]:
        return _response(Reply(200, openapi))

    async def docs() -> Response[bytes]:
        return _response(Reply(200, page, PAGE_HEADERS))

    async def root() -> Response[bytes]:
        return _response(Reply(307, b"", ((b"location", b"docs"),)))

    pages: tuple[tuple[str, Callable[[], Awaitable[Response[bytes]]]], ...] = (
        ("/healthz", healthz),
        ("/readyz", readyz),
        ("/metrics", metrics),
        ("/openapi.json", openapi_json),
        ("/docs", docs),
        ("/", root),
    )
    return [HTTPRouteHandler(path, http_method="GET")(page) for path, page in pages]
