"""A proxy between the driver and PostgreSQL's socket that cuts, swallows and delays as told.

It understands just enough of the protocol to see each message of the client, so that a test can
say: the answer to this COMMIT is lost. What a rule is asked about are the messages that make the
server work: `Q` (a simple query: BEGIN, COMMIT), `P` (prepare) and `B` (run what is prepared).
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import Enum, auto
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"
WORK = frozenset(b"QPB")


class Fault(Enum):
    """What can happen to a message."""

    CUT_BEFORE = auto()
    """The connection breaks and the message never arrives."""
    CUT_AFTER = auto()
    """It arrives and is carried out; the connection breaks before the answer does."""
    CUT_AT_ONCE = auto()
    """It is sent on and the connection breaks at the same moment: anything may have happened."""
    SWALLOW = auto()
    """Neither it nor anything after it arrives, and nobody is told until the client leaves."""
    SWALLOW_ANSWER = auto()
    """It is carried out, but no answer ever comes, and nobody is told."""


Rule = Callable[[int, bytes], Fault | None]
"""Decides about a message: its type (`Q`, `P`, `B`) and its body. `None` lets it pass."""


class Proxy:
    """One listening socket; any number of connections through it."""

    def __init__(self, dsn: str, folder: Path) -> None:
        target = parse_qs(urlsplit(dsn).query)["host"][0]
        self._target = str(Path(target, SOCKET))
        self._folder = folder
        self.dsn = dsn.split("?", maxsplit=1)[0] + f"?host={quote(str(folder), safe='')}&port=5432"
        self.rule: Rule | None = None
        self.faults = 0
        self.refusing = False
        """Whether new connections are cut at once."""
        self._links: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_unix_server(self._accept, str(self._folder / SOCKET))

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut_all()
        await asyncio.gather(*self._links, return_exceptions=True)

    def cut_all(self) -> None:
        """Break every connection."""
        for link in self._links:
            link.cancel()

    def once(self, fault: Fault, message: Callable[[int, bytes], bool]) -> None:
        """Let one fault happen, at the next such message."""

        def rule(kind: int, body: bytes) -> Fault | None:
            if not message(kind, body):
                return None
            self.rule = None
            return fault

        self.rule = rule

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        try:
            if not self.refusing:
                await _Link(self, reader, writer).run(self._target)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()
            self._links.discard(task)


class _Link:
    """One connection."""

    def __init__(
        self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._reader = reader
        self._writer = writer
        self._deaf = False
        """The client hears nothing more; the link ends with the server's next word."""
        self._mute = False
        """The client hears nothing more, and the link stays."""

    async def run(self, target: str) -> None:
        reader, writer = await asyncio.open_unix_connection(target)
        ends = [
            asyncio.create_task(self._to_server(writer)),
            asyncio.create_task(self._to_client(reader)),
        ]
        try:
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()
            # Not aborted: what was sent on is still delivered.
            writer.close()
            await asyncio.gather(*ends, return_exceptions=True)

    async def _to_server(self, server: asyncio.StreamWriter) -> None:
        head = await self._reader.readexactly(4)
        server.write(head + await self._reader.readexactly(int.from_bytes(head) - 4))
        while True:
            head = await self._reader.readexactly(5)
            body = await self._reader.readexactly(int.from_bytes(head[1:]) - 4)
            rule = self._proxy.rule
            fault = rule(head[0], body) if rule is not None and head[0] in WORK else None
            if fault is not None:
                self._proxy.faults += 1
            match fault:
                case Fault.CUT_BEFORE:
                    return
                case Fault.CUT_AT_ONCE:
                    server.write(head + body)
                    return
                case Fault.CUT_AFTER:
                    self._deaf = True
                case Fault.SWALLOW:
                    while await self._reader.read(65536):
                        pass
                    return
                case Fault.SWALLOW_ANSWER:
                    self._mute = True
            server.write(head + body)

    async def _to_client(self, server: asyncio.StreamReader) -> None:
        while data := await server.read(65536):
            if self._deaf:
                return
            if not self._mute:
                self._writer.write(data)


@asynccontextmanager
async def proxied(dsn: str) -> AsyncIterator[Proxy]:
    """A proxy in front of the server that `dsn` leads to."""
    folder = Path(tempfile.mkdtemp(prefix="fh-proxy-", dir="/tmp"))
    proxy = Proxy(dsn, folder)
    await proxy.open()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            await proxy.close()
        shutil.rmtree(folder, ignore_errors=True)


def begins_with(text: str) -> Callable[[int, bytes], bool]:
    """Matches a simple query of which this is the beginning."""
    return lambda kind, body: kind == ord("Q") and body.startswith(text.encode())


def is_query(text: str) -> Callable[[int, bytes], bool]:
    """Matches a simple query such as COMMIT."""
    return lambda kind, body: kind == ord("Q") and body.rstrip(b"\0") == text.encode()
