"""Clocks and time zones of server nodes that are wrong. Only PostgreSQL's clock decides."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from firmhold.identity.actors import Role
from tests.faults.launcher import AHEAD, DRIFT, LAUNCHER
from tests.faults.registry import Fault, fault
from tests.faults.servers import Client
from tests.faults.world import World
from tests.processes import FIRMHOLD, make_token

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
        await _restart(world)
        token = await make_token(world.address, Role.OPERATOR, seconds=30)
        client = Client(world.server, token)
        status, _ = await client.call("GET", "/v1/items?limit=1")
        client.close()
        assert status == (401 if self.outlives_tokens else 200), "the clock is not wrong"
        await expiry_is_exact(world)

    async def mend(self, world: World) -> None:
        world.server.env, world.server.command = {}, FIRMHOLD
        await _restart(world)


async def _restart(world: World) -> None:
    await asyncio.to_thread(world.server.kill, whole=True)
    await asyncio.to_thread(world.server.start)


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
    status, body = await client.call("POST", "/v1/items", offer)
    assert status == 201 or body["code"] == "already_exists", body
    held: list[str] = []
    for n in range(3):
        lines = {"lines": [{"sku": SHORT, "quantity": 1}]}
        status, body = await client.call("POST", "/v1/reservations", lines)
        assert status == 201, body
        held.append(body["id"])
        lasts = await world.sql(
            "SELECT extract(epoch FROM expires_at - created_at)::float8 FROM reservation "
            f"WHERE id = '{body['id'][-32:]}'"
        )
        assert lasts == 1.0, (n, body)
        left = await world.sql(
            f"SELECT extract(epoch FROM '{body['expires_at']}'::timestamptz - clock_timestamp())"
            "::float8"
        )
        assert left <= 1.0, body
    first, *others = held
    status, body = await client.call("POST", f"/v1/reservations/{first}/confirm", {})
    confirmed = status == 200
    assert confirmed or body["code"] == "hold_expired", body
    world.book.status[first] = "confirmed" if confirmed else "expired"
    for hold in others:
        await world.sql(
            f"SELECT pg_sleep_until(expires_at) FROM reservation WHERE id = '{hold[-32:]}'"
        )
        status, body = await client.call("POST", f"/v1/reservations/{hold}/confirm", {})
        assert (status, body["code"]) == (409, "hold_expired"), body
        world.book.status[hold] = "expired"
    client.close()
