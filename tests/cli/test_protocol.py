"""Answers leave in one piece, and nothing that was written is lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn

from firmhold.cli.protocol import Gathering, Protocol


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
