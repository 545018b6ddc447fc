"""A receiver of webhooks: takes what comes, as it was told to."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from standardwebhooks import Webhook

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


class Received(NamedTuple):
    """One delivery, as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def verified(self, secret: str) -> Any:
        """The event, if the signature is one by this secret; raises what the library raises."""
        return Webhook(secret).verify(self.body, self.headers)


class Receiver:
    """Answers everybody with `answers` in turn, and the last of them from then on."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[bytes] = [OK]
        self.hanging = asyncio.Event()
        """Set while nobody is answered at all."""
        self.keeping = 1
        """Requests that are answered on one connection, before it is closed without a word."""
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            for _ in range(self.keeping):
                await self._answer(reader, writer)
            if self.keeping > 1:
                await reader.read(1)  # which is not answered any more
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lines = head.split("\r\n")[1:-2]
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.received.append(Received(headers, body))
        if self.hanging.is_set():
            await asyncio.sleep(3600)
        writer.write(self.answers[0] if len(self.answers) == 1 else self.answers.pop(0))
        await writer.drain()

    @property
    def types(self) -> list[str]:
        return [it.event["type"].removeprefix("firmhold.") for it in self.received]


@asynccontextmanager
async def receiving(tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """One that listens on a port of its own."""
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    receiver.url = f"http://127.0.0.1:{port}/hooks?from=firmhold"
    try:
        yield receiver
    finally:
        server.close()


def answer(status: int, *headers: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "content-length: 0", "", ""]).encode()
