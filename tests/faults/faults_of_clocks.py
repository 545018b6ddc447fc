"""Clocks and time zones of server nodes that are wrong. Only PostgreSQL's clock decides."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from firmhold.identity.roles import Role
from tests.databases import connected
from tests.faults.launcher import AHEAD, DRIFT, LAUNCHER
from tests.faults.postgres import terminate_sessions
from tests.faults.registry import Fault, fault
from tests.faults.servers import Client
from tests.faults.world import World
from tests.processes import FIRMHOLD, make_token

HOW_LONG = """
SELECT extract(epoch FROM created_at)::float8,
       extract(epoch FROM expires_at - created_at)::float8,
       extract(epoch FROM expires_at - clock_timestamp())::float8
FROM reservation WHERE id = $1
"""
WAIT = "SELECT pg_sleep_until(expires_at) FROM reservation WHERE id = '{id}'"

SKU = "fleeting"

LONG, SHORT = 30, 1
"""Seconds of a hold that is confirmed at once, and of one that is confirmed when it is over."""

SLACK = 30.0
"""Seconds between two things that come one after the other, at most, on a crowded machine."""

NO_END = float("inf")


class _WrongTime(Fault):
    """The server is started anew with it, and holds are placed and seen to end when they should."""

    env: ClassVar[dict[str, str]]
    ahead: ClassVar[tuple[float, float]] = (-SLACK, SLACK)
    """Seconds, at least and at most, by which ids made there are ahead of PostgreSQL's time."""
    token: ClassVar[tuple[int, int]] = (30, 200)
    """Seconds that a token is good for elsewhere, and how a request with it is answered here.
    Nothing else may notice the time."""

    async def strike(self, world: World) -> None:
        world.server.env, world.server.command = self.env, LAUNCHER
        await asyncio.to_thread(world.server.kill, whole=True)
        await asyncio.to_thread(world.server.start)
        for pid in world.server.processes():
            assert self.env.items() <= _environment(pid).items(), "it has not been told"
        seconds, expected = self.token
        token = await make_token(world.address, Role.OPERATOR, seconds=seconds)
        client = Client(world.server, token)
        status, _ = await client.call("GET", "/v1/items?limit=1")
        client.close()
        assert status == expected, f"a token of {seconds} s was answered {status}"
        least, most = self.ahead
        for ahead in await expiry_is_exact(world):
            assert least <= ahead <= most, f"an id is {ahead} s ahead"

    async def mend(self, world: World) -> None:
        # From the next start on. Until then they all work with the wrong time.
        world.server.env, world.server.command = {}, FIRMHOLD


@fault
class Ahead(_WrongTime):
    """An hour ahead."""

    name = "node's clock an hour ahead"
    env: ClassVar = {AHEAD: "3600"}
    ahead = (3600 - SLACK, 3600 + SLACK)
    token = (30, 401)


@fault
class Behind(_WrongTime):
    """An hour behind."""

    name = "node's clock an hour behind"
    env: ClassVar = {AHEAD: "-3600"}
    ahead = (-3600 - SLACK, -3600 + SLACK)
    token = (-1800, 200)


@fault
class Drifting(_WrongTime):
    """Ten minutes pass on it in a second."""

    name = "node's clock drifts"
    env: ClassVar = {DRIFT: "600"}
    ahead = (60.0, NO_END)
    token = (30, 401)


@fault
class HostZone(_WrongTime):
    """Half around the world. Its clock is right."""

    name = "node's time zone changed"
    env: ClassVar = {"TZ": "Pacific/Kiritimati"}


@fault
class DatabaseZone(Fault):
    """PostgreSQL tells times as in Kathmandu, a quarter of an hour off everybody else's."""

    name = "postgresql's time zone changed"
    zone = "Asia/Kathmandu"

    async def strike(self, world: World) -> None:
        await self._set(world, f"SET timezone = '{self.zone}'")
        told = await connected(world.address.dsn, lambda it: it.fetchval("SHOW timezone"))
        assert told == self.zone, told
        await expiry_is_exact(world)

    async def mend(self, world: World) -> None:
        await self._set(world, "RESET timezone")

    async def _set(self, world: World, change: str) -> None:
        await world.sql(f"ALTER ROLE firmhold {change}")
        await terminate_sessions(world.address)


def _environment(pid: int) -> dict[str, str]:
    """What a process was started with."""
    pairs = Path(f"/proc/{pid}/environ").read_text().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


async def expiry_is_exact(world: World) -> list[float]:
    """A hold can be confirmed until its end by PostgreSQL's clock and not a moment longer.

    Returns by how many seconds the time in each reservation's id, which is that of the process that
    was asked, is ahead of PostgreSQL's.
    """
    ahead: list[float] = []
    held: list[tuple[Client, str, int]] = []
    offer = {"sku": SKU, "name": SKU, "capacity": 1_000_000, "hold_ttl_seconds": LONG}
    for seconds in (LONG, SHORT, SHORT):
        client = Client(world.server, world.token)
        status, body = await _ask(world, client, "/v1/items", offer)
        assert status == 201 or body["code"] == "already_exists", body
        wish = {"lines": [{"sku": SKU, "quantity": 1}], "ttl_seconds": seconds}
        status, body = await _ask(world, client, "/v1/reservations", wish)
        assert status == 201, body
        held.append((client, body["id"], seconds))
        created, lasts, left = await connected(
            world.address.dsn, lambda it, id=body["id"]: it.fetchrow(HOW_LONG, id[-32:])
        )
        assert lasts == seconds and seconds - SLACK < left <= seconds, (lasts, left, body)
        # The first 48 bits are the time in milliseconds.
        ahead.append((int(body["id"][-32:], 16) >> 80) / 1000 - created)
    for client, id, seconds in held:
        if seconds == SHORT:
            await connected(
                world.address.dsn, lambda it, id=id: it.execute(WAIT.format(id=id[-32:]))
            )
        status, body = await _ask(world, client, f"/v1/reservations/{id}/confirm", {})
        if seconds == SHORT:
            assert body["code"] == "hold_expired", body
        else:
            assert (status, body["status"]) == (200, "confirmed"), body
        world.book.status[id] = "confirmed" if status == 200 else "expired"
        client.close()
    return ahead


async def _ask(world: World, client: Client, path: str, body: object) -> tuple[int, Any]:
    """An answer that is one; sessions may just have been ended."""
    return await world.customers.insist(client, path, body, f"exact-{uuid4()}")
