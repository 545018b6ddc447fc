"""A real server of two processes, and people on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest_asyncio

from firmhold.identity.directory import FRESH_SECONDS
from firmhold.identity.roles import Role
from tests.databases import Server
from tests.doors.client import ok
from tests.processes import Serving, serving


class Stage(NamedTuple):
    """The server, and somebody who may do everything on it."""

    running: Serving
    http: httpx.AsyncClient
    """The owner's."""

    @property
    def url(self) -> str:
        return self.running.url

    async def token(self, role: Role, slug: str = "default") -> str:
        return await self.running.token(role, slug)

    async def allow(self, **allowed: bool) -> None:
        """Say what the organization allows, and wait until every process has heard of it."""
        ok(await self.http.patch("/v1/organization", json=allowed))
        await asyncio.sleep(FRESH_SECONDS)

    async def item(self, capacity: int = 10) -> str:
        body = {"sku": f"S-{uuid4().hex}", "name": "Something", "capacity": capacity}
        id: str = ok(await self.http.post("/v1/items", json=body), 201)["id"]
        return id

    async def hold(self, *items: str, **more: Any) -> Any:
        lines = [{"item": item, "quantity": 1} for item in items]
        body = {"lines": lines, **more}
        return ok(await self.http.post("/v1/reservations", json=body), 201)

    async def act(self, reservation: str, verb: str) -> Any:
        return ok(await self.http.post(f"/v1/reservations/{reservation}/{verb}"))


@contextmanager
def _serving(address: Any) -> Iterator[Serving]:
    with serving(address, "--workers", "2") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(server: Server) -> AsyncIterator[Stage]:
    """One for a module: nobody hears of what is not theirs."""
    address = await server.clone()
    with _serving(address) as running:
        headers = {"authorization": f"Bearer {await running.token(Role.OWNER)}"}
        async with httpx.AsyncClient(base_url=running.url, headers=headers, timeout=30) as http:
            stage = Stage(running, http)
            await stage.allow(public_catalogue=True, guest_holds=True)
            yield stage
    await server.drop(address)
