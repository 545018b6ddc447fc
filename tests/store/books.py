"""A database with a life behind it: every kind of ledger entry that the engine writes, every
status, two organizations. What is expired was aged, not waited for.
"""

from __future__ import annotations

from datetime import datetime

import asyncpg

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    Command,
    Confirm,
    Expire,
    Extend,
    Hold,
    Release,
    SetCapacity,
)
from firmhold.domain.model import Actor
from firmhold.domain.state import Accepted
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Answer, Key
from firmhold.store.database import Database
from tests.store import theatre


def number(prefix: str, n: int) -> str:
    """An id that tests can write down."""
    return f"{prefix}_{n:032x}"


ORGANIZATION, OTHER = number("org", 1), number("org", 2)
MANY, FEW, DRAINING, ELSEWHERE = (number("item", n) for n in (101, 102, 103, 104))
HELD, PARTLY, RELEASED, CANCELLED, EXPIRED, REACQUIRED, TWO_LINES, SHRINKING, STILL, FOREIGN = (
    number("rsv", n) for n in range(1, 11)
)
SYSTEM = Actor("system:test", operator=True)


def render(accepted: Accepted, at: datetime) -> tuple[int, bytes]:
    return 200, b"{}"


async def keep_books(dsn: str, superuser: str) -> None:
    """Fill a migrated database."""
    admin = await asyncpg.connect(superuser)
    database = Database(dsn, engine_connections=2, read_connections=1, pooler=False)
    await database.open()
    engine = Engine(database)
    engine.start()
    try:
        await _stock(admin)
        await theatre.build(admin)
        await _until_expiry(engine)
        await theatre.before_expiry(engine)
        await age(admin, minutes=10)
        await _after_expiry(engine)
        await theatre.after_expiry(engine)
    finally:
        await engine.close()
        await database.close()
        await admin.close()


async def do(engine: Engine, command: Command, organization: str = ORGANIZATION) -> None:
    """Carry out a command, with an idempotency key of its own."""
    key = Key.of(SYSTEM.label, type(command).__name__, repr(command), b"")
    reply = await engine.submit(organization, command, render, key)
    assert isinstance(reply, Answer), reply


async def _stock(admin: asyncpg.Connection) -> None:
    for organization in (ORGANIZATION, OTHER):
        await admin.execute(
            "INSERT INTO organization (id, slug, name) VALUES ($1::uuid, $2, $2)",
            organization[-32:],
            f"organization-{organization[-1]}",
        )
    for organization, item, capacity in (
        (ORGANIZATION, MANY, 40),
        (ORGANIZATION, FEW, 10),
        (ORGANIZATION, DRAINING, 8),
        (ORGANIZATION, theatre.SPARE, 20),
        (ORGANIZATION, theatre.OTHER_SPARE, 20),
        (OTHER, ELSEWHERE, 5),
    ):
        await admin.execute(
            """
            WITH made AS (
                INSERT INTO offering (organization_id, id, kind, capacity, seq)
                VALUES ($1, $2, 'item', $3, 1)
            ), entry AS (
                INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta,
                    held_delta, confirmed_delta, capacity, held, confirmed, at, actor)
                VALUES ($1, $2, 1, 'created', $3, 0, 0, $3, 0, 0, now(), 'system:test')
            )
            INSERT INTO item (organization_id, id, sku, name, created_at, updated_at)
            VALUES ($1, $2, $4, $4, now(), now())
            """,
            organization[-32:],
            item[-32:],
            capacity,
            item,
        )


def _hold(reservation: str, *lines: tuple[str, int], confirm: bool = False) -> Hold:
    asked = tuple(Asked(offering, quantity) for offering, quantity in lines)
    return Hold(reservation, SYSTEM, "ada@example.org", asked, confirm=confirm)


async def _until_expiry(engine: Engine) -> None:
    await do(engine, _hold(EXPIRED, (MANY, 2), (FEW, 1)))
    await do(engine, _hold(REACQUIRED, (MANY, 3)))
    await do(engine, SetCapacity(FEW, SYSTEM, 12, expected=10))
    await do(engine, AdjustCapacity(FEW, SYSTEM, -1, "one broke"))


async def _after_expiry(engine: Engine) -> None:
    await do(engine, _hold(HELD, (MANY, 2), (FEW, 1)))
    for reservation in (EXPIRED, REACQUIRED):
        await engine.submit(ORGANIZATION, Expire(reservation, SYSTEM), render)
    await do(engine, Extend(HELD, SYSTEM, 600))
    await do(engine, _hold(PARTLY, (MANY, 5)))
    await do(engine, Confirm(PARTLY, SYSTEM, (Asked(MANY, 3),)))
    await do(engine, _hold(RELEASED, (FEW, 2)))
    await do(engine, Release(RELEASED, SYSTEM))
    await do(engine, _hold(CANCELLED, (MANY, 4), confirm=True))
    await do(engine, Cancel(CANCELLED, SYSTEM, "changed plans"))
    await do(engine, Confirm(REACQUIRED, SYSTEM, reacquire=True))
    await do(engine, _hold(TWO_LINES, (MANY, 1), (FEW, 2)))
    await do(engine, Confirm(TWO_LINES, SYSTEM, (Asked(FEW, 1),)))
    await do(engine, Cancel(TWO_LINES, SYSTEM))
    await do(engine, _hold(SHRINKING, (DRAINING, 3)))
    await do(engine, _hold(STILL, (DRAINING, 4), confirm=True))
    await do(engine, SetCapacity(DRAINING, SYSTEM, 2, drain=True))
    await do(engine, Confirm(SHRINKING, SYSTEM, (Asked(DRAINING, 1),)))
    await do(engine, _hold(FOREIGN, (ELSEWHERE, 1)), OTHER)


async def age(admin: asyncpg.Connection, minutes: int) -> None:
    """Move all that happened so many minutes back, as if they had gone by."""
    await admin.execute(f"""
        BEGIN;
        SET LOCAL session_replication_role = replica;
        CREATE FUNCTION pg_temp.back(at timestamptz) RETURNS timestamptz LANGUAGE sql
            RETURN at - interval '{minutes} minutes';
        UPDATE reservation SET created_at = pg_temp.back(created_at),
            expires_at = pg_temp.back(expires_at), extend_until = pg_temp.back(extend_until),
            confirmed_at = pg_temp.back(confirmed_at), ended_at = pg_temp.back(ended_at);
        UPDATE reservation_line SET expires_at = pg_temp.back(expires_at);
        UPDATE waitlist_entry SET created_at = pg_temp.back(created_at),
            offered_at = pg_temp.back(offered_at), ended_at = pg_temp.back(ended_at);
        UPDATE slot SET created_at = pg_temp.back(created_at),
            updated_at = pg_temp.back(updated_at);
        UPDATE ledger SET at = pg_temp.back(at),
            hold_expires_at = pg_temp.back(hold_expires_at);
        UPDATE idempotency SET created_at = pg_temp.back(created_at);
        UPDATE item SET created_at = pg_temp.back(created_at),
            updated_at = pg_temp.back(updated_at);
        COMMIT""")
