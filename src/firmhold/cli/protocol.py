"""HTTP/1.1 as uvicorn speaks it, with each answer sent in one piece and bounds on what is read.

Owns how bytes get from uvicorn to the socket, and nothing of what they say. uvicorn writes the head
of an answer and its body one after the other, and uvloop sends whatever it is given at once: two
system calls and two packets where one will do, a twentieth of what a hold costs.

Its parser refuses what two readers could read differently. It bounds neither the head of a request
nor what stands around the chunks of a body, and keeps all of it in memory; that is done here.
"""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from firmhold.domain.errors import malformed
from firmhold.doors.graphql.fields import PATH as GRAPHQL
from firmhold.doors.live.socket import PATH as LIVE
from firmhold.doors.shared.guarding import completed
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Headers, Reply
from firmhold.doors.shared.serving import WHOLE

SOCKETS = (LIVE.encode(), GRAPHQL.encode())

LONGEST_HEAD = 32_768
"""Bytes of a request's line and headers together. An answer comes sooner than memory is used up;
a single piece that was read may be larger than this for a moment."""

LONGEST_ADDRESS = 8_192
"""Bytes of a path with its query (RFC 9110, section 4.1, asks for 8,000)."""

MOST_HEADERS = 100

PER_BYTE = 8
"""Bytes around each byte of a body that is sent in chunks of one byte, at most: whatever is beyond
that are chunk extensions and trailers, which nobody reads."""


class Gathering:
    """A transport that sends together what is written in one turn of the event loop."""

    __slots__ = ("_pieces", "_send_soon", "_transport")

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._send_soon = loop.call_soon
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send this with whatever else is written now."""
        if not self._pieces:
            self._send_soon(self._send)
        self._pieces.append(data)

    def itself(self) -> asyncio.Transport:
        """The transport, with nothing that waits to be sent."""
        self._send()
        return self._transport

    def close(self) -> None:
        """Send what has been written, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        pieces, self._pieces = self._pieces, []
        # The other side may have gone in the meantime, and with it the socket.
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))


class _Refused(Exception):
    """A request that is not read any further."""


class Protocol(HttpToolsProtocol):
    """uvicorn's own, on a transport that gathers, and with bounds."""

    sockets: ClassVar[frozenset[bytes]] = frozenset(SOCKETS)
    """Paths at which a WebSocket is spoken."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._in_head = False
        self._piece = 0  # bytes that are being read
        self._read = 0  # bytes of this request, the piece that it began with aside
        self._body = 0  # bytes of them that are the body's
        self._refusal: Reply | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(cast("asyncio.Transport", Gathering(transport, self.loop)))

    # The methods below are called for every request, so the ones above them are called by name.

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._piece = len(data)
        self._read += self._piece
        HttpToolsProtocol.data_received(self, data)
        # What follows a request in its last piece is another one's beginning, which is new.
        if self._read > LONGEST_HEAD and not self.transport.is_closing():
            if self._in_head:
                self._stop(431, "headers", f"at most {LONGEST_HEAD:,} bytes")
            elif self._read > LONGEST_HEAD + PER_BYTE * self._body and self._in_body():
                self._stop(400, "body", "too much between its bytes")

    def _in_body(self) -> bool:
        cycle: Any = self.cycle  # none before the first request
        return cycle is not None and cycle.more_body

    def on_message_begin(self) -> None:
        """Called by the parser."""
        HttpToolsProtocol.on_message_begin(self)
        self._in_head = True
        self._read = self._body = 0

    def on_headers_complete(self) -> None:
        """Called by the parser. Raises `_Refused` for a head that is beyond bounds, that does not
        say once for whom it is (RFC 9112, section 3.2), whose body is coded in another way (section
        6.1), or that wants a WebSocket where none is spoken, which uvicorn would refuse without
        a word to browsers."""
        self._in_head = False
        headers = self.headers
        if self._piece > LONGEST_ADDRESS or self._read:
            self._measure()
        if len(headers) > MOST_HEADERS:
            self._refuse(431, "headers", f"at most {MOST_HEADERS}")
        hosts, chunked = 0, False
        for name, value in headers:
            if name == b"host":
                hosts += 1
            elif name == b"transfer-encoding":
                chunked = True
                if value.lower() != b"chunked" or self._is_old():
                    self._refuse(501, "Transfer-Encoding", "only chunked is understood")
        if hosts != 1 and (hosts or not self._is_old()):
            self._refuse(400, "Host", "exactly one is needed")
        if self.parser.should_upgrade() and self._should_upgrade() and not self._is_socket():
            self._refuse(400, "Upgrade", f"a WebSocket is spoken at {LIVE} and {GRAPHQL}")
        HttpToolsProtocol.on_headers_complete(self)
        self.scope["extensions"] = EXTENSIONS
        if chunked:
            self.headers = []  # for what follows the body, which nobody reads

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self._body += len(body)
        HttpToolsProtocol.on_body(self, body)

    def _is_socket(self) -> bool:
        return self.url.partition(b"?")[0] in self.sockets

    def _is_old(self) -> bool:
        return bool(self.parser.get_http_version() == "1.0")

    def _measure(self) -> None:
        """Raises `_Refused` for a head that is too large, which a small piece cannot have."""
        if len(self.url) > LONGEST_ADDRESS:
            self._refuse(414, "address", f"at most {LONGEST_ADDRESS:,} bytes")
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > LONGEST_HEAD:
            self._refuse(431, "headers", f"at most {LONGEST_HEAD:,} bytes")

    def _refuse(self, status: int, field: str, reason: str) -> None:
        self._refusal = _reply(status, field, reason)
        raise _Refused(reason)

    def _stop(self, status: int, field: str, reason: str) -> None:
        """Refuse what is in the middle of being read."""
        self._refusal = _reply(status, field, reason)
        self.send_400_response(reason)

    def send_400_response(self, msg: str) -> None:
        """Called for what the parser cannot read, or was told not to."""
        reply = self._refusal or _reply(400, "request", "not valid HTTP")
        head = [STATUS_LINE[reply.status]]
        headers = (
            *completed(reply.headers),
            (b"content-length", str(len(reply.body)).encode()),
            (b"connection", b"close"),
        )
        head += [part for name, value in headers for part in (name, b": ", value, b"\r\n")]
        self.transport.write(b"".join([*head, b"\r\n", reply.body]))
        self.transport.close()


def send_whole(send: Any, status: int, headers: Headers, lines: bytes, body: bytes) -> bool:
    """Answer the request that `send` belongs to in one piece, as uvicorn would in two: `headers`,
    and `lines` of others that are written already. False if this answer is one that uvicorn has to
    look after: to a connection that is to be closed or takes nothing at the moment, to `HEAD`, or
    with a header that could not be sent. False, too, if somebody in between wants to see what is
    sent."""
    cycle = getattr(send, "__self__", None)
    if (
        not isinstance(cycle, RequestResponseCycle)
        or cycle.response_started
        or cycle.disconnected
        or not cycle.keep_alive
        or cycle.flow.write_paused
        or cycle.scope["method"] == "HEAD"
    ):
        return False
    pieces = [STATUS_LINE[status]]
    for name, value in headers:
        pieces += (name, b": ", value, b"\r\n")
    head = b"".join(pieces)
    if head.count(b"\n") != len(headers) + 1 or head.count(b"\r") != len(headers) + 1:
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.transport.write(b"%b%bcontent-length: %d\r\n\r\n%b" % (head, lines, len(body), body))
    cycle.message_event.set()
    cycle.on_response()
    return True


EXTENSIONS: Any = {WHOLE: send_whole}
"""The same for all requests: one that led back to its own request would be garbage that has to be
looked for."""


def protocol_below(base_path: str) -> type[Protocol]:
    """The protocol of a server that browsers find below a path, whether or not their proxy takes it
    away."""
    prefix = base_path.removesuffix("/").encode()
    if not prefix:
        return Protocol
    sockets = frozenset((*SOCKETS, *(prefix + path for path in SOCKETS)))
    return type("Protocol", (Protocol,), {"sockets": sockets})


def _reply(status: int, field: str, reason: str) -> Reply:
    return problem(malformed(field, reason), status)
