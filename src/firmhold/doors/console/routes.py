"""Where the pages, their files and their configuration are found."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from firmhold.domain.errors import Code, refuse
from firmhold.doors.console import built, pages
from firmhold.doors.console.missing import not_built
from firmhold.doors.console.places import places
from firmhold.doors.shared.problem import NOWHERE, problem
from firmhold.doors.shared.reply import Reply, json_reply
from firmhold.doors.shared.routing import response
from firmhold.doors.shared.services import Services

_FOR_GOOD = (b"cache-control", b"public, max-age=31536000, immutable")

Asked = Request[Any, Any, Any]
Page = Callable[..., Awaitable[Response[Any]]]


class OrganizationConfig(Struct, frozen=True):
    """The organization that people mean who are not signed in."""

    slug: str
    name: str
    guest_holds: bool
    public_catalogue: bool
    open_registration: bool


class Config(Struct, frozen=True):
    """What a page has to know of its server before anything else."""

    version: str
    demo: bool
    oidc: bool
    organization: OrganizationConfig


def routes(services: Services) -> list[HTTPRouteHandler]:
    """The routes of this door. None of them asks who is there."""
    placed = pages.Placed.at(services.pages.base_path)

    def page(name: str) -> Page:
        async def show(request: Asked) -> Response[Any]:
            html = await asyncio.to_thread(built.page, name)
            if html is None:
                return response(not_built(placed.base_path))
            known = request.headers.get("if-none-match", "").encode("latin-1")
            return response(pages.reply(html, placed, known))

        return show

    async def asset(request: Asked) -> Response[Any]:
        accepted = request.headers.get("accept-encoding", "").encode("latin-1")
        name = request.path_params["name"]
        file = await asyncio.to_thread(built.asset, name, accepted)
        if file is None:
            return response(problem(NOWHERE))
        encoded = () if file.encoding is None else ((b"content-encoding", file.encoding),)
        headers = (
            (b"content-type", file.media_type),
            _FOR_GOOD,
            (b"vary", b"accept-encoding"),
            *encoded,
        )
        return response(Reply(200, file.content, headers))

    async def icon() -> Response[Any]:
        content = await asyncio.to_thread(built.page, "icon.svg")
        if content is None:
            return response(problem(NOWHERE))
        headers = ((b"content-type", b"image/svg+xml"), (b"cache-control", b"max-age=3600"))
        return response(Reply(200, content.encode(), headers))

    async def config() -> Response[Any]:
        slug = services.pages.organization
        found = await services.directory.organization(slug)
        if found is None:
            refusal = refuse(Code.NOT_FOUND, "There is no such organization.", organization=slug)
            return response(problem(refusal))
        organization = OrganizationConfig(
            found.slug,
            found.name,
            found.guest_holds,
            found.public_catalogue,
            found.open_registration,
        )
        demo, oidc = services.demo is not None, services.oidc is not None
        return response(json_reply(200, Config(services.pages.version, demo, oidc, organization)))

    every: list[tuple[str, Page]] = [(path, page(name)) for path, name in places()]
    every += [
        ("/assets/{name:str}", asset),
        ("/icon.svg", icon),
        ("/config.json", config),
    ]
    return [HTTPRouteHandler(path, http_method=["GET", "HEAD"])(show) for path, show in every]
