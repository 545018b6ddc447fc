"""Owns: putting load on one HTTP/1.1 server and counting what came back.

Runs as a process of its own, ``python -m bench.loadgen spec.json``. It prints an empty line
when the measured window begins, another when it ends, and then one JSON object. It shares the
machine with what it measures, so it is written to cost little: requests are rendered before
the clock starts (all but the idempotency key), answers are framed by Content-Length and
never parsed further.

Two paces. *Closed*: each connection sends the next request when the last is answered; this
finds the highest rate or, with a pause in between, the time a lone customer waits. *Open*:
requests start at a fixed rate whatever the answers do, and latency counts from the intended
start, so a stall is charged to every request that had to wait (no coordinated omission).

Latency is of the requests that were to start inside the window, whenever their answer comes: those
still waiting at its end are sent and waited for. One that is never answered counts with the time
that it was waited for. The rate is of the answers that came inside the window.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
import random
import sys
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

from bench.load_spec import LoadResult, LoadSpec, TargetSpec, latency_of, mark_window

DRAIN_SECONDS = 15.0  # longer than any deadline in the services: late answers still count
RECONNECT_SECONDS = 0.05  # as a browser or a client library would, not in a busy loop
TICK_SECONDS = 0.001  # the finest timer of the event loop; adds at most this to open-loop latency


class Remembered:
    """Values from answers that later requests use, each with the customer who got it."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, bytes]] = deque()


class Target:
    """Renders requests of one kind; keeps nothing per request but the key counter."""

    def __init__(self, spec: TargetSpec, host: str, tokens: list[str], kept: Remembered) -> None:
        self.spec, self.kept = spec, kept
        self.remember = f'"{spec.remember}":"'.encode() if spec.remember else b""
        self._key_prefix = str(uuid.uuid4())[:24].encode()
        self._numbers = itertools.count(1)
        self._host = host
        self._tokens = tokens
        variants = list(spec.values) or [str(n) for n in range(spec.variants)]
        random.shuffle(variants)
        self._customers = itertools.cycle(random.sample(range(len(tokens)), len(tokens)))
        if "{n}" in spec.path or spec.recall:
            self._heads = self._tails = []
            self._variants = itertools.cycle(variants)
        else:
            self._heads = [self._head(spec.path, token) for token in tokens]
            self._tails = [self._tail(spec.body.replace("{n}", n)) for n in variants]
        self._next_tail = itertools.cycle(self._tails)

    def _head(self, path: str, token: str) -> bytes:
        lines = [
            f"{self.spec.method} {path} HTTP/1.1",
            f"Host: {self._host}",
            f"Authorization: Bearer {token}",
            "Content-Type: application/json",
        ]
        lines.append(f"{self.spec.key_header}: " if self.spec.key_header else "X-Bench: ")
        return "\r\n".join(lines).encode()

    def _tail(self, body: str) -> bytes:
        if self.spec.method == "GET":
            return b"\r\n\r\n"
        return f"\r\nContent-Length: {len(body.encode())}\r\n\r\n{body}".encode()

    def request(self, connection: Connection) -> bytes:
        key = self._key_prefix + b"%012x" % next(self._numbers)
        if self._heads:
            customer = connection.customer = next(self._customers)
            return self._heads[customer] + key + next(self._next_tail)
        return self._rendered(connection, key)

    def _rendered(self, connection: Connection, key: bytes) -> bytes:
        """The slow way, for targets whose path or body differs from call to call."""
        customer, value = next(self._customers), b""
        if self.spec.recall:
            customer, value = self.kept.waiting.popleft()
        connection.customer = customer
        n = next(self._variants)
        path = self.spec.path.replace("{n}", n).replace("{id}", value.decode())
        body = self.spec.body.replace("{n}", n).replace("{id}", value.decode())
        return self._head(path, self._tokens[customer]) + key + self._tail(body)

    @property
    def ready(self) -> bool:
        return not self.spec.recall or bool(self.kept.waiting)

    def keep(self, connection: Connection, answer: bytes) -> None:
        start = answer.find(self.remember)
        if start >= 0:
            start += len(self.remember)
            value = answer[start : answer.index(b'"', start)]
            self.kept.waiting.append((connection.customer, value))


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    __slots__ = ("buffer", "busy", "customer", "load", "started", "target", "transport")

    def __init__(self, load: Load) -> None:
        self.load = load
        self.buffer = b""
        self.busy = False
        self.customer = 0
        self.started = 0.0
        self.target = load.targets[0]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self.buffer = data
            return
        at = data.find(b"ontent-length:", 0, end)
        if at < 0:
            at = data.find(b"ontent-Length:", 0, end)
        length = int(data[at + 14 : data.find(b"\r", at)]) if at > 0 else 0
        if len(data) < end + 4 + length:
            self.buffer = data
            return
        self.buffer = b""
        self.busy = False
        if self.target.remember and data.startswith(b"201", 9):
            self.target.keep(self, data)
        self.load.answered(self, data[9:12])

    def connection_lost(self, exc: Exception | None) -> None:
        self.load.lost(self)


class Load:
    """The whole run: connections, window, counts. Subclasses decide when a request starts."""

    def __init__(self, spec: LoadSpec) -> None:
        address = urlsplit(spec.url)
        self.spec = spec
        self.host, self.port = address.hostname or "127.0.0.1", address.port or 80
        kept = Remembered()
        self.targets = [
            Target(each, f"{self.host}:{self.port}", spec.tokens, kept) for each in spec.targets
        ]
        weighted = [
            t for t, s in zip(self.targets, spec.targets, strict=True) for _ in range(s.weight)
        ]
        random.shuffle(weighted)
        self._schedule: Iterator[Target] = itertools.cycle(weighted)
        self.connections: list[Connection] = []
        self.latencies: list[float] = []
        self.statuses: Counter[bytes] = Counter()
        self.before_window: Counter[bytes] = Counter()
        self.in_window: Counter[bytes] = Counter()
        self.timed: Counter[bytes] = Counter()
        self.opens = self.closes = math.inf  # of the window, on the clock of the latencies
        self.running = False
        self.connections_lost = self.unanswered = 0
        self._reconnecting: set[asyncio.Future[None]] = set()

    def send(self, connection: Connection, started: float) -> None:
        target = next(self._schedule)
        if not target.ready:  # nothing to confirm yet: make something to confirm
            target = self.targets[0]
        connection.target = target
        connection.started = started
        connection.busy = True
        connection.transport.write(target.request(connection))

    def answered(self, connection: Connection, status: bytes) -> None:
        now = time.perf_counter()
        self.statuses[status] += 1
        if self.opens <= connection.started < self.closes:
            self.latencies.append(now - connection.started)
            self.timed[status] += 1
        if self.running or self.waiting():
            self.proceed(connection, now)

    def lost(self, connection: Connection) -> None:
        if connection.busy:
            connection.busy = False
            self.give_up(connection.started)
        if self.running:
            self.connections_lost += 1
            self.withdraw(connection)
            self._reconnecting.add(asyncio.ensure_future(self._reconnect(connection)))

    def give_up(self, started: float) -> None:
        """Count a request that has no answer, with the time that it was waited for."""
        self.unanswered += 1
        if self.opens <= started < self.closes:
            self.latencies.append(time.perf_counter() - started)

    async def _reconnect(self, connection: Connection) -> None:
        connection.buffer = b""
        loop = asyncio.get_running_loop()
        while self.running:
            try:
                await loop.create_connection(lambda: connection, self.host, self.port)
            except OSError:
                await asyncio.sleep(RECONNECT_SECONDS)
            else:
                self.proceed(connection, time.perf_counter())
                return

    def withdraw(self, connection: Connection) -> None:
        """Called when an open connection is gone: it can no longer be given a request."""

    def begin(self) -> None:
        raise NotImplementedError

    def waiting(self) -> int:
        """Requests that are due and that no connection has been free for."""
        return 0

    def end(self) -> None:
        """Called when the window closes: whatever was to start in it has to be sent yet."""

    def abandon(self) -> None:
        """Called at the very end: what could not even be sent has waited until now."""

    def proceed(self, connection: Connection, now: float) -> None:
        raise NotImplementedError

    async def run(self) -> LoadResult:
        loop = asyncio.get_running_loop()
        for _ in range(self.spec.connections):
            _, connection = await loop.create_connection(
                lambda: Connection(self), self.host, self.port
            )
            self.connections.append(connection)
        self.running = True
        self.begin()
        await asyncio.sleep(self.spec.warmup)
        self.before_window = self.statuses.copy()
        cpu, self.opens = time.process_time(), time.perf_counter()
        mark_window()
        await asyncio.sleep(self.spec.seconds)
        self.closes = time.perf_counter()
        seconds, cpu = self.closes - self.opens, time.process_time() - cpu
        mark_window()
        self.in_window = self.statuses - self.before_window
        self.running = False
        self.end()
        await self._drain()
        return self._result(seconds, cpu)

    async def _drain(self) -> None:
        deadline = time.perf_counter() + DRAIN_SECONDS
        while self.waiting() or any(connection.busy for connection in self.connections):
            await asyncio.sleep(0.02)
            if time.perf_counter() > deadline:
                break
        for connection in self.connections:
            connection.transport.close()
        await asyncio.sleep(0.01)  # closing reports what was still unanswered
        self.abandon()

    def _result(self, seconds: float, cpu: float) -> LoadResult:
        requests = sum(self.in_window.values())
        return LoadResult(
            requests=requests,
            seconds=round(seconds, 4),
            rate=round(requests / seconds, 2),
            statuses=_named(self.in_window),
            all_statuses=_named(self.statuses),
            timed_statuses=_named(self.timed),
            unanswered=self.unanswered,
            connections_lost=self.connections_lost,
            latency_ms=latency_of(self.latencies),
            cpu_seconds=round(cpu, 4),
            cpu_us_per_request=round(cpu / max(requests, 1) * 1e6, 2),
        )


class ClosedLoop(Load):
    def begin(self) -> None:
        for connection in self.connections:
            self.send(connection, time.perf_counter())

    def proceed(self, connection: Connection, now: float) -> None:
        if self.spec.pause:
            loop = asyncio.get_running_loop()
            loop.call_later(self.spec.pause, self._send_again, connection)
        else:
            self.send(connection, now)

    def _send_again(self, connection: Connection) -> None:
        if self.running:
            self.send(connection, time.perf_counter())


class OpenLoop(Load):
    """Starts are due at i / rate. A due start with no free connection waits in line."""

    def begin(self) -> None:
        self._free = deque(self.connections)
        self._due: deque[float] = deque()
        self._origin = time.perf_counter()
        self._started = 0
        self._tick()

    def _tick(self) -> None:
        if self.running:
            self._start_until(time.perf_counter())
            asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def _start_until(self, now: float) -> None:
        while (due := self._origin + self._started / self.spec.rate) <= now:
            self._started += 1
            self._due.append(due)
        while self._due and self._free:
            self.send(self._free.popleft(), self._due.popleft())

    def waiting(self) -> int:
        return len(self._due)

    def end(self) -> None:
        self._start_until(self.closes)

    def abandon(self) -> None:
        now = time.perf_counter()
        self.latencies += [now - due for due in self._due if due >= self.opens]

    def withdraw(self, connection: Connection) -> None:
        if connection in self._free:
            self._free.remove(connection)

    def proceed(self, connection: Connection, now: float) -> None:
        if self._due:
            self.send(connection, self._due.popleft())
        else:
            self._free.append(connection)


def _named(counts: Counter[bytes]) -> dict[str, int]:
    return {status.decode(): n for status, n in sorted(counts.items()) if n}


def main() -> None:
    spec = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=LoadSpec)
    gc.disable()  # nothing here makes cycles; a collection would count as server latency
    load = OpenLoop(spec) if spec.rate else ClosedLoop(spec)
    result = uvloop.run(load.run())
    sys.stdout.write(msgspec.json.encode(result).decode() + "\n")


if __name__ == "__main__":
    main()
