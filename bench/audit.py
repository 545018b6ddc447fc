"""What sealing costs: entries per second, bytes per entry, and processor time.

    python -m bench.audit [--history 1000000] [--rate 6000] [--seconds 20]

Fills a ledger as the engine does, a hundred entries per transaction, of one hot item and of many,
seals it at once, and then goes on at the rate given, one round a second, as beside a sale.
Processor time is that of the sealer's process and of its PostgreSQL connection, which does nothing
else.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from firmhold.audit.note import load_signer
from firmhold.audit.sealer import Sealer
from firmhold.audit.verify import verify
from firmhold.identity.directory import Directory
from firmhold.store.connections import ACROSS, SETTING
from firmhold.store.database import Database
from firmhold.store.embedded import EmbeddedServer
from firmhold.store.migrate import migrate

BATCH = 100
"""Entries of one transaction."""

OFFERINGS = 1000
"""Every second transaction is of one hot item, the others of all."""

OFFER = """
INSERT INTO offering (organization_id, id, kind, capacity, seq)
SELECT $1, gen_random_uuid(), 'item', 1000000000, 1 FROM generate_series(1, $2)
RETURNING id
"""
WRITE = """
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
    held_delta, confirmed_delta, capacity, held, confirmed, at, actor, hold_expires_at)
SELECT $1, e.id, e.seq, 'held', gen_random_uuid(), 0, 1, 0, 1000000000, 1, 0, clock_timestamp(),
       'user:usr_' || replace(gen_random_uuid()::text, '-', ''), clock_timestamp()
FROM unnest($2::uuid[], $3::bigint[]) AS e (id, seq)
"""
BYTES = """
SELECT sum(pg_total_relation_size(c))::bigint FROM unnest(
    '{audit_span,audit_tile,audit_checkpoint}'::regclass[]) AS c
"""


class Ledger:
    """Writes entries."""

    def __init__(self, connection: asyncpg.Connection[Any], organization: str) -> None:
        self._connection, self._organization = connection, organization[-32:]
        self._batches = 0
        self._seq: dict[Any, int] = {}

    async def open(self) -> None:
        rows = await self._connection.fetch(OFFER, self._organization, OFFERINGS)
        self._ids = [row["id"] for row in rows]

    async def write(self, entries: int) -> None:
        for _ in range(entries // BATCH):
            self._batches += 1
            ids = [self._ids[0]] * BATCH
            if self._batches % 2:
                first = self._batches * BATCH
                ids = [self._ids[(first + n) % OFFERINGS] for n in range(BATCH)]
            numbers = []
            for id in ids:
                self._seq[id] = self._seq.get(id, 0) + 1
                numbers.append(self._seq[id])
            await self._connection.execute(WRITE, self._organization, ids, numbers)


async def _connection_of(database: Database) -> psutil.Process:
    async with database.read_shared() as connection:
        return psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def measure(dsn: str, folder: Path, given: argparse.Namespace) -> None:
    """Fill, seal, go on, and print what it took."""
    database = Database(dsn, engine_connections=1, read_connections=1, pooler=False)
    await database.open()
    connection = await asyncpg.connect(dsn, server_settings={SETTING: ACROSS})
    await migrate(connection)
    organization = (await Directory(database).ensure_organization("bench", "Bench")).id
    ledger = Ledger(connection, organization)
    await ledger.open()
    await ledger.write(given.history)
    signer = load_signer(None, folder, make=True)
    sealer = Sealer(database, signer)
    backend = await _connection_of(database)

    before, ours, theirs = time.monotonic(), time.process_time(), _used(backend)
    while await sealer.run_once() == 0.0:
        pass
    seconds = time.monotonic() - before
    used = time.process_time() - ours, _used(backend) - theirs
    print(
        f"sealed at once: {sealer.sealed:,} entries in {seconds:.1f} s, "
        f"{sealer.sealed / seconds:,.0f}/s; processor time {used[0]:.1f} s + {used[1]:.1f} s"
    )
    print(f"bytes per entry: {await connection.fetchval(BYTES) / sealer.sealed:.1f}")

    shares, sealed = [0.0, 0.0], sealer.sealed
    for _ in range(given.seconds):
        await ledger.write(given.rate)
        ours, theirs = time.process_time(), _used(backend)
        while await sealer.run_once() == 0.0:
            pass
        shares[0] += time.process_time() - ours
        shares[1] += _used(backend) - theirs
    count = sealer.sealed - sealed
    print(
        f"beside {given.rate:,} entries/s: {count:,} sealed; of one processor "
        f"{shares[0] / given.seconds:.1%} here and {shares[1] / given.seconds:.1%} in PostgreSQL"
    )

    before = time.monotonic()
    report = await verify(connection, [signer.public])
    seconds = time.monotonic() - before
    assert report.ok, report
    entries = report.logs[0].entries
    print(f"verified: {entries:,} entries in {seconds:.1f} s, {entries / seconds:,.0f}/s")
    await connection.close()
    await database.close()


def main() -> None:
    """Measure on a PostgreSQL of its own."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--history", type=int, default=1_000_000)
    parser.add_argument("--rate", type=int, default=6_000)
    parser.add_argument("--seconds", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # run by root, PostgreSQL has an account of its own
        server = EmbeddedServer.attach(folder / "data")
        try:
            asyncio.run(measure(server.dsn, folder, given))
        finally:
            server.detach()


if __name__ == "__main__":
    main()
