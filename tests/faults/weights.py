"""What a running server weighs: the memory of its processes, and the sizes of its tables.

Memory is what belongs to a process alone. What the processes of PostgreSQL share is as large as the
settings say from the first moment on, and is only touched bit by bit: that would look like growth.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import psutil

from tests.databases import Address, connected
from tests.faults.servers import Server

TABLES = ("offering", "reservation", "reservation_line", "ledger", "idempotency")

PASSING = ("autovacuum worker", "parallel worker")
"""Processes of PostgreSQL that take much for a moment, and give all of it back by ending."""

SIZES = """
SELECT c.relname AS name, pg_relation_size(c.oid) AS heap, pg_indexes_size(c.oid) AS indexes,
       s.n_live_tup AS live, s.n_dead_tup AS dead, s.n_tup_del AS deleted
FROM pg_class AS c JOIN pg_stat_user_tables AS s ON s.relid = c.oid
WHERE c.relname = ANY ($1) AND c.relkind = 'r'
"""

OLDEST_ANSWER = """
SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8
FROM idempotency
"""


def memory(server: Server) -> dict[str, float]:
    """MB by process. A name has the process id, so that whoever takes another's place is not taken
    for it; those of PostgreSQL, which come and go with its connections, are weighed together."""
    assert server.process is not None
    postmaster = server.postmaster()
    groups = {f"server process {pid}": [pid] for pid in server.processes()}
    groups[f"supervisor {server.process.pid}"] = [server.process.pid]
    if postmaster:
        groups[f"guardian {server.node.guardian()}"] = [server.node.guardian()]
        groups[f"PostgreSQL {postmaster}"] = server.node.processes()
    weights = {name: _own_mb(pids) for name, pids in groups.items()}
    return {name: weight for name, weight in weights.items() if weight is not None}


def _own_mb(pids: Iterable[int]) -> float | None:
    """What they have for themselves; None if they have ended, which one that has only just begun
    and has next to nothing has not."""
    total = None
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            if not is_passing(" ".join(process.cmdline())):
                known = process.memory_info()
                total = (total or 0) + known.rss - known.shared
    return None if total is None else round(total / 1e6, 1)


def is_passing(title: str) -> bool:
    """Whether a process of this title is none that could grow."""
    return any(kind in title for kind in PASSING)


async def sizes(address: Address) -> dict[str, dict[str, int]]:
    """By table: bytes of heap and indexes; rows that live, are dead, and were ever deleted."""
    rows = await connected(address.superuser, lambda it: it.fetch(SIZES, TABLES))
    return {row["name"]: {key: it for key, it in row.items() if key != "name"} for row in rows}


async def oldest_answer(address: Address) -> float:
    """Seconds since the oldest stored answer was given."""
    found: Any = await connected(address.superuser, lambda it: it.fetchval(OLDEST_ANSWER))
    return float(found)
