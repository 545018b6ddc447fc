"""Those who stay for long, who are slow, and who are no longer who they were."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from firmhold.app import Application
from firmhold.doors.live import socket as door
from firmhold.doors.live import stream
from firmhold.identity.roles import Role
from firmhold.relay import subscription as bounds
from firmhold.relay.position import position_of
from tests.shop import Shop

Json = dict[str, Any]

DAY = 86_400.0


class Wire:
    """Both ends of a WebSocket, without one in between."""

    def __init__(self, app: Application, **headers: str) -> None:
        self.inbox: asyncio.Queue[Json] = asyncio.Queue()
        self.sent: list[Json] = []
        self.taken = asyncio.Event()
        """Clear while the one at the other end takes nothing."""
        self.taken.set()
        self._said = asyncio.Condition()
        pairs = [(n.replace("_", "-").encode(), v.encode()) for n, v in headers.items()]
        scope = {
            "type": "websocket",
            "path": "/v1/live",
            "headers": pairs,
            "query_string": b"",
            "client": ("127.0.0.1", 1),
        }
        self.inbox.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(app(scope, self.inbox.get, self._send))

    async def _send(self, message: Any) -> None:
        await self.taken.wait()
        async with self._said:
            self.sent.append(dict(message))
            self._said.notify_all()

    def say(self, kind: str, **message: Any) -> None:
        text = json.dumps({"type": kind, **message})
        self.inbox.put_nowait({"type": "websocket.receive", "text": text})

    def frames(self) -> list[Json]:
        return [json.loads(it["text"]) for it in self.sent if it["type"] == "websocket.send"]

    async def until(self, kind: str, count: int = 1) -> Json:
        """The frame of this kind that comes as the so manyeth."""
        async with asyncio.timeout(20), self._said:
            while True:
                found = [it for it in self.frames() if it["type"] == kind]
                if len(found) >= count:
                    return found[count - 1]
                await self._said.wait()

    async def closed(self) -> int | None:
        """The code with which the server has closed."""
        await asyncio.wait_for(self.task, 20)
        last = self.sent[-1]
        return last.get("code") if last["type"] == "websocket.close" else None


class Clock:
    """Goes as any other, but for being ahead."""

    ahead = 0.0

    def time(self) -> float:
        return time.time() + self.ahead


@asynccontextmanager
async def wire(app: Application, **headers: str) -> AsyncIterator[Wire]:
    one = Wire(app, **headers)
    yield one
    one.inbox.put_nowait({"type": "websocket.disconnect", "code": 1001})
    one.taken.set()
    await asyncio.wait_for(one.task, 20)
    assert app.services.hub.subscriptions == 0


@pytest.fixture
async def app(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Application:
    """The application, which looks around more often than it usually does."""
    for module in (door, stream):
        monkeypatch.setattr(module, "HEARTBEAT", 0.05)
    return Application(shop.services, workers=False)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which tokens expire."""
    clock = Clock()
    monkeypatch.setattr("firmhold.identity.tokens.time", clock)
    return clock


def bearer(token: str) -> str:
    return f"Bearer {token}"


async def test_where_nothing_happens_it_is_said_that_nothing_has(
    app: Application, shop: Shop
) -> None:
    """With a cursor that moves on, so that whoever comes back need not ask for all that time."""
    item, other = await shop.item(5), await shop.item(5)
    async with wire(app, authorization=bearer(await shop.token("a@example.org"))) as one:
        one.say("subscribe", offerings=[item])
        first = await one.until("subscribed")
        await shop.held((other, 1))
        alive = await one.until("alive", 3)
        before, after = position_of(first["cursor"]), position_of(alive["cursor"])
        assert before is not None
        assert after is not None
        assert after.next > before.next
        assert after.covers(before)


async def test_a_token_that_has_expired_ends_the_connection(
    app: Application, shop: Shop, clock: Clock
) -> None:
    async with wire(app, authorization=bearer(await shop.token("a@example.org"))) as one:
        one.say("subscribe", offerings=[await shop.item(5)])
        await one.until("subscribed")
        clock.ahead = DAY
        assert await one.closed() == door.EXPIRED
        assert (await one.until("problem"))["problem"]["code"] == "unauthenticated"


async def test_a_new_token_in_time_lets_one_stay(
    app: Application, shop: Shop, clock: Clock
) -> None:
    first = await shop.token("a@example.org")
    clock.ahead = DAY
    second = await shop.token("a@example.org")
    clock.ahead = 0.0
    item = await shop.item(5)
    async with wire(app, authorization=bearer(first)) as one:
        one.say("subscribe", offerings=[item])
        await one.until("subscribed")
        one.say("authenticate", token=second)
        await one.until("authenticated")
        clock.ahead = DAY
        await one.until("alive", len(one.frames()) + 3)
        await shop.held((item, 1))
        assert (await one.until("change"))["availability"][0]["held"] == 1


async def test_whoever_does_not_say_who_they_are_does_not_stay(
    app: Application, shop: Shop
) -> None:
    """Where the catalogue is not public."""
    await shop.fetch("UPDATE organization SET public_catalogue = false")
    async with wire(app, x_organization=shop.organization.slug) as one:
        assert await one.closed() == door.EXPIRED


async def test_a_stream_ends_with_the_token(app: Application, shop: Shop, clock: Clock) -> None:
    token = await shop.token("a@example.org")
    item = await shop.item(5)
    sent: list[Any] = []
    inbox: asyncio.Queue[Json] = asyncio.Queue()
    inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    async def send(message: Any) -> None:
        sent.append(message)
        clock.ahead = DAY
        if message["type"] == "http.response.body" and not message["more_body"]:
            inbox.put_nowait({"type": "http.disconnect"})

    await asyncio.wait_for(app(_get(f"offerings={item}", token), inbox.get, send), 20)
    body = b"".join(it.get("body", b"") for it in sent)
    assert body.startswith(b"id: ")
    last = body.decode().strip().rpartition("\n\n")[2]
    assert last.startswith("event: problem\ndata: ")
    assert "unauthenticated" in last
    assert app.services.hub.subscriptions == 0


async def test_a_stream_that_is_left_is_forgotten(app: Application, shop: Shop) -> None:
    token = await shop.token("a@example.org")
    inbox: asyncio.Queue[Json] = asyncio.Queue()
    inbox.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    begun = asyncio.Event()

    async def send(message: Any) -> None:
        if message.get("body"):
            begun.set()

    item = await shop.item(5)
    task = asyncio.create_task(app(_get(f"offerings={item}", token), inbox.get, send))
    await asyncio.wait_for(begun.wait(), 20)
    assert app.services.hub.subscriptions == 1
    head = {**_get(f"offerings={item}", token), "method": "HEAD"}
    other: asyncio.Queue[Json] = asyncio.Queue()
    other.put_nowait({"type": "http.request", "body": b"", "more_body": False})
    await asyncio.wait_for(app(head, other.get, send), 20)
    assert app.services.hub.subscriptions == 1
    inbox.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(task, 20)
    assert app.services.hub.subscriptions == 0


async def test_of_those_who_take_nothing_only_the_newest_counts_are_kept(
    app: Application, shop: Shop
) -> None:
    item = await shop.item(50)
    async with wire(app, authorization=bearer(await shop.token("a@example.org"))) as one:
        one.say("subscribe", offerings=[item])
        await one.until("subscribed")
        one.taken.clear()
        for _ in range(12):
            await shop.held((item, 1))
            await asyncio.sleep(0.02)
        one.taken.set()
        while (await one.until("change"))["availability"][-1]["held"] < 12:
            one.sent.remove(next(it for it in one.sent if "change" in it.get("text", "")))
        changes = [it for it in one.frames() if it["type"] == "change"]
        assert len(changes) == 1


async def test_of_those_who_take_no_events_they_are_dropped_and_told_so(
    app: Application, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "MOST_EVENTS", 5)
    item = await shop.item(50)
    token = await shop.token("auditor@example.org", Role.AUDITOR)
    async with wire(app, authorization=bearer(token)) as one:
        one.say("subscribe", feed=True)
        await one.until("subscribed")
        one.taken.clear()
        for _ in range(20):
            await shop.held((item, 1))
        await asyncio.sleep(0.5)
        one.taken.set()
        await one.until("resync")
        # And goes on from there.
        held = await shop.held((item, 1))
        change = await one.until("change")
        assert held.id in {event["subject"] for event in change["events"]}


async def test_who_takes_nothing_for_long_is_left(
    app: Application, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "SLOWEST", 0.2)
    item = await shop.item(5)
    one = Wire(app, authorization=bearer(await shop.token("a@example.org")))
    one.say("subscribe", offerings=[item])
    await one.until("subscribed")
    one.taken.clear()
    asyncio.get_running_loop().call_later(2, one.taken.set)
    await shop.held((item, 1))
    assert await one.closed() == door.TOO_SLOW
    assert app.services.hub.subscriptions == 0


async def test_more_than_a_process_takes_are_refused(
    app: Application, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firmhold.doors.shared.staying.MOST_SUBSCRIBERS", 1)
    token = await shop.token("a@example.org")
    async with wire(app, authorization=bearer(token)) as one:
        one.say("subscribe", offerings=[await shop.item(5)])
        await one.until("subscribed")
        second = Wire(app, authorization=bearer(token))
        await asyncio.wait_for(second.task, 20)
        assert second.sent[0]["status"] == 503


async def test_a_database_that_is_away_for_a_moment_ends_no_connection(
    app: Application, shop: Shop
) -> None:
    item = await shop.item(5)
    async with wire(app, authorization=bearer(await shop.token("a@example.org"))) as one:
        one.say("subscribe", offerings=[item])
        await one.until("subscribed")
        await shop.fetch(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = current_user "
            "AND pid <> pg_backend_pid()"
        )
        await shop.held((item, 1))
        assert (await one.until("change"))["availability"][0]["held"] == 1


def _get(query: str, token: str) -> Json:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "server": ("firmhold.test", 80),
        "method": "GET",
        "path": "/v1/live",
        "raw_path": b"/v1/live",
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(b"authorization", bearer(token).encode())],
        "client": ("127.0.0.1", 1),
        "state": {},
        "extensions": {},
    }
