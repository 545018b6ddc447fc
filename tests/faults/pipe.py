"""A TCP connection's way through the world: it delays, drips, tears, falls silent, as told.

Unlike `proxy`, which knows PostgreSQL's messages, this knows bytes, and serves both between clients
and server and between server and PostgreSQL.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Target = Callable[[], str | tuple[str, int]]
"""Where to: the path of a socket, or host and port; asked anew for each connection."""

DRIP = 32
"""Bytes at a time when it drips: a statement of a batch takes a hundred drops."""

DROP_SECONDS = 0.002


class Pipe:
    """A port on loopback, and what happens to whatever goes through it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._half_closed: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self.met = 0
        """Pieces and connections that have met with what was told."""
        self.host, self.port = "127.0.0.1", 0
        self.mend()

    def mend(self) -> None:
        """Let everything pass again."""
        self.delay = 0.0
        """Seconds that each piece is late."""
        self.drips = False
        self.bytes_left: dict[str, int] = {}
        """By direction (`in` to the target, `out` to the client): bytes until connections break."""
        self._flows.set()

    def hold(self) -> None:
        """Accept and swallow. What was underway goes on after `mend`."""
        self._flows.clear()

    def reset(self) -> None:
        """Break every connection with a reset, in both directions."""
        for writer in self._writers:
            tear(writer)
        self.met += len(self._writers)

    def half_close(self) -> None:
        """Let the targets believe that the clients have gone, and the clients hear nothing."""
        whole = self._links - self._half_closed
        self._half_closed |= whole
        for link in whole:
            link.cancel()
        self.met += len(whole)

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self._writers.add(writer)
        try:
            await self._pass()
            await self._connect(reader, writer)
        except OSError:
            pass
        except asyncio.CancelledError:
            if task in self._half_closed:
                await self._say_nothing(reader)
        finally:
            self._half_closed.discard(task)
            self._writers.discard(writer)
            self._links.discard(task)
            writer.transport.abort()

    async def _pass(self) -> None:
        """Wait for as long as all is held."""
        self.met += not self._flows.is_set()
        await self._flows.wait()

    async def _say_nothing(self, reader: asyncio.StreamReader) -> None:
        try:
            while await reader.read(65536):
                pass
        except (OSError, asyncio.CancelledError):
            pass

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        where = self._target()
        if isinstance(where, str):
            there, far = await asyncio.open_unix_connection(where)
        else:
            there, far = await asyncio.open_connection(*where)
        self._writers.add(far)
        ways = [
            asyncio.create_task(self._flow("in", reader, far)),
            asyncio.create_task(self._flow("out", there, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            self._writers.discard(far)
            far.transport.abort()
            await asyncio.gather(*ways, return_exceptions=True)

    async def _flow(
        self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            await self._pass()
            self.met += bool(self.delay or self.drips)
            if self.delay:
                await asyncio.sleep(self.delay * random.random() * 2)
            if (left := self.bytes_left.get(way)) is not None:
                self.bytes_left[way] = left - len(data)
                if left < len(data):
                    self.met += 1
                    writer.write(data[: max(0, left)])
                    await writer.drain()
                    return
            if self.drips:
                for begin in range(0, len(data), DRIP):
                    writer.write(data[begin : begin + DRIP])
                    await asyncio.sleep(DROP_SECONDS)
            else:
                writer.write(data)
            await writer.drain()


def tear(writer: asyncio.StreamWriter) -> None:
    """End a connection with a reset instead of an end."""
    found = writer.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def piped(target: Target) -> AsyncIterator[Pipe]:
    """A pipe to the target."""
    pipe = Pipe(target)
    await pipe.open()
    try:
        yield pipe
    finally:
        await pipe.close()
