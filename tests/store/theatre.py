"""The part of the books that is about time and place: slots, what they take from pools, who waits.

One reservation or waitlist entry for every way that its life can take.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

from firmhold.domain.commands import (
    Asked,
    Cancel,
    CheckIn,
    Confirm,
    Expire,
    Hold,
    Join,
    Leave,
    Move,
    Release,
)
from firmhold.domain.model import Actor, Per, Pool, Requirement, Status
from firmhold.domain.publishing import NewSlot, SlotFields, loans_of_slot
from firmhold.engine import publishing
from firmhold.engine.engine import Engine
from firmhold.engine.publishing import Placed
from firmhold.engine.ticket import Answer, Key

SYSTEM = Actor("system:test", operator=True)
ORGANIZATION = f"org_{1:032x}"


def number(prefix: str, n: int) -> str:
    return f"{prefix}_{n:032x}"


SITE = number("site", 301)
SPARE, OTHER_SPARE = number("item", 105), number("item", 106)
THEATRE, KIT = number("pool", 401), number("pool", 402)
OPERATION, NEXT_DOOR, FULL, GIVEN_UP = (number("slot", n) for n in (201, 202, 203, 204))
CAME, ABSENT, MOVED, LEFT_PART, HOLDS_ALL, GONE, TO_AND_FRO, LAST = (
    number("rsv", n) for n in range(21, 29)
)
ACCEPTED, DECLINED, LAPSED, OFFERED, WITHDRAWN, WAITS, RELEASED, CLOSED = (
    number("wait", n) for n in range(501, 509)
)
START = (datetime.now(UTC) + timedelta(days=7)).replace(minute=0, second=0, microsecond=0)
HOUR = timedelta(hours=1)


async def build(admin: asyncpg.Connection) -> None:
    """A site with a theatre and four kits, and slots."""
    await admin.execute(
        "INSERT INTO site (organization_id, id, name, zone, created_at, updated_at) "
        "VALUES ($1, $2, 'Theatre', 'Europe/Berlin', now(), now())",
        ORGANIZATION[-32:],
        SITE[-32:],
    )
    pools = {}
    for id, kind, name, units in ((THEATRE, "room", "Theatre 1", 1), (KIT, "equipment", "Kit", 4)):
        await admin.execute(
            "INSERT INTO pool (organization_id, id, kind, name, units, before_minutes, created_at, "
            "updated_at) VALUES ($1, $2, $3, $4, $5, 15, now(), now())",
            ORGANIZATION[-32:],
            id[-32:],
            kind,
            name,
            units,
        )
        pools[id] = Pool(id, name, units, timedelta(minutes=15), timedelta())
    theatre = Requirement(THEATRE, 1, Per.SLOT)
    kit = Requirement(KIT, 1, Per.RESERVATION)
    placed = [
        Placed(id, NewSlot(SITE, START + HOUR * n, START + HOUR * (n + 2), units, fields))
        for id, n, units, fields in (
            (OPERATION, 0, 4, SlotFields("Operation", requirements=(theatre, kit))),
            (NEXT_DOOR, 1, 4, SlotFields("Next door", requirements=(kit,))),
            (FULL, 5, 2, SlotFields("Full")),
            (GIVEN_UP, 9, 1, SlotFields("Given up", requirements=(theatre,))),
        )
    ]
    loans = [
        loan
        for it in placed
        for loan in loans_of_slot(it.id, *it.slot[:3], it.slot.fields.requirements, pools)
    ]
    now = await admin.fetchval("SELECT clock_timestamp()")
    await publishing.insert(admin, ORGANIZATION, "system:test", now, placed, loans)


async def before_expiry(engine: Engine) -> None:
    """Up to an offer that is not answered."""
    await do(engine, hold(CAME, (OPERATION, 1), confirm=True))
    await check_in(engine, CAME, Status.FULFILLED, keyed=True)
    await do(engine, hold(HOLDS_ALL, (FULL, 2), confirm=True))
    await do(engine, hold(GONE, (GIVEN_UP, 1)))
    for entry in (ACCEPTED, DECLINED, LAPSED, OFFERED, WITHDRAWN, WAITS):
        await do(engine, join(entry, FULL))
    await do(engine, join(RELEASED, GIVEN_UP))
    await do(engine, Leave(WITHDRAWN, SYSTEM))
    await do(engine, Cancel(HOLDS_ALL, SYSTEM, "one less", (Asked(FULL, 1),)))
    await do(engine, Confirm(await offer_of(engine, ACCEPTED), SYSTEM))
    await do(engine, Cancel(HOLDS_ALL, SYSTEM))
    await do(engine, Leave(DECLINED, SYSTEM))


async def after_expiry(engine: Engine) -> None:
    """What has not been answered by then has lapsed."""
    for expired in (await offer_of(engine, LAPSED), GONE):
        await do(engine, Expire(expired, SYSTEM), keyed=False)
    await do(engine, hold(ABSENT, (OPERATION, 1), confirm=True))
    for outcome in (Status.NO_SHOW, Status.FULFILLED, Status.NO_SHOW):
        await check_in(engine, ABSENT, outcome, keyed=False)
    await do(engine, hold(MOVED, (OPERATION, 1)))
    await do(engine, Move(MOVED, SYSTEM, (Asked(NEXT_DOOR, 2),)))
    await do(engine, hold(LEFT_PART, (SPARE, 2), (NEXT_DOOR, 1)))
    await do(engine, Release(LEFT_PART, SYSTEM, (Asked(SPARE, 2),)))
    # Back where it was, by way of somewhere else.
    back = TO_AND_FRO
    await do(engine, hold(back, (SPARE, 5)))
    await do(engine, Release(back, SYSTEM, (Asked(SPARE, 1),)))
    await do(engine, Move(back, SYSTEM, (Asked(OTHER_SPARE, 1),)))
    await do(engine, Move(back, SYSTEM, (Asked(SPARE, 3),)))
    await do(engine, Confirm(back, SYSTEM, (Asked(SPARE, 2),)))
    await do(engine, Move(back, SYSTEM, (Asked(SPARE, 3),)))
    await do(engine, Cancel(back, SYSTEM, None, (Asked(SPARE, 1),)))
    await give_up(engine)


async def give_up(engine: Engine) -> None:
    """Withdraw a slot for which someone waits, and of which nothing is held."""
    await do(engine, Release(await offer_of(engine, RELEASED), SYSTEM))
    await do(engine, hold(LAST, (GIVEN_UP, 1)))
    await do(engine, join(CLOSED, GIVEN_UP))
    async with engine.database.engine_for(ORGANIZATION) as connection:
        await connection.execute("UPDATE offering SET open = false WHERE id = $1", GIVEN_UP[-32:])
    await do(engine, Release(LAST, SYSTEM))
    async with engine.database.engine_for(ORGANIZATION) as connection, connection.transaction():
        now = await connection.fetchval("SELECT clock_timestamp()")
        await publishing.withdraw(
            connection, ORGANIZATION, "system:test", now, [GIVEN_UP], "withdrawn", by_hand=True
        )


def hold(reservation: str, *lines: tuple[str, int], confirm: bool = False) -> Hold:
    asked = tuple(Asked(*line) for line in lines)
    return Hold(reservation, SYSTEM, "ada@example.org", asked, confirm=confirm)


def join(entry: str, offering: str) -> Join:
    return Join(entry, number("rsv", 900 + int(entry[-2:], 16)), SYSTEM, entry, offering, 1)


async def check_in(engine: Engine, reservation: str, outcome: Status, *, keyed: bool) -> None:
    """As if the operation had just begun."""
    move = "UPDATE offering SET starts_at = $2 WHERE id = $1"
    for starts_at, act in ((datetime.now(UTC) - HOUR, True), (START, False)):
        async with engine.database.engine_for(ORGANIZATION) as connection:
            await connection.execute(move, OPERATION[-32:], starts_at)
        if act:
            await do(engine, CheckIn(reservation, SYSTEM, outcome), keyed=keyed)


async def do(engine: Engine, command: object, *, keyed: bool = True) -> None:
    key = Key.of(SYSTEM.label, type(command).__name__, repr(command), b"") if keyed else None
    reply = await engine.submit(
        ORGANIZATION,
        command,  # type: ignore[arg-type]  # one of the commands
        lambda accepted, at: (200, b"{}"),
        key,
    )
    assert isinstance(reply, Answer), reply


async def offer_of(engine: Engine, entry: str) -> str:
    """The reservation by which units are held for an entry."""
    async with engine.database.engine_for(ORGANIZATION) as connection:
        found = await connection.fetchval(
            "SELECT reservation_id FROM waitlist_entry WHERE id = $1", entry[-32:]
        )
    assert found is not None, "no offer has been made"
    return f"rsv_{found.hex}"
