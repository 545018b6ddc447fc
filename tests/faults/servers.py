"""A server on its embedded PostgreSQL that is killed and comes back, and the customers who keep
book about what it acknowledged.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from firmhold.identity.roles import Role
from firmhold.limits.policy import WIDE
from tests.databases import Address
from tests.faults.actor import Actor
from tests.faults.book import Book
from tests.faults.postgres import Node, until
from tests.processes import FIRMHOLD, READY, SECRET_KEY, make_token

START_SECONDS = 90.0  # a second or two on an idle machine
KEPT = 60  # reservations left alive: some survive many faults, and units remain for new ones
ANSWER_SECONDS = 20.0  # the engine's patience is 5; far beyond it, a request hangs
IMPATIENT_SECONDS = 3.0  # when silence is what is being tried
LATE_SECONDS = 10.0  # the engine's patience, and as much again for a crowded machine
TOKEN_SECONDS = 86_400 * 7  # longer than any run, on nodes whose clocks are hours off


class Server:
    """`firmhold serve` on a data directory; may be killed and started again."""

    def __init__(
        self,
        data_dir: Path,
        *options: str,
        port: int = 0,
        url: str | None = None,
        command: tuple[str, ...] = FIRMHOLD,
    ) -> None:
        """`url` is that of a database elsewhere; `command` is what `serve` is told to."""
        self.data_dir = data_dir
        self.node = Node(data_dir)
        """Its embedded PostgreSQL, if it has one."""
        self.address: Address | None = None
        """How others reach its database, if that is elsewhere."""
        self.env: dict[str, str] = {}
        """What the next start finds in its environment besides the usual."""
        self.command = command
        self._options = options
        self._port = port
        self._url = url
        self.process: subprocess.Popen[str] | None = None
        self.host, self.port = "", 0

    def start(self) -> None:
        env = {k: v for k, v in os.environ.items() if not k.startswith("FIRMHOLD_")}
        env |= {"FIRMHOLD_SECRET_KEY": SECRET_KEY, "FIRMHOLD_LIMITS": WIDE, "NO_COLOR": "1"}
        if self._url is not None:
            env["FIRMHOLD_DATABASE_URL"] = self._url
        with (self.data_dir.parent / "server.log").open("ab") as log:
            command = [*self.command, "serve", "--port", str(self._port)]
            self.process = subprocess.Popen(
                [*command, "--data-dir", str(self.data_dir), *self._options],
                env={**env, **self.env},
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        assert self.process.stdout is not None
        timer = threading.Timer(START_SECONDS, self.process.kill)
        timer.start()
        try:
            for line in self.process.stdout:
                if line.startswith(READY):
                    url = urlsplit(line.removeprefix(READY).strip())
                    self.host, self.port = url.hostname or "", url.port or 0
                    return
        finally:
            timer.cancel()
        raise RuntimeError(f"firmhold serve ended with {self.process.wait()} before it was ready")

    def kill(self, *, whole: bool = False) -> None:
        """SIGKILL of the process that was started, or of the `whole` server; nothing is told to it
        or by it."""
        assert self.process is not None and self.process.stdout is not None
        below = self.children() if whole else []
        self.process.kill()
        for pid in below:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self) -> float:
        """SIGTERM; the seconds until the process has ended."""
        assert self.process is not None and self.process.stdout is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.process.stdout.close()
        return time.monotonic() - began

    def end(self) -> None:
        """Whatever state it is in; returns when its PostgreSQL has gone too."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        until(self.node.is_over)

    @property
    def database(self) -> Address:
        return self.address or self.node.address

    def postmaster(self) -> int:
        """Process id of PostgreSQL, 0 while there is none."""
        return self.node.postmaster()

    def stop_postgres(self, number: signal.Signals) -> None:
        """End PostgreSQL at once: SIGQUIT is its immediate stop, SIGKILL not even that."""
        self.node.stop(number)

    def children(self) -> list[int]:
        """The server processes below the one that was started."""
        assert self.process is not None
        text = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in text.split() if b"work()" in _command_line(pid)]

    def processes(self) -> list[int]:
        """Those that serve: the ones below, or the one that was started if it serves itself."""
        assert self.process is not None
        return self.children() or [self.process.pid]

    async def token(self, role: Role = Role.OPERATOR) -> str:
        return await make_token(self.database, role, seconds=TOKEN_SECONDS)


def _command_line(pid: str) -> bytes:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


class Client:
    """One keep-alive connection, opened anew whenever it is lost."""

    def __init__(self, server: Server, token: str) -> None:
        self._server = server
        self._token = token
        self.patience = ANSWER_SECONDS
        self.heard_at = 0.0
        """By the monotonic clock, when the connection was last known to lead anywhere."""
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(
        self, method: str, path: str, body: Any = None, key: str | None = None
    ) -> tuple[int, Any]:
        """Status and body. Raises `OSError` or `IncompleteReadError` if no answer came, and
        `TimeoutError` if none came for far too long."""
        content = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: firmhold\r\nauthorization: Bearer {self._token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(content)}\r\n"
        )
        if key is not None:
            head += f"idempotency-key: {key}\r\n"
        try:
            async with asyncio.timeout(self.patience):
                return await self._exchange(head.encode() + b"\r\n" + content)
        except BaseException:
            self.close()
            raise

    async def _exchange(self, request: bytes) -> tuple[int, Any]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._server.host, self._server.port)
            self.heard_at = time.monotonic()
        reader, writer = self._streams
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        self.heard_at = time.monotonic()
        if headers.get("connection") == "close":
            self.close()
        assert not content or "json" in headers["content-type"], (head, content)
        return int(head[0].split(" ")[1]), json.loads(content) if content else None

    @property
    def is_open(self) -> bool:
        return self._streams is not None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


NO_ANSWER = (OSError, asyncio.IncompleteReadError)


class Customers(Actor):
    """People who hold, confirm, release and cancel, and repeat what was not answered."""

    def __init__(
        self, server: Server, token: str, skus: list[str], book: Book, *, kept: int = KEPT
    ) -> None:
        super().__init__()
        self._server = server
        self._token = token
        self._skus = skus
        self._kept = kept
        self.book = book
        self.impatient = False
        """Whether what goes on may swallow requests: then they are soon repeated."""
        self.forgiven_until = 0.0
        """Who began to wait before this moment has not been left alone by the server."""
        self._run = 0
        self._left: list[str] = []
        """Reservations that are held or confirmed, and nobody is busy with."""

    def begin(self, number: int) -> None:
        self._run = random.getrandbits(40)  # nobody's keys come twice
        super().begin(number)

    async def work(self, number: int) -> None:
        client = Client(self._server, self._token)
        turn = 0
        while not self.stopping:
            turn += 1
            key = f"{self._run}-{number}-{turn}"
            lines = [
                {"sku": sku, "quantity": random.randint(1, 2)}
                for sku in random.sample(self._skus, random.choice([1, 1, 1, 2]))
            ]
            status, body = await self.insist(client, "/v1/reservations", {"lines": lines}, key)
            if status != 201:
                assert (status, body["code"]) == (409, "insufficient_capacity"), (status, body)
                self.book.answers["refused"] += 1
                continue
            self.acknowledge("hold", body, key)
            if random.random() < 0.1:
                again = await self.insist(client, "/v1/reservations", {"lines": lines}, key)
                self.compare(key, again[1].get("id"))
                self.book.answers["repeated"] += 1
            await self._settle(client, body["id"], key)
            if len(self._left) > self._kept:
                # Else the shop would be sold out for good.
                left = self._left.pop(random.randrange(self._kept))
                await self._do(client, left, "cancel", f"{key}-late")
        client.close()

    async def _settle(self, client: Client, id: str, key: str) -> None:
        """Let a hold come to one of its ends, or leave it as it is."""
        verbs = random.choice([[], ["confirm"], ["release"], ["cancel"], ["confirm", "cancel"]])
        for verb in verbs:
            await self._do(client, id, verb, f"{key}-{verb}")
        if verbs in ([], ["confirm"]):
            self._left.append(id)

    async def _do(self, client: Client, id: str, verb: str, key: str) -> None:
        status, body = await self.insist(client, f"/v1/reservations/{id}/{verb}", {}, key)
        if status == 200:
            self.acknowledge(verb, body)
        else:
            self.book.lost.append(f"{verb} of {id} was answered {status} {body}")

    def acknowledge(self, verb: str, body: Any, key: str | None = None) -> None:
        """Enter into the book what was answered; for a hold, under which key."""
        self.book.answers[f"done {verb}"] += 1
        self.book.note(body)
        if key is not None:
            self.compare(key, body["id"])

    def compare(self, key: str, id: str) -> None:
        """Note it if the key has been answered with something else before."""
        known = self.book.keys.setdefault(key, id)
        if known != id:
            self.book.lost.append(f"key {key} was answered with {known}, then with {id}")

    async def insist(
        self, client: Client, path: str, body: Any, key: str | None, method: str = "POST"
    ) -> tuple[int, Any]:
        """Repeat under the same key until there is an answer that is one."""
        while True:
            began = time.monotonic()
            # How soon is promised of commands; who looks may come upon a connection that is dead.
            looks = method == "GET"
            # A connection that has been idle since may have been silenced without a word.
            doubtful = client.is_open and client.heard_at < self.forgiven_until
            client.patience = IMPATIENT_SECONDS if self.impatient or doubtful else ANSWER_SECONDS
            try:
                status, answer = await client.call(method, path, body, key)
            except TimeoutError:
                if self.impatient or doubtful or began < self.forgiven_until:
                    self.book.answers["no answer"] += 1
                    continue
                self.book.lost.append(f"{method} {path} was not answered for {ANSWER_SECONDS} s")
                raise
            except ConnectionRefusedError:
                self.book.answers["no server"] += 1
                await asyncio.sleep(0.02)
                continue
            except NO_ANSWER:
                self.book.answers["no answer"] += 1
                await asyncio.sleep(0.02)
                continue
            if not looks:
                self.book.longest = max(self.book.longest, time.monotonic() - began)
            if status == 503:
                assert answer["code"] == "overloaded", answer
                self.book.answers["overloaded"] += 1
                await asyncio.sleep(0.02)
                continue
            if answer is not None and answer.get("code") == "idempotency_key_in_progress":
                continue
            assert status < 500, (status, answer)
            return status, answer


async def stock(server: Server, token: str, capacities: dict[str, int]) -> None:
    """Put items on sale. Holds on them last longer than any run."""
    client = Client(server, token)
    items = [
        {"sku": sku, "name": sku, "capacity": units, "hold_ttl_seconds": 86_400}
        for sku, units in capacities.items()
    ]
    status, body = await client.call("POST", "/v1/items/bulk", {"items": items})
    assert status == 201, body
    client.close()
