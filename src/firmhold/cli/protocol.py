"""HTTP/1.1 as uvicorn speaks it, with each answer sent in one piece.

Owns how bytes get from uvicorn to the socket, and nothing of what they say. uvicorn writes the head
of an answer and its body one after the other, and uvloop sends whatever it is given at once: two
system calls and two packets where one will do, a twentieth of what a hold costs.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Gathering:
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

    def close(self) -> None:
        """Send what has been written, and close."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        pieces, self._pieces = self._pieces, []
        # The other side may have gone in the meantime, and with it the socket.
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))


class Protocol(HttpToolsProtocol):
    """uvicorn's own, on a transport that gathers."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the event loop."""
        super().connection_made(cast("asyncio.Transport", _Gathering(transport, self.loop)))
