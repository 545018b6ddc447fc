"""Several engines on one database, which stand for several processes, and what races need."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg

from firmhold.domain.errors import Refusal
from firmhold.domain.model import Terms
from firmhold.engine.catalogue import Item, ItemFields, NewItem
from firmhold.engine.ticket import Answer, Reply
from tests.databases import looking
from tests.shop import Shop, new_id, open_shop

FACTOR = float(os.environ.get("SOAK_ROUNDS", "1"))
"""Multiplies the rounds of every race: 10 for a long run, 0.1 for a quick look."""


def rounds(number: int) -> int:
    """So many rounds, times `SOAK_ROUNDS`."""
    return max(1, round(number * FACTOR))


@asynccontextmanager
async def several(dsn: str, number: int, **settings: Any) -> AsyncIterator[list[Shop]]:
    """The same shop on engines that know nothing of each other."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_shop(dsn, **settings)) for _ in range(number)]


async def many_items(shop: Shop, number: int, capacity: int, **terms: Any) -> list[str]:
    """The ids of so many new items."""
    fields = ItemFields("An item", None, {}, Terms(**terms))
    ids: list[str] = []

    def render(items: list[Item]) -> tuple[int, bytes]:
        ids.extend(item.id for item in items)
        return 201, b""

    new = [NewItem(new_id("sku"), capacity, fields) for _ in range(number)]
    reply = await shop.services.catalogue.create(shop.organization.id, "test", new, render)
    assert isinstance(reply, Answer), reply
    return ids


@asynccontextmanager
async def raw(dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A session of someone with psql; whatever it has begun is given up at the end."""
    connection = await looking(dsn)
    try:
        yield connection
    finally:
        connection.terminate()


def superuser(dsn: str) -> str:
    """The same database for someone nothing can stop."""
    return dsn.replace("//firmhold@", "//postgres@")


@asynccontextmanager
async def locked(dsn: str, *items: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The items' rows locked by a session of its own, until the end or until that commits."""
    async with raw(dsn) as connection:
        await connection.execute("BEGIN")
        for item in items:
            await connection.fetch("SELECT FROM offering WHERE id = $1 FOR UPDATE", item[-32:])
        yield connection


async def blocked(dsn: str, number: int = 1) -> None:
    """Return when so many sessions of this database wait for a lock."""
    async with raw(dsn) as connection:

        async def waiting() -> bool:
            found = await connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            )
            return bool(found >= number)

        await eventually(waiting)


async def eventually(fact: Callable[[], Awaitable[bool]], seconds: float = 30) -> None:
    """Return when it is so."""
    deadline = time.monotonic() + seconds
    while not await fact():
        assert time.monotonic() < deadline, "it did not become so in time"
        await asyncio.sleep(0.005)


async def turn() -> None:
    """Let everything that can run in this event loop begin."""
    for _ in range(5):
        await asyncio.sleep(0)


def outcomes(replies: Iterable[Reply]) -> dict[str, int]:
    """How often each outcome: `accepted`, `replayed`, or the code of a refusal."""
    counted: dict[str, int] = {}
    for reply in replies:
        name = outcome(reply)
        counted[name] = counted.get(name, 0) + 1
    return counted


def outcome(reply: Reply) -> str:
    if isinstance(reply, Refusal):
        return reply.code.value
    assert isinstance(reply, Answer)
    return "replayed" if reply.replayed else "accepted"


def identity(reply: Reply) -> str:
    """The reservation that an answer is about, whether it is the first or a replay."""
    assert isinstance(reply, Answer), reply
    return reply.body.decode()


async def clean(shop: Shop) -> None:
    """Every invariant holds, as `firmhold verify` recomputes them."""
    report = await shop.verify()
    assert report.findings == []


async def together(*starts: Callable[[], Awaitable[Any]]) -> list[Any]:
    """Run all at once, begun in an order that chance decides, and return what they return in the
    order in which they were given."""
    order = list(range(len(starts)))
    random.shuffle(order)
    results: list[Any] = [None] * len(starts)

    async def run(index: int) -> None:
        results[index] = await starts[index]()

    await asyncio.gather(*(run(index) for index in order))
    return results


async def end_holds(dsn: str, reservations: Sequence[str], milliseconds: Sequence[float]) -> None:
    """Let holds end so many milliseconds from now (or ago): everything that was written about
    them moves in time along with their end."""
    async with raw(superuser(dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            """
            WITH moved AS MATERIALIZED (
                SELECT r.id, r.expires_at - clock_timestamp()
                             - n.ms * interval '1 millisecond' AS by
                FROM unnest($1::uuid[], $2::float8[]) AS n (id, ms)
                JOIN reservation AS r ON r.id = n.id
            ), reservations AS (
                UPDATE reservation AS r SET created_at = r.created_at - by,
                    expires_at = r.expires_at - by, extend_until = r.extend_until - by
                FROM moved WHERE r.id = moved.id
            ), lines AS (
                UPDATE reservation_line AS l SET expires_at = l.expires_at - by
                FROM moved WHERE l.reservation_id = moved.id
            ), answers AS (
                UPDATE idempotency AS i SET created_at = i.created_at - by
                FROM moved WHERE i.subject = moved.id
            )
            UPDATE ledger AS l SET at = at - by, hold_expires_at = hold_expires_at - by
            FROM moved WHERE l.reservation_id = moved.id
            """,
            [id[-32:] for id in reservations],
            [float(ms) for ms in milliseconds],
        )


async def statuses(dsn: str, reservations: Sequence[str]) -> list[str]:
    """The recorded status of each."""
    async with raw(dsn) as connection:
        found = await connection.fetch(
            "SELECT id, status FROM reservation WHERE id = ANY ($1)",
            [id[-32:] for id in reservations],
        )
    status = {row["id"].hex: row["status"] for row in found}
    return [status[id[-32:]] for id in reservations]


async def rows_in_tables(dsn: str) -> dict[str, int]:
    """How many rows each table has."""
    tables = ("reservation", "reservation_line", "ledger", "idempotency")
    async with raw(dsn) as connection:
        return {t: await connection.fetchval(f"SELECT count(*) FROM {t}") for t in tables}
