"""WebSockets as uvicorn speaks them, but that what is told to thousands is put into a frame once.

What a server sends is not masked, and none of our sockets compresses, so a frame is the same bytes
for everybody. Whoever has it ready gives it to `websocket.send`, and it is written as it is.
"""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.protocol import OPEN

from firmhold.cli.protocol import Gathering
from firmhold.doors.shared.staying import FRAMES


class Sockets(WebSocketsSansIOProtocol):
    """uvicorn's own, which also takes frames that are ready."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called as the connection becomes a WebSocket. A frame is one piece anyway, so nothing is
        gathered any more."""
        if isinstance(cast("Any", transport), Gathering):
            transport = cast("Gathering", transport).itself()
        super().connection_made(transport)

    async def run_asgi(self) -> None:
        """Called when the opening has been read."""
        extensions = cast("dict[str, Any]", self.scope["extensions"])
        extensions[FRAMES] = self.write_now
        try:
            await super().run_asgi()
        finally:
            # Otherwise it would lead back to its own socket, and be garbage to be looked for.
            del extensions[FRAMES]

    async def send(self, message: Any) -> None:
        """Called by the application. Raises `ClientDisconnected`."""
        frame = message.get("frame")
        if frame is None:
            await super().send(message)
            return
        while not self.write_now(frame):
            await self.writable.wait()

    def write_now(self, frame: bytes) -> bool:
        """Whether it is written. Raises `ClientDisconnected`."""
        if self.disconnected or self.close_sent or self.conn.state is not OPEN:
            raise ClientDisconnected
        if not self.writable.is_set():
            return False
        self.transport.write(frame)
        return True
