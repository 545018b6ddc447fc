"""PostgreSQL crashes between a COMMIT and its answer, and somebody else is faster afterwards."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from firmhold.engine.ticket import Answer
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate
from tests.databases import connected
from tests.engine.several import clean, raw, rounds
from tests.faults.postgres import until
from tests.faults.proxy import Fault, is_query, proxied
from tests.shop import open_shop


@pytest.fixture
def own_server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL that this test may kill."""
    folder = Path(tempfile.mkdtemp(prefix="firmhold-test-"))
    folder.chmod(0o755)
    server = EmbeddedServer.attach(folder / "data")
    yield server
    server.detach()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("fault", [Fault.SWALLOW, Fault.CUT_AFTER])
async def test_a_commit_that_a_crash_has_undone_is_not_taken_for_another_ones(
    own_server: EmbeddedServer, fault: Fault
) -> None:
    """What a crashed PostgreSQL had not written, transaction numbers included, it uses again. The
    next transaction on the same item then has the very number, and its ledger entry the very
    place, of the one whose fate the first engine has yet to find out."""
    await connected(own_server.dsn, migrate)
    async with (
        proxied(own_server.dsn) as proxy,
        # However long PostgreSQL takes to come back.
        open_shop(proxy.dsn, patience_seconds=60) as far,
        open_shop(own_server.dsn) as near,
    ):
        far.dsn = own_server.dsn
        for _ in range(rounds(3)):
            item = await near.item(100)
            assert isinstance(await far.hold((item, 1)), Answer)
            proxy.once(fault, is_query("COMMIT"))
            unsure = asyncio.create_task(far.hold((item, 1)))
            while proxy.rule is not None:
                await asyncio.sleep(0)
            proxy.refusing = True
            killed = own_server.pid
            os.kill(killed, signal.SIGKILL)
            proxy.cut_all()
            await asyncio.to_thread(until, lambda killed=killed: _is_back(own_server, killed))
            assert isinstance(await near.hold((item, 1)), Answer)
            proxy.refusing = False
            reply = await unsure
            assert isinstance(reply, Answer) and reply.subject is not None, reply
            async with raw(own_server.dsn) as connection:
                there = await connection.fetchval(
                    "SELECT count(*) FROM reservation WHERE id = $1", reply.subject.id[-32:]
                )
            assert there == 1, "it was acknowledged and is not there"
            assert await near.counts(item) == (100, 3, 0)
        await clean(near)


def _is_back(server: EmbeddedServer, killed: int) -> bool:
    try:
        if server.pid == killed:
            return False
        asyncio.run(_ask(server.dsn))
    except (OSError, asyncpg.PostgresError, RuntimeError):
        return False
    return True


async def _ask(dsn: str) -> None:
    async with raw(dsn) as connection:
        await connection.fetchval("SELECT 1")
