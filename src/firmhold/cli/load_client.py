"""A small HTTP/1.1 client for load: one keep-alive connection per customer.

It shares the machine with the server it measures, so it costs as little as it can: requests come
ready as bytes, answers are framed by httptools, and nothing is kept of one but what is asked for.
General clients spend several times as long on a request, and would be what is measured.
"""

import asyncio
import ssl
from typing import NamedTuple, Self, cast
from urllib.parse import urlsplit

import httptools
import msgspec

CONNECT_SECONDS = 10.0


class Unreachable(Exception):
    """No answer: refused, cut, or not HTTP. What the request did, if anything, is not known."""


class Answer(NamedTuple):
    """What the server said."""

    status: int
    body: bytes
    retry_after: float | None
    """Seconds; the other form of the header, a date, would need both clocks to agree."""
    replayed: bool
    """The server says that this is the answer it gave before to the same idempotency key."""


class Problem(msgspec.Struct):
    """What of an `application/problem+json` body matters here."""

    code: str = ""
    detail: str = ""


_PROBLEM = msgspec.json.Decoder(Problem)


def problem_of(answer: Answer) -> Problem:
    """The refusal in an answer; empty if it is not one of Firmhold's."""
    try:
        return _PROBLEM.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return Problem()


class Server(NamedTuple):
    """Where requests go, and what all of them say."""

    host: str
    port: int
    base: str
    """Path in front of every call, for a server behind a gateway."""
    tls: ssl.SSLContext | None
    head: str
    """Headers of every request."""

    @classmethod
    def at(cls, url: str, token: str) -> Self:
        """The server at a URL. Raises `ValueError` with what is wrong with it."""
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"}:
            raise ValueError("start it with http:// or https://")
        if not parts.hostname:
            raise ValueError("it names no host")
        if parts.username is not None or parts.query or parts.fragment:
            raise ValueError("only scheme, host, port and path belong in it")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("the token holds characters that no token has")
        tls = ssl.create_default_context() if parts.scheme == "https" else None
        head = (
            f"Host: {parts.netloc}\r\nAuthorization: Bearer {token}\r\nAccept: application/json\r\n"
        )
        port = parts.port or (443 if tls else 80)  # raises ValueError itself for 99999
        return cls(parts.hostname, port, parts.path.rstrip("/"), tls, head)

    def get(self, path: str) -> bytes:
        """A GET request."""
        return f"GET {self.base}{path} HTTP/1.1\r\n{self.head}\r\n".encode()

    def post(self, path: str, key: str, body: bytes) -> bytes:
        """A POST request that may be repeated: its key makes all repeats one effect."""
        head = (
            f"POST {self.base}{path} HTTP/1.1\r\n{self.head}Content-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


class _Wire(asyncio.Protocol):
    """One connection, from its opening to its end, with at most one request under way."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._body = b""
        self._retry_after: float | None = None
        self._replayed = False
        self.usable = False
        self.gone = asyncio.Event()

    def ask(self, request: bytes) -> "asyncio.Future[Answer]":
        assert self._transport is not None and self._waiting is None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._waiting

    def cut(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    # --- asyncio's calls ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self.usable = True

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(f"the answer is not HTTP: {error}")
            self.cut()

    def connection_lost(self, exc: Exception | None) -> None:
        self.usable = False
        self.gone.set()
        self._fail(str(exc) if exc else "the connection was closed")

    def _fail(self, reason: str) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(Unreachable(reason))

    # --- the parser's calls ---

    def on_message_begin(self) -> None:
        self._body, self._retry_after, self._replayed = b"", None, False

    def on_header(self, name: bytes, value: bytes) -> None:
        # Lengths first: nearly every header is another one.
        if len(name) == 11 and name.lower() == b"retry-after" and value.isdigit():
            self._retry_after = float(value)
        elif len(name) == 19 and name.lower() == b"idempotent-replayed":
            self._replayed = value == b"true"

    def on_body(self, body: bytes) -> None:
        self._body = self._body + body if self._body else body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # an interim answer; the real one follows
            return
        if not self._parser.should_keep_alive():
            self.usable = False
            assert self._transport is not None
            self._transport.close()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(status, self._body, self._retry_after, self._replayed))


class Client:
    """Asks one server, one request after the other, over a connection that is renewed as needed."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._wire: _Wire | None = None
        self._asked_at = 0.0

    async def ask(self, request: bytes) -> Answer:
        """The server's answer. Raises `Unreachable`."""
        if self._wire is None or not self._wire.usable:
            self._wire = await self._connect()
        self._asked_at = asyncio.get_running_loop().time()
        try:
            return await self._wire.ask(request)
        except asyncio.CancelledError:
            # An answer that still came would be taken for that of the next request.
            self._wire.cut()
            raise
        finally:
            self._asked_at = 0.0

    def cut_if_waiting_since(self, instant: float) -> None:
        """Give up on a request that was sent before `instant` (loop time). One watchman looks
        after all connections: a timer for each request would cost more than sending it."""
        if self._wire is not None and 0.0 < self._asked_at < instant:
            self._wire.cut()

    async def aclose(self) -> None:
        """Close the connection, if there is one."""
        if self._wire is not None:
            self._wire.cut()
            await self._wire.gone.wait()

    async def _connect(self) -> _Wire:
        server = self._server
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, wire = await loop.create_connection(
                    _Wire, server.host, server.port, ssl=server.tls
                )
        except TimeoutError:
            raise Unreachable(f"no connection within {CONNECT_SECONDS:g} s") from None
        except ssl.SSLCertVerificationError as error:
            raise Unreachable(f"its certificate is not trusted: {error.verify_message}") from None
        except (OSError, ssl.SSLError) as error:
            raise Unreachable(error.strerror or str(error)) from None
        return wire
