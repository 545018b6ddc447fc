"""The server is killed and started again while things happen: whoever comes back with the cursor of
the last frame they had is told what they missed, all of it and once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
from websockets.exceptions import WebSocketException

from firmhold.domain.commands import Cancel, Confirm
from firmhold.identity.roles import Role
from firmhold.relay.event import events_of
from firmhold.relay.position import Position
from firmhold.relay.tail import newest, read
from tests.databases import Address
from tests.live.listener import Json, Socket, stream
from tests.processes import Serving, serving
from tests.shop import OPERATOR, Shop, open_shop

SOCKETS, STREAMS, WATCHERS = 8, 5, 3

KILLS = 2

PATIENCE = 120.0
"""Seconds until everybody has to have heard of everything, on a busy machine."""

GONE = (OSError, WebSocketException, httpx.HTTPError, TimeoutError, AssertionError)
"""What those who listen notice of a server that is killed, or not there yet."""


class Place:
    """Where the server is at the moment."""

    url = ""
    token = ""


class Listener:
    """Comes back whenever it is left, with the last cursor it had."""

    def __init__(self, place: Place, cursor: str, topics: Json) -> None:
        self.place, self.cursor, self.topics = place, cursor, topics
        self.frames: list[Json] = []
        self.times = 0
        """How often it was let in."""

    @property
    def events(self) -> list[Json]:
        return [event for frame in self.frames for event in frame["events"]]

    async def run(self) -> None:
        while True:
            with contextlib.suppress(*GONE):
                async with self.connected() as frames:
                    self.times += 1
                    async for frame in frames:
                        if frame["type"] != "alive":
                            self.frames.append({"availability": [], "events": [], **frame})
                        self.cursor = frame["cursor"]
            await asyncio.sleep(0.05)

    def connected(self) -> contextlib.AbstractAsyncContextManager[AsyncIterator[Json]]:
        raise NotImplementedError


class BySocket(Listener):
    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncIterator[Json]]:
        async with Socket(self.place.url, self.place.token) as socket:
            await socket.say("subscribe", **self.topics, cursor=self.cursor)
            yield self._frames(socket)

    async def _frames(self, socket: Socket) -> AsyncIterator[Json]:
        while True:
            yield await socket.hear()


class ByStream(Listener):
    @asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncIterator[Json]]:
        headers = {"authorization": f"Bearer {self.place.token}"}
        async with (
            httpx.AsyncClient(base_url=self.place.url, headers=headers, timeout=30) as http,
            stream(http, "feed=true", **{"Last-Event-ID": self.cursor}) as events,
        ):
            yield self._frames(events)

    async def _frames(self, events: Any) -> AsyncIterator[Json]:
        async for event in events:
            yield event.data


@contextmanager
def killed_at_the_end(address: Address, place: Place) -> Iterator[Serving]:
    with serving(address, "--workers", "2") as running:
        place.url = running.url
        yield running
        os.killpg(running.process.pid, signal.SIGKILL)
        running.process.wait()


async def write(shop: Shop, items: list[str], over: asyncio.Event) -> None:
    dice = random.Random(11)
    while not over.is_set():
        some = dice.sample(items, dice.randint(1, 3))
        held = await shop.held(*((item, 1) for item in some))
        await shop.submit(Confirm(held.id, OPERATOR))
        if dice.random() < 0.5:
            await shop.submit(Cancel(held.id, OPERATOR))
        await asyncio.sleep(0.02)


async def written(shop: Shop, after: Position) -> list[tuple[str, str]]:
    """Each event since then: its id, and what it is about."""
    found: list[tuple[str, str]] = []
    is_all = False
    while not is_all:
        async with (
            shop.services.database.read_across() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            reading = await read(connection, after, shop.organization.id)
        found += [(it.id, it.subject) for change in reading.changes for it in events_of(change)]
        after, is_all = reading.position, reading.is_all
    return found


async def test_whoever_comes_back_after_the_server_was_killed_has_missed_nothing(
    database: Address,
) -> None:
    async with open_shop(database.dsn, patience_seconds=60) as shop:
        items = [await shop.item(1_000_000) for _ in range(5)]
        async with shop.services.database.read_across() as connection:
            start = await newest(connection)
        place, over = Place(), asyncio.Event()
        with killed_at_the_end(database, place) as running:
            place.token = await running.token(Role.OWNER)
        feed, watched = {"feed": True}, {"offerings": items[:1]}
        listeners: list[Listener] = [
            *(BySocket(place, start.text(), feed) for _ in range(SOCKETS)),
            *(ByStream(place, start.text(), feed) for _ in range(STREAMS)),
        ]
        watchers = [BySocket(place, start.text(), watched) for _ in range(WATCHERS)]
        tasks = [asyncio.create_task(it.run()) for it in (*listeners, *watchers)]
        writing = asyncio.create_task(write(shop, items, over))
        for _ in range(KILLS):
            with killed_at_the_end(database, place):
                await asyncio.sleep(2)
        with serving(database, "--workers", "2") as running:
            place.url = running.url
            await asyncio.sleep(1)
            over.set()
            await writing
            expected = await written(shop, start)
            newest_count = await shop.fetchval(
                "SELECT max(seq) FROM ledger WHERE offering_id = $1", items[0][-32:]
            )
            async with asyncio.timeout(PATIENCE):
                while not all(len(it.events) >= len(expected) for it in listeners) or not all(
                    it.frames and it.frames[-1]["availability"][-1:] and _last(it) == newest_count
                    for it in watchers
                ):
                    await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(it.times for it in listeners) > KILLS * len(listeners)
    for it in (*listeners, *watchers):
        assert {frame["type"] for frame in it.frames} == {"subscribed", "change"}
    about = dict(expected)
    for it in listeners:
        ids = [event["id"] for event in it.events]
        assert len(ids) == len(set(ids)), "nothing twice"
        assert set(ids) == about.keys(), "and nothing left out"
        for subject in set(about.values()):
            told = [id for id in ids if about[id] == subject]
            assert told == [id for id, other in expected if other == subject]
    for watcher in watchers:
        numbers = [c["seq"] for frame in watcher.frames for c in frame["availability"]]
        assert numbers == sorted(set(numbers)), "counts never go back"


def _last(listener: Listener) -> int:
    number: int = listener.frames[-1]["availability"][-1]["seq"]
    return number
