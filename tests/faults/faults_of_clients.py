"""Clients that are slow, greedy, gone in the middle, or all there at once."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from tests.faults.postgres import freeze, send
from tests.faults.registry import Fault, fault
from tests.faults.servers import Client, stock
from tests.faults.world import SKUS, World

SLOW = 80
"""Clients that take their time."""

FLOOD = 600
"""Connections at once."""

STORM = 20
"""Times that each request is repeated at the same moment."""

KEYS = 12
"""Requests in a storm."""

CONNECT_SECONDS = 20.0
"""For all of them to be connected, on a crowded machine."""


class _Idlers(Fault):
    """Many connections, each of which does one and the same strange thing."""

    lasts = (1.0, 2.5)

    def __init__(self) -> None:
        self._tasks: list[asyncio.Task[None]] = []

    async def strike(self, world: World) -> None:
        there = asyncio.Barrier(SLOW + 1)
        self._tasks = [asyncio.create_task(self._client(world, there)) for _ in range(SLOW)]
        async with asyncio.timeout(CONNECT_SECONDS):
            await there.wait()

    async def mend(self, world: World) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _client(self, world: World, there: asyncio.Barrier) -> None:
        reader, writer = await asyncio.open_connection(world.server.host, world.server.port)
        try:
            await there.wait()
            with suppress(OSError):  # the server may have enough of it
                await self.behave(reader, writer, world)
        finally:
            writer.transport.abort()

    async def behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World
    ) -> None:
        raise NotImplementedError


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


@fault
class SlowHeaders(_Idlers):
    """A header that comes one letter at a time and never ends."""

    name = "clients that send headers slowly"

    async def behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World
    ) -> None:
        await _drip(writer, b"POST /v1/reservations HTTP/1.1\r\nhost: firmhold\r\nx: " + b"y" * 900)


@fault
class SlowBodies(_Idlers):
    """A body that comes one letter at a time."""

    name = "clients that send bodies slowly"

    async def behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World
    ) -> None:
        writer.write(_head("POST", "/v1/reservations", world.token, 10_000))
        await _drip(writer, b'{"lines": [' + b" " * 900)


@fault
class NeverReading(_Idlers):
    """Ask for more and more, and read nothing of it."""

    name = "clients that never read"

    async def behave(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, world: World
    ) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        request = _head("GET", "/v1/reservations?limit=500", world.token, 0)
        while True:
            writer.write(request)
            await writer.drain()
            await asyncio.sleep(0.02)


def _head(method: str, path: str, token: str, length: int, key: str | None = None) -> bytes:
    keyed = f"idempotency-key: {key}\r\n" if key else ""
    return (
        f"{method} {path} HTTP/1.1\r\nhost: firmhold\r\nauthorization: Bearer {token}\r\n"
        f"{keyed}content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    ).encode()


def _order(sku: str) -> tuple[str, dict[str, object]]:
    """A new key and what is asked under it."""
    lines = [{"sku": sku, "quantity": 1}]
    return f"order-{random.getrandbits(60)}", {"lines": lines}


async def _insist(world: World, key: str, body: object) -> None:
    """Repeat until there is an answer, and give back what was got, so that there is some left."""
    client = Client(world.server, world.token)
    ask: Callable[..., Awaitable[tuple[int, dict[str, str]]]] = world.customers.insist
    status, answer = await ask(client, "/v1/reservations", body, key)
    assert status in {201, 409}, answer
    if status == 201:
        world.customers.acknowledge("hold", answer, key)
        id = answer["id"]
        status, answer = await ask(client, f"/v1/reservations/{id}/release", {}, f"{key}-back")
        assert status == 200, answer
        world.customers.acknowledge("release", answer)
    client.close()


NOT_NOW = {(409, "insufficient_capacity"), (503, "overloaded")}
"""What else may be answered to one who repeats a request while others repeat it too."""


@fault
class RetryStorm(Fault):
    """After a stall everybody repeats everything twenty times at once, under the same keys."""

    name = "retry storm"

    async def strike(self, world: World) -> None:
        orders = [_order(random.choice(list(SKUS))) for _ in range(KEYS)]
        sent = [asyncio.create_task(_once(world, *order)) for order in orders * STORM]
        answers = await asyncio.gather(*sent)
        for key, body in orders:
            got = {id for of, id in answers if of == key and id is not None}
            if len(got) > 1:
                world.book.lost.append(f"key {key} was answered with {got}")
            for id in got:
                world.customers.compare(key, id)
            await _insist(world, key, body)


async def _once(world: World, key: str, body: object) -> tuple[str, str | None]:
    """Ask a single time; nothing is the matter that would excuse a server that does not answer."""
    client = Client(world.server, world.token)
    status, answer = await client.call("POST", "/v1/reservations", body, key)
    client.close()
    if status == 201:
        return key, answer["id"]
    assert (status, answer.get("code")) in NOT_NOW, (status, answer)
    return key, None


@fault
class RetryStormAfterStall(RetryStorm):
    """The same while PostgreSQL stands still, so that all of them are there when it goes on."""

    name = "retry storm after a stall"

    async def strike(self, world: World) -> None:
        frozen = world.node.processes()
        await asyncio.to_thread(freeze, frozen)
        asyncio.get_running_loop().call_later(1.0, send, frozen, signal.SIGCONT)
        await super().strike(world)


@fault
class Vanishing(Fault):
    """Clients that leave somewhere between the first byte and the answer, and ask again later."""

    name = "clients that vanish"

    async def strike(self, world: World) -> None:
        # There are enough of them. Else one who asks again could be refused, and what the first
        # request asked for be free when its turn comes.
        sku = f"plenty-{random.getrandbits(60)}"
        await stock(world.server, world.token, {sku: SLOW})
        orders = [_order(sku) for _ in range(SLOW)]
        await asyncio.gather(*(self._vanish(world, *order) for order in orders))
        await asyncio.gather(*(_insist(world, *order) for order in orders))

    async def _vanish(self, world: World, key: str, body: object) -> None:
        content = json.dumps(body).encode()
        head = _head("POST", "/v1/reservations", world.token, len(content), key)
        request = head + content
        _, writer = await asyncio.open_connection(world.server.host, world.server.port)
        cut = random.choice([len(request), random.randrange(len(request))])
        writer.write(request[:cut])
        await writer.drain()
        await asyncio.sleep(random.random() * 0.02)
        writer.transport.abort()


@fault
class Flood(Fault):
    """Far more connections at once than anybody needs."""

    name = "connection flood"
    lasts = (0.2, 1.0)

    def __init__(self) -> None:
        self._writers: list[asyncio.StreamWriter] = []

    async def strike(self, world: World) -> None:
        async def connect() -> None:
            _, writer = await asyncio.open_connection(world.server.host, world.server.port)
            self._writers.append(writer)

        await asyncio.gather(*(connect() for _ in range(FLOOD)))

    async def mend(self, world: World) -> None:
        for writer in self._writers:
            writer.transport.abort()
        self._writers = []
