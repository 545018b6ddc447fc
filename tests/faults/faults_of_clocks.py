"""Clocks and time zones of server nodes that are wrong. Only PostgreSQL's clock decides."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar
from uuid import uuid4

from firmhold.identity.actors import Role
from tests.databases import connected
from tests.faults.launcher import AHEAD, DRIFT, LAUNCHER
from tests.faults.registry import Fault, fault
from tests.faults.servers import Client
from tests.faults.world import World
from tests.processes import FIRMHOLD, make_token

HOW_LONG = """
SELECT extract(epoch FROM expires_at - created_at)::float8,
       extract(epoch FROM expires_at - clock_timestamp())::float8
FROM reservation WHERE id = $1
"""
WAIT = "SELECT pg_sleep_until(expires_at) FROM reservation WHERE id = '{id}'"

SHORT = "fleeting"
"""SKU of what is held for a moment only."""


class _WrongTime(Fault):
    """The server is started anew with it, and holds are placed and seen to end when they should."""

    env: ClassVar[dict[str, str]]
    outlives_tokens: ClassVar[bool] = False
    """Whether a token is over on this node that has half a minute left elsewhere. Nothing else may
    notice the time."""

    async def strike(self, world: World) -> None:
        world.server.env, world.server.command = self.env, LAUNCHER
        await asyncio.to_thread(world.server.kill, whole=True)
        await asyncio.to_thread(world.server.start)
        token = await make_token(world.address, Role.OPERATOR, seconds=30)
        client = Client(world.server, token)
        status, _ = await client.call("GET", "/v1/items?limit=1")
        client.close()
        assert status == (401 if self.outlives_tokens else 200), "the clock is not wrong"
        await expiry_is_exact(world)

    async def mend(self, world: World) -> None:
        # From the next start on. Until then they all work with the wrong time.
        world.server.env, world.server.command = {}, FIRMHOLD


@fault
class Ahead(_WrongTime):
    """An hour ahead."""

    name = "node's clock an hour ahead"
    env: ClassVar = {AHEAD: "3600"}
    outlives_tokens = True


@fault
class Behind(_WrongTime):
    """An hour behind."""

    name = "node's clock an hour behind"
    env: ClassVar = {AHEAD: "-3600"}


@fault
class Drifting(_WrongTime):
    """Ten minutes pass on it in a second."""

    name = "node's clock drifts"
    env: ClassVar = {DRIFT: "600"}
    outlives_tokens = True


@fault
class HostZone(_WrongTime):
    """Half around the world."""

    name = "node's time zone changed"
    env: ClassVar = {"TZ": "Pacific/Kiritimati"}


@fault
class DatabaseZone(Fault):
    """PostgreSQL tells times as in Kathmandu, a quarter of an hour off everybody else's."""

    name = "postgresql's time zone changed"

    async def strike(self, world: World) -> None:
        await self._set(world, "SET timezone = 'Asia/Kathmandu'")
        await expiry_is_exact(world)

    async def mend(self, world: World) -> None:
        await self._set(world, "RESET timezone")

    async def _set(self, world: World, change: str) -> None:
        await world.sql(f"ALTER ROLE firmhold {change}")
        await world.sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            "WHERE usename = 'firmhold'"
        )


async def expiry_is_exact(world: World) -> None:
    """A hold can be confirmed until its end by PostgreSQL's clock and not a moment longer."""
    client = Client(world.server, world.token)
    offer = {"sku": SHORT, "name": SHORT, "capacity": 1_000_000, "hold_ttl_seconds": 1}
    status, body = await _ask(client, "/v1/items", offer)
    assert status == 201 or body["code"] == "already_exists", body
    held: list[str] = []
    for _ in range(3):
        lines = {"lines": [{"sku": SHORT, "quantity": 1}]}
        status, body = await _ask(client, "/v1/reservations", lines, f"short-{uuid4()}")
        assert status == 201, body
        held.append(body["id"])
        lasts, left = await connected(
            world.address.dsn, lambda it, id=body["id"]: it.fetchrow(HOW_LONG, id[-32:])
        )
        assert lasts == 1.0 and left <= 1.0, body
    for n, hold in enumerate(held):
        if n:
            await connected(
                world.address.dsn, lambda it, id=hold: it.execute(WAIT.format(id=id[-32:]))
            )
        status, body = await _ask(client, f"/v1/reservations/{hold}/confirm", {})
        # The first may still have been in time.
        assert (n == 0 and status == 200) or body["code"] == "hold_expired", body
        world.book.status[hold] = "confirmed" if status == 200 else "expired"
    client.close()


async def _ask(client: Client, path: str, body: Any, key: str | None = None) -> tuple[int, Any]:
    """An answer that is one; sessions may just have been ended."""
    while True:
        status, answer = await client.call("POST", path, body, key)
        if status != 503:
            return status, answer
