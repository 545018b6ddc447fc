"""Subscribers of a real server, by WebSocket and by server-sent events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, NamedTuple

import httpx
from websockets.asyncio.client import ClientConnection, connect

Json = dict[str, Any]

PATIENCE = 20.0
"""Seconds for what takes a fraction of one, on a busy machine."""


class Event(NamedTuple):
    """One server-sent event."""

    id: str | None
    kind: str
    data: Json


class Socket:
    """A WebSocket to `/v1/live`."""

    def __init__(self, url: str, token: str | None = None, **headers: str) -> None:
        self._url = url.replace("http", "ws", 1) + "/v1/live"
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            more["authorization"] = f"Bearer {token}"
        self._headers = more
        self.connection: ClientConnection

    async def __aenter__(self) -> Socket:
        self.connection = await connect(self._url, additional_headers=self._headers)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.connection.close()

    async def say(self, kind: str, **message: Any) -> None:
        await self.connection.send(json.dumps({"type": kind, **message}))

    async def hear(self) -> Json:
        """The next frame that tells something."""
        while True:
            frame: Json = json.loads(await asyncio.wait_for(self.connection.recv(), PATIENCE))
            if frame["type"] != "alive":
                return frame

    async def subscribe(self, **topics: Any) -> Json:
        """The first frame of a subscription."""
        await self.say("subscribe", **topics)
        return await self.hear()


@asynccontextmanager
async def stream(
    http: httpx.AsyncClient, query: str, **headers: str
) -> AsyncIterator[AsyncIterator[Event]]:
    """The events of `GET /v1/live`."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.stream("GET", f"/v1/live?{query}", headers=more) as response:
        assert response.status_code == 200, (await response.aread()).decode()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response)


async def _events(response: httpx.Response) -> AsyncIterator[Event]:
    id, kind, data = None, "message", ""
    async for line in response.aiter_lines():
        if not line:
            yield Event(id, kind, json.loads(data))
            id, kind, data = None, "message", ""
            continue
        name, _, value = line.partition(": ")
        if name == "id":
            id = value
        elif name == "event":
            kind = value
        elif name == "data":
            data += value


async def following(events: AsyncIterator[Event]) -> Event:
    """The next one that tells something."""
    while True:
        event = await asyncio.wait_for(anext(events), PATIENCE)
        if event.data.get("type") != "alive":
            return event
