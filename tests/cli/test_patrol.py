"""Which connections are closed because their clients do not get on, and which are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from firmhold.cli.patrol import BODY_PATIENCE, PATIENCE, Patrol
from firmhold.cli.protocol import Protocol
from firmhold.cli.sockets import Sockets

GET = b"GET /%s HTTP/1.1\r\nhost: firmhold\r\n\r\n"
SOCKET = (
    b"GET /v1/live%b HTTP/1.1\r\nhost: firmhold\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-version: 13\r\nsec-websocket-key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)
LARGE = 50_000_000
"""Bytes of an answer, far more than any buffer on its way."""


class Place:
    """A real web server with an application that does as the path says, and its patrol."""

    def __init__(self) -> None:
        config = uvicorn.Config(
            self._answer,
            http=Protocol,
            ws=Sockets,
            lifespan="off",
            log_level="error",
            port=0,
            interface="asgi3",
        )
        self.server = uvicorn.Server(config)
        self.patrol = Patrol(self.server.server_state.connections)
        self.go_on = asyncio.Event()
        self._writers: list[asyncio.StreamWriter] = []

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            if scope["query_string"] == b"large":
                await send({"type": "websocket.send", "bytes": bytes(LARGE)})
            await receive()
            return
        if scope["path"] == "/body":
            while (await receive()).get("more_body"):
                pass
        if scope["path"] == "/wait":
            await self.go_on.wait()
        body = bytes(LARGE if scope["path"] == "/large" else 2)
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def connect(self, sent: bytes) -> asyncio.StreamReader:
        """A new connection on which so much was sent, once the server has seen it."""
        there = self.server.server_state.connections
        before = len(there)
        port = self.server.servers[0].sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        self._writers.append(writer)
        writer.write(sent)
        while len(there) == before:
            await asyncio.sleep(0)
        return reader

    def close(self) -> None:
        self.go_on.set()
        for writer in self._writers:
            writer.transport.abort()


@asynccontextmanager
async def serving() -> AsyncIterator[Place]:
    place = Place()
    task = asyncio.create_task(place.server.serve())
    while not place.server.started:
        await asyncio.sleep(0)
    try:
        yield place
    finally:
        place.close()
        place.server.should_exit = True
        await task


async def is_closed(place: Place) -> bool:
    """Whether the one connection there is has been closed."""
    for _ in range(20):
        await asyncio.sleep(0)
    return not place.server.server_state.connections


@pytest.mark.parametrize(
    ("sent", "patience"),
    [
        (b"", PATIENCE),
        (b"GET / HT", PATIENCE),
        (b"POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12", BODY_PATIENCE),
    ],
    ids=["sends nothing", "sends half a header", "sends half a body"],
)
async def test_a_client_that_does_not_get_on_loses_its_place(sent: bytes, patience: float) -> None:
    async with serving() as place:
        await place.connect(sent)
        if patience == BODY_PATIENCE:
            await until_asked(place)
        place.patrol.look(0.0)
        place.patrol.look(patience - 1)
        assert not await is_closed(place)
        place.patrol.look(patience)
        assert await is_closed(place)
        assert place.patrol.closed == 1


async def test_a_client_that_reads_nothing_loses_its_place_too() -> None:
    async with serving() as place:
        await place.connect(GET % b"large")
        await until_asked(place)
        await until_paused(place)
        # What lies between the two may still take a little more of the answer, and then no more.
        for turn in range(1000):
            place.patrol.look(turn * PATIENCE)
            if await is_closed(place):
                break
        assert place.patrol.closed == 1


async def test_a_second_request_that_does_not_get_on_is_no_better_than_a_first() -> None:
    async with serving() as place:
        reader = await place.connect(GET % b"")
        await reader.readuntil(b"\r\n\r\n")
        place._writers[0].write(b"GET / HT")
        (connection,) = place.server.server_state.connections
        while connection.timeout_keep_alive_task is not None:
            await asyncio.sleep(0)
        place.patrol.look(0.0)
        place.patrol.look(PATIENCE)
        assert await is_closed(place)


@pytest.mark.parametrize("path", [b"wait", b""], ids=["is waiting for us", "has been answered"])
async def test_a_client_that_has_done_its_part_is_left_alone(path: bytes) -> None:
    """However long we take; and an idle one is the web server's to close."""
    async with serving() as place:
        reader = await place.connect(GET % path)
        await until_asked(place)
        if not path:
            await reader.readuntil(b"\r\n\r\n")
        for now in (0.0, PATIENCE, 10 * PATIENCE):
            place.patrol.look(now)
        assert not await is_closed(place)
        assert place.patrol.closed == 0


async def test_a_client_that_gets_on_slowly_is_left_alone() -> None:
    """Between one look and the next it has been answered and has asked for more."""
    async with serving() as place:
        reader = await place.connect(b"GET / HT")
        place.patrol.look(0.0)
        place._writers[0].write((GET % b"")[len(b"GET / HT") :])
        await reader.readuntil(b"\r\n\r\n")
        place._writers[0].write(b"GET / HT")
        await until_asked(place)
        place.patrol.look(PATIENCE - 1)
        place.patrol.look(PATIENCE)
        assert not await is_closed(place)


async def until_asked(place: Place) -> None:
    """Until the request's header has arrived."""
    (connection,) = place.server.server_state.connections
    while connection.cycle is None:
        await asyncio.sleep(0)


async def until_paused(place: Place) -> None:
    """Until no more of the answer can be sent."""
    (connection,) = place.server.server_state.connections
    while not connection.flow.write_paused:
        await asyncio.sleep(0)


async def test_a_socket_that_only_listens_is_left_alone() -> None:
    """The server itself asks it now and then whether it is there."""
    async with serving() as place:
        reader = await place.connect(SOCKET % b"")
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")
        for turn in range(10):
            place.patrol.look(turn * PATIENCE)
        assert not await is_closed(place)
        assert place.patrol.closed == 0


async def test_a_socket_that_reads_nothing_loses_its_place() -> None:
    """It may be closed already, for not answering: that waits until what was written is taken."""
    async with serving() as place:
        reader = await place.connect(SOCKET % b"?large")
        assert (await reader.readline()).startswith(b"HTTP/1.1 101")
        there = place.server.server_state.connections
        while not any(it.transport.get_write_buffer_size() for it in there):
            await asyncio.sleep(0.01)
        for turn in range(1000):
            place.patrol.look(turn * PATIENCE)
            if await is_closed(place):
                break
        assert place.patrol.closed == 1
