"""A PostgreSQL and its synchronous standby, which change places.

Both are embedded ones of the project, so nothing is needed that it does not install itself. The
standby is made by pg_basebackup, which comes with the server's programs. As long as both stand,
nothing is acknowledged that the standby has not written to its disk.
"""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg

from firmhold.store import account, cluster
from firmhold.store.binaries import PostgresUnavailable, find_binaries
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.guardian import CLUSTER
from tests.databases import Address, connected
from tests.engine.several import eventually
from tests.faults.postgres import Node, until


def why_impossible() -> str | None:
    """What a pair needs and is not there."""
    try:
        found = find_binaries()
    except PostgresUnavailable as error:
        return str(error)
    if not Path(found.program("pg_basebackup")).exists():
        return f"{found.bin} has no pg_basebackup"
    return None


class Pair:
    """Two nodes. One is the primary."""

    def __init__(self, folder: Path) -> None:
        self.primary, self.standby = Node(folder / "left"), Node(folder / "right")
        folders = ",".join(quote(node.sockets, safe="") for node in (self.primary, self.standby))
        self.url = (
            f"postgresql://firmhold@/firmhold?host={folders}&port=5432,5432"
            "&target_session_attrs=read-write"
        )
        """Leads to whichever of them is the primary, as asyncpg finds it."""
        self.address = Address(self.url, self.url.replace("//firmhold@", "//postgres@"))
        self._attached: dict[Path, EmbeddedServer] = {}

    async def open(self) -> None:
        self._attach(self.primary)
        await self._join()

    def close(self) -> None:
        for server in self._attached.values():
            server.detach()
        self._attached = {}
        until(lambda: self.primary.is_over() and self.standby.is_over())

    async def fail_over(self) -> None:
        """Kill the primary, and let the standby take its place."""
        self.primary.kill_for_good()
        self._attached.pop(self.primary.data_dir).detach()
        self.primary, self.standby = self.standby, self.primary
        # Alone, it would else wait for a standby before it acknowledges anything.
        await self._run("ALTER SYSTEM SET synchronous_standby_names = ''")
        await self._run("SELECT pg_reload_conf()")
        assert await self._ask("SELECT pg_promote(true, 60)"), "it does not take over"

    async def rebuild(self) -> None:
        """Let the one that was killed follow the other."""
        shutil.rmtree(self.standby.data_dir / CLUSTER)
        await self._join()

    async def _join(self) -> None:
        """Make the standby from the primary, and wait until nothing is acknowledged without it."""
        await asyncio.to_thread(self._copy)
        self._attach(self.standby)
        await self._run("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await self._run("SELECT pg_reload_conf()")

        async def follows() -> bool:
            return bool(
                await self._ask(
                    "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
                )
            )

        await eventually(follows, 60)
        # What was acknowledged before is there as well.
        written = await self._ask("SELECT pg_current_wal_lsn()::text")

        async def has_it() -> bool:
            return bool(
                await self._ask(
                    f"SELECT count(*) FROM pg_stat_replication WHERE flush_lsn >= '{written}'"
                )
            )

        await eventually(has_it, 60)

    def _copy(self) -> None:
        data_dir = account.open_data_dir(self.standby.data_dir)
        runner = account.choose_account(data_dir)
        runner.make_private(data_dir / CLUSTER)
        binaries = cluster.ready_cluster(self.primary.data_dir, runner)
        done = runner.run(
            [
                binaries.program("pg_basebackup"),
                *("-d", f"host={self.primary.sockets} port=5432 user=postgres"),
                *("-D", str(data_dir / CLUSTER)),
                # Writes how to follow the primary into the copy's settings.
                "--write-recovery-conf",
                *("--checkpoint", "fast", "--wal-method", "stream", "--no-sync"),
            ]
        )
        assert done.returncode == 0, done.stdout

    def _attach(self, node: Node) -> None:
        self._attached[node.data_dir] = EmbeddedServer.attach(node.data_dir)

    async def _run(self, sql: str) -> None:
        await connected(self.primary.address.superuser, lambda it: it.execute(sql))

    async def _ask(self, sql: str) -> Any:
        async def ask(connection: asyncpg.Connection[Any]) -> Any:
            return await connection.fetchval(sql)

        return await connected(self.primary.address.superuser, ask)
