"""Answers leave in one piece, and nothing that was written is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn

from firmhold.cli.protocol import SOCKETS, Gathering, Protocol, protocol_below
from firmhold.doors.shared.serving import WHOLE


class Recorder(asyncio.Transport):
    """A transport that remembers what it was given, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        assert not self.closed, "written after the end"
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return self.closed

    def pause_reading(self) -> None:
        """Nothing else is read here."""

    def resume_reading(self) -> None:
        """Nor after it."""

    def close(self) -> None:
        self.closed = True


async def gathering() -> tuple[Gathering, Recorder]:
    recorder = Recorder()
    return Gathering(recorder, asyncio.get_running_loop()), recorder


async def a_turn() -> None:
    await asyncio.sleep(0)


async def test_what_is_written_in_one_turn_is_sent_at_once() -> None:
    transport, sent = await gathering()
    transport.write(b"head")
    transport.write(b"body")
    assert sent.pieces == []
    await a_turn()
    assert sent.pieces == [b"headbody"]
    transport.write(b"more")
    await a_turn()
    await a_turn()
    assert sent.pieces == [b"headbody", b"more"]


async def test_closing_sends_what_has_been_written_first() -> None:
    transport, sent = await gathering()
    transport.write(b"the last words")
    transport.close()
    assert sent.pieces == [b"the last words"]
    assert sent.closed
    await a_turn()
    assert sent.pieces == [b"the last words"]


async def test_nothing_is_written_to_whom_has_gone() -> None:
    transport, sent = await gathering()
    transport.write(b"too late")
    sent.closed = True
    await a_turn()
    assert sent.pieces == []


@pytest.mark.parametrize("asked", [b"GET", b"HEAD"])
async def test_an_answer_is_one_piece_and_the_next_one_another(asked: bytes) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"5")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    config = uvicorn.Config(application, lifespan="off", date_header=False, server_header=False)
    config.load()
    server = uvicorn.Server(config)
    protocol = Protocol(config, server.server_state, {})
    recorder = Recorder()
    protocol.connection_made(recorder)
    for answers in (1, 2):
        protocol.data_received(asked + b" / HTTP/1.1\r\nHost: here\r\n\r\n")
        while len(recorder.pieces) < answers:
            await a_turn()
        body = b"hello" if asked == b"GET" else b""
        assert recorder.pieces[-1] == b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n" + body
    protocol.connection_lost(None)
    assert len(recorder.pieces) == 2


HEADERS = ((b"content-type", b"application/json"), (b"x-request-id", b"7"))
LINES = b"cache-control: no-store\r\n"
BODY = b"{}"


async def two_messages(send: Any) -> None:
    length = (b"content-length", b"%d" % len(BODY))
    headers = (*HEADERS, (b"cache-control", b"no-store"), length)
    await send({"type": "http.response.start", "status": 409, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def connected(application: Any) -> tuple[Protocol, Recorder]:
    config = uvicorn.Config(application, lifespan="off", date_header=False, server_header=False)
    config.load()
    protocol = Protocol(config, uvicorn.Server(config).server_state, {})
    recorder = Recorder()
    protocol.connection_made(recorder)
    return protocol, recorder


async def heard(application: Any, requests: bytes, *, paused: bool = False) -> bytes:
    """What somebody gets who sends this, until all has been said."""
    protocol, recorder = connected(application)
    if paused:
        protocol.pause_writing()
    protocol.data_received(requests)
    for _ in range(20):
        await a_turn()
    if paused:
        assert recorder.pieces == []
        protocol.resume_writing()
        for _ in range(20):
            await a_turn()
    ended = b"and closed" if recorder.closed else b""
    protocol.connection_lost(None)
    return b"".join(recorder.pieces) + ended


KEPT = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize(
    ("requests", "whole"),
    [
        (KEPT, [True]),
        (KEPT * 3, [True] * 3),
        (b"HEAD / HTTP/1.1\r\nHost: here\r\n\r\n", [False]),
        (b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", [False]),
        (b"GET / HTTP/1.0\r\nHost: here\r\n\r\n", [False]),
    ],
    ids=["one", "one after the other", "head", "close", "old"],
)
async def test_an_answer_in_one_piece_is_the_one_in_two(
    requests: bytes, whole: list[bool], paused: bool
) -> None:
    done: list[bool] = []

    async def in_one_piece(scope: Any, receive: Any, send: Any) -> None:
        done.append(scope["extensions"][WHOLE](send, 409, HEADERS, LINES, BODY))
        if not done[-1]:
            await two_messages(send)

    async def in_two(scope: Any, receive: Any, send: Any) -> None:
        await two_messages(send)

    told = await heard(in_one_piece, requests, paused=paused)
    # In another order, which means nothing.
    assert sorted(told.split(b"\r\n")) == sorted(
        (await heard(in_two, requests, paused=paused)).split(b"\r\n")
    )
    assert told.count(b"HTTP/1.1 409 ") == len(whole)
    # Whoever takes nothing at the moment is uvicorn's to wait for.
    assert done == ([False, *whole[1:]] if paused else whole)


@pytest.mark.parametrize("value", [b"a\nb", b"a\rb", b"a\r\nset-cookie: b"])
async def test_no_header_becomes_two(value: bytes) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        headers = (*HEADERS, (b"x-request-id", value))
        assert not scope["extensions"][WHOLE](send, 409, headers, LINES, BODY)
        await two_messages(send)

    assert (await heard(application, KEPT)).startswith(b"HTTP/1.1 409 ")


async def test_an_answer_is_given_once() -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["extensions"][WHOLE]
        assert [whole(send, 409, HEADERS, LINES, BODY) for _ in range(2)] == [True, False]

    assert (await heard(application, KEPT)).count(b"HTTP/1.1 ") == 1


async def test_who_has_gone_is_not_answered() -> None:
    done: list[bool] = []
    go_on = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await go_on.wait()
        done.append(scope["extensions"][WHOLE](send, 409, HEADERS, LINES, BODY))

    protocol, recorder = connected(application)
    protocol.data_received(KEPT)
    await a_turn()
    protocol.connection_lost(None)
    go_on.set()
    for _ in range(20):
        await a_turn()
    assert (done, recorder.pieces) == ([False], [])


class Listening:
    """A middleware, with a `send` of its own."""

    def __init__(self) -> None:
        self.kinds: list[str] = []

    def around(self, send: Any, *, as_method: bool) -> Any:
        async def listen(message: Any) -> None:
            self.kinds.append(message["type"])
            await send(message)

        self._listen = listen
        return self.send if as_method else listen

    async def send(self, message: Any) -> None:
        await self._listen(message)


@pytest.mark.parametrize("as_method", [False, True])
async def test_a_middleware_hears_all_that_is_sent(as_method: bool) -> None:
    listening = Listening()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        send = listening.around(send, as_method=as_method)
        if not scope["extensions"][WHOLE](send, 409, HEADERS, LINES, BODY):
            await two_messages(send)

    assert (await heard(application, KEPT)).count(b"HTTP/1.1 409 ") == 1
    assert listening.kinds == ["http.response.start", "http.response.body"]


def test_below_a_path_sockets_are_spoken_with_it_and_without() -> None:
    assert protocol_below("/").sockets == set(SOCKETS)
    below = protocol_below("/booking/").sockets
    assert below == {*SOCKETS, b"/booking/v1/live", b"/booking/graphql"}
