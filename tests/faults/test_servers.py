"""Server processes that are killed, stopped and starved under load, and customers who keep book."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmhold.store.verify import verify
from tests.databases import connected
from tests.faults.book import Book, audit
from tests.faults.postgres import until
from tests.faults.servers import LATE_SECONDS, Client, Customers, Server, stock
from tests.processes import FIRMHOLD, SECRET_KEY


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """A server of one process."""
    server = Server(folder / "data")
    server.start()
    yield server
    server.end()


@pytest.fixture
def crowd(folder: Path) -> Iterator[Server]:
    """A server of four processes."""
    server = Server(folder / "data", "--workers", "4")
    server.start()
    yield server
    server.end()


async def sound(server: Server, book: Book) -> None:
    """All that was acknowledged is so, and the books balance."""
    assert await audit(server.database.dsn, book) == []
    assert (await connected(server.database.dsn, verify)).findings == []


async def test_an_absent_database_is_told_within_the_deadline(server: Server) -> None:
    token = await server.token()
    await stock(server, token, {"lamp": 10})
    guardian = int(Path(f"/proc/{server.postmaster()}/stat").read_text().split()[3])
    client = Client(server, token)
    body = {"lines": [{"sku": "lamp", "quantity": 1}]}
    assert (await client.call("POST", "/v1/reservations", body, "first"))[0] == 201
    # A guardian that stands still restarts nobody.
    os.kill(guardian, signal.SIGSTOP)
    try:
        server.stop_postgres(signal.SIGQUIT)
        began = time.monotonic()
        others = [Client(server, token) for _ in range(2)]
        answers = await asyncio.gather(
            others[0].call("POST", "/v1/reservations", body, "second"),
            others[1].call("POST", "/v1/reservations", body),
        )
        assert [(status, said["code"]) for status, said in answers] == [(503, "overloaded")] * 2
        # It is away for as long as we like, so that whoever waited for it would not be here yet.
        assert time.monotonic() - began < LATE_SECONDS
        for other in others:
            other.close()
        assert (await client.call("GET", "/healthz"))[0] == 200
        assert (await client.call("GET", "/readyz"))[0] == 503
    finally:
        os.kill(guardian, signal.SIGCONT)
    status, answer = 0, {}
    deadline = time.monotonic() + 30
    while status != 201:
        assert time.monotonic() < deadline, answer
        status, answer = await client.call("POST", "/v1/reservations", body, "second")
        assert status in {201, 503}, answer
        await asyncio.sleep(0.02)
    status, again = await client.call("POST", "/v1/reservations", body, "second")
    assert (status, again["id"]) == (201, answer["id"])
    assert (await client.call("GET", "/readyz"))[0] == 200
    client.close()


@pytest.mark.parametrize("processes", ["server", "crowd"])
async def test_it_stops_within_five_seconds_and_leaves_nothing_behind(
    request: pytest.FixtureRequest, processes: str
) -> None:
    """Also with connections that are kept open, idle and busy."""
    server: Server = request.getfixturevalue(processes)
    token = await server.token()
    await stock(server, token, {"lamp": 1_000})
    idle = [Client(server, token) for _ in range(20)]
    for client in idle:
        assert (await client.call("GET", "/healthz"))[0] == 200
    silent = [await asyncio.open_connection(server.host, server.port) for _ in range(5)]
    half = await asyncio.open_connection(server.host, server.port)
    half[1].write(b"POST /v1/reservations HTTP/1.1\r\ncontent-le")
    below = server.children()
    postgres = server.postmaster()
    took = await asyncio.to_thread(server.stop)
    assert took < 5
    assert server.process is not None and server.process.returncode == 0
    assert server.postmaster() == 0 and not Path(f"/proc/{postgres}").exists()
    assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]
    for client in idle:
        client.close()
    for _, writer in (*silent, half):
        writer.transport.abort()


async def test_a_stop_while_the_database_is_away_answers_those_who_wait(server: Server) -> None:
    """They hear `overloaded`, which says to repeat, and not that something broke."""
    token = await server.token()
    await stock(server, token, {"lamp": 10})
    guardian = int(Path(f"/proc/{server.postmaster()}/stat").read_text().split()[3])
    clients = [Client(server, token) for _ in range(5)]
    body = {"lines": [{"sku": "lamp", "quantity": 1}]}
    for client in clients:
        assert (await client.call("POST", "/v1/reservations", body))[0] == 201
    os.kill(guardian, signal.SIGSTOP)
    try:
        server.stop_postgres(signal.SIGQUIT)
        waiting = [
            asyncio.create_task(client.call("POST", "/v1/reservations", body, f"key-{n}"))
            for n, client in enumerate(clients)
        ]
        await asyncio.sleep(0.2)  # so that they have arrived; proves nothing
        assert server.process is not None and not any(task.done() for task in waiting)
        server.process.terminate()
        answers = await asyncio.gather(*waiting)
    finally:
        os.kill(guardian, signal.SIGCONT)
        for client in clients:
            client.close()
    assert [(status, answer["code"]) for status, answer in answers] == [(503, "overloaded")] * 5


async def test_a_stop_under_load_breaks_no_promise(server: Server) -> None:
    token = await server.token()
    book = Book()
    await stock(server, token, {"lamp": 500, "chair": 500})
    customers = Customers(server, token, ["lamp", "chair"], book)
    customers.begin(16)
    while book.acknowledged < 200:
        customers.check()
        await asyncio.sleep(0.005)
    assert await asyncio.to_thread(server.stop) < 5
    await asyncio.to_thread(server.start)
    await customers.finish()
    await sound(server, book)


async def test_customers_whom_nobody_answers_do_not_ask_for_ever(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.faults.actor.FINISH_SECONDS", 0.1)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        server = Server(folder / "data")
        server.host, server.port = nobody.getsockname()
        customers = Customers(server, "", ["lamp", "chair"], Book())
        customers.begin(2)
        await asyncio.sleep(0)  # so that they have begun
        with pytest.raises(AssertionError, match="no answer any more"):
            await customers.finish()


def test_what_killed_processes_counted_is_cleared_away_by_the_next_start(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    server = Server(folder / "data", "--workers", "2")
    server.start()
    try:
        (left,) = temporary.glob("firmhold-metrics-*")
        workers = server.children()
        assert len(workers) == 2
        # It is in use as long as one of them lives, whoever dies first.
        for pid in workers:
            assert any(map((left / "in-use").samefile, Path(f"/proc/{pid}/fd").iterdir()))
        server.kill()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
        assert left.exists()
        server.start()
        (new,) = temporary.glob("firmhold-metrics-*")
        assert new != left
        server.stop()
        assert list(temporary.glob("firmhold-metrics-*")) == []
    finally:
        server.end()


async def test_a_token_can_be_made_beside_a_running_server(server: Server) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("FIRMHOLD_")}

    def firmhold(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*FIRMHOLD, *arguments, "--data-dir", str(server.data_dir)],
            env={**env, "FIRMHOLD_SECRET_KEY": SECRET_KEY, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    postgres = server.postmaster()
    made = await asyncio.to_thread(
        firmhold, "user", "create", "--email", "ada@example.org", "--role", "operator"
    )
    assert made.returncode == 0, made.stderr
    said = await asyncio.to_thread(firmhold, "user", "token", "--email", "ada@example.org")
    assert said.returncode == 0, said.stderr
    token = said.stdout.strip()
    assert token and "\n" not in token
    await stock(server, token, {"lamp": 1})
    client = Client(server, token)
    body = {"lines": [{"sku": "lamp", "quantity": 1}]}
    assert (await client.call("POST", "/v1/reservations", body))[0] == 201
    client.close()
    assert server.postmaster() == postgres


async def test_of_10_000_requests_to_four_processes_100_get_the_100_units(crowd: Server) -> None:
    token = await crowd.token()
    await stock(crowd, token, {"lamp": 100})
    body = {"lines": [{"sku": "lamp", "quantity": 1}]}
    answers: Counter[tuple[int, str]] = Counter()
    book = Book()
    numbers = iter(range(10_000))

    async def customer() -> None:
        client = Client(crowd, token)
        for number in numbers:
            status, answer = await client.call("POST", "/v1/reservations", body, f"k{number}")
            answers[status, answer.get("code", "")] += 1
            if status == 201:
                book.note(answer)
        client.close()

    await asyncio.gather(*(customer() for _ in range(64)))
    assert answers == {(201, ""): 100, (409, "insufficient_capacity"): 9_900}
    assert len(book.status) == 100
    await sound(crowd, book)
