"""What live subscribers cost: memory for each, and the time until all have seen a change.

    python -m bench.live [--subscribers 5000] [--changes 40] [--rounds 1] [--json FILE]

One server of one process, embedded PostgreSQL and these subscribers on the same machine. All
subscribe to one item; then a hold is placed every second, and each subscriber notes when the frame
with its counts arrives. The time begins when the hold's answer is there, right after its commit.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gc
import json
import os
import resource
import shlex
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
import msgspec
import psutil
import uvloop

from bench.firmhold_http import serve, wait_until_ready
from bench.lab import SECRET
from bench.machine import machine
from bench.record import commit
from firmhold.identity.directory import Directory
from firmhold.identity.keyring import Keyring
from firmhold.identity.roles import Role
from firmhold.identity.tokens import Tokens
from firmhold.store.database import Database
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate

PATIENCE = 60.0
"""Seconds until a frame counts as missed."""

AT_ONCE = 100
"""Connections that are being opened at a time."""


class Subscriber(asyncio.Protocol):
    """Says hello, subscribes, and notes when each frame came. Reads frames without looking inside
    further than it must, so that it costs little."""

    def __init__(
        self, host: str, item: str, seen: dict[int, list[float]], token: str | None = None
    ) -> None:
        self._host, self._item, self._seen = host, item, seen
        self._more = "" if token is None else f"authorization: Bearer {token}\r\n"
        self._upgraded = False
        self._buffer = b""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport = cast("asyncio.Transport", transport)
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            f"GET /v1/live HTTP/1.1\r\nhost: {self._host}\r\nupgrade: websocket\r\n"
            f"connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: {key}\r\n"
            f"{self._more}\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._buffer += data
        if not self._upgraded:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert b" 101 " in head, head
            self._upgraded, self._buffer = True, rest
            ask = json.dumps({"type": "subscribe", "offerings": [self._item]}).encode()
            # Of at most 125 bytes, and masked with nothing.
            self.transport.write(bytes([0x81, 0x80 | len(ask), 0, 0, 0, 0]) + ask)
        while (frame := self._frame()) is not None:
            told = json.loads(frame)
            if told["type"] == "subscribed":
                self.ready.set_result(None)
            for counts in told.get("availability", ()):
                self._seen.setdefault(counts["held"], []).append(now)

    def _frame(self) -> bytes | None:
        """The next text frame; the server's pings are answered on the way."""
        while len(self._buffer) >= 2:
            length, start = self._buffer[1], 2
            if length == 126:
                length, start = int.from_bytes(self._buffer[2:4], "big"), 4
            if len(self._buffer) < start + length:
                return None
            kind, body = self._buffer[0] & 15, self._buffer[start : start + length]
            self._buffer = self._buffer[start + length :]
            if kind == 1:
                return body
            if kind == 9:
                self.transport.write(bytes([0x8A, 0x80 | length, 0, 0, 0, 0]) + body)
        return None


class Round(msgspec.Struct, frozen=True):
    """What one round has found. Delays are milliseconds from the commit to the frame."""

    kilobytes_each: float
    microseconds_each: float
    """Of the server's processor, for each frame."""
    p50: float
    p95: float
    p99: float
    most: float


class Found(msgspec.Struct, frozen=True):
    """What all rounds have found."""

    at: str
    commit: str | None
    command: str
    machine: dict[str, str | float]
    subscribers: int
    changes: int
    rounds: list[Round]


async def run(url: str, pid: int, token: str, item: str, count: int, changes: int) -> Round:
    """A round on a server that has no subscribers yet."""
    server = psutil.Process(pid)
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    seen: dict[int, list[float]] = {}
    loop = asyncio.get_running_loop()
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers) as http:
        before = server.memory_info().rss
        subscribers: list[Subscriber] = []
        for first in range(0, count, AT_ONCE):
            opened = await asyncio.gather(
                *(
                    loop.create_connection(lambda: Subscriber(parts.netloc, item, seen), host, port)
                    for _ in range(min(AT_ONCE, count - first))
                )
            )
            subscribers += [protocol for _, protocol in opened]
            await asyncio.gather(*(it.ready for it in subscribers[first:]))
        after = server.memory_info().rss
        each = (after - before) / count / 1000
        print(f"{count} subscribers: {each:.1f} kB each", flush=True)
        gc.collect()
        gc.freeze()
        delays: list[float] = []
        used = sum(server.cpu_times()[:2])
        for number in range(1, changes + 1):
            seen.clear()
            body = {"lines": [{"item": item, "quantity": 1}]}
            answer = await http.post("/v1/reservations", json=body)
            done = time.perf_counter()
            assert answer.status_code == 201, answer.text
            deadline = done + PATIENCE
            # Looked at now and then, so that each subscriber costs as little as may be.
            while len(seen.get(number, [])) < count and time.perf_counter() < deadline:  # noqa: ASYNC110  see above
                await asyncio.sleep(0.1)
            await asyncio.sleep(1)
            arrived = seen.get(number, [])
            assert len(arrived) == count, f"{len(arrived)} of {count} have seen change {number}"
            delays += [max(0.0, at - done) * 1000 for at in arrived]
        used = sum(server.cpu_times()[:2]) - used
        used = used / len(delays) * 1e6
        print(f"the server's processor: {used:.0f} µs for each frame")
        quantiles = statistics.quantiles(delays, n=100)
        print(
            f"from commit to frame, {len(delays)} frames: p50 {quantiles[49]:.0f} ms, "
            f"p95 {quantiles[94]:.0f} ms, p99 {quantiles[98]:.0f} ms, most {max(delays):.0f} ms"
        )
        for it in subscribers:
            it.transport.close()
        p50, p95, p99 = quantiles[49], quantiles[94], quantiles[98]
        return Round(each, used, p50, p95, p99, max(delays))


async def prepare(dsn: str) -> str:
    """A database with an organization that shows its catalogue to anybody; an operator's token."""
    database = Database(dsn, engine_connections=1, read_connections=1, pooler=False)
    await database.open()
    async with database.read_across() as connection:
        await migrate(connection)
    directory = Directory(database)
    shop = await directory.ensure_organization("default", "Default", public_catalogue=True)
    user, _ = await directory.put_user(shop.id, "operator@shop.example", Role.OPERATOR)
    await database.close()
    tokens = Tokens(Keyring([SECRET.encode()]))
    session = f"ses_{user.id[4:]}"
    return tokens.access_token(shop.id, user.id, user.email, Role.OPERATOR, session, 3600)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--subscribers", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    # As it begins: the tree may be changed before it ends.
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    version, command = commit(), shlex.join(["python", *sys.orig_argv[1:]])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    rounds = [one(options.subscribers, options.changes) for _ in range(options.rounds)]
    if options.json is not None:
        found = Found(at, version, command, machine(), options.subscribers, options.changes, rounds)
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")


def one(subscribers: int, changes: int) -> Round:
    """A round on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="firmhold-live-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres = EmbeddedServer.attach(folder / "data")
        try:
            token = uvloop.run(prepare(postgres.dsn))
            env = {
                "FIRMHOLD_DATABASE_URL": postgres.dsn,
                "FIRMHOLD_DATA_DIR": str(folder / "keys"),
                "FIRMHOLD_SECRET_KEY": SECRET,
            }
            with serve(env) as service:
                wait_until_ready(service)
                made = httpx.post(
                    f"{service.url}/v1/items",
                    json={"sku": "LIVE", "name": "Live", "capacity": 1_000_000},
                    headers={"authorization": f"Bearer {token}"},
                )
                item = made.raise_for_status().json()["id"]
                return uvloop.run(run(service.url, service.pid, token, item, subscribers, changes))
        finally:
            postgres.detach()


if __name__ == "__main__":
    main()
