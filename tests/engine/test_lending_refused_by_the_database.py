"""The database refuses by itself to lend a unit twice: with raw SQL, past every rule and every lock
of the code, at every isolation level, by two sessions at once."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from firmhold.domain.commands import Confirm
from firmhold.domain.model import Per, Requirement
from tests.engine.clinic import DAY, HOUR, MINUTE, NINE, Clinic, contents
from tests.engine.several import blocked, clean, raw, rounds
from tests.shop import OPERATOR, Shop

LEVELS = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]
LENT_TWICE = (asyncpg.ExclusionViolationError, asyncpg.IntegrityConstraintViolationError)
TOO_LATE = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)

LEND = """
    INSERT INTO loan (organization_id, pool_id, slot_id, units, during, exclusive)
    SELECT r.organization_id, r.pool_id, r.slot_id, $3, tstzrange(o.starts_at, o.ends_at),
           p.exclusive
    FROM requirement AS r
    JOIN pool AS p ON p.organization_id = r.organization_id AND p.id = r.pool_id
    JOIN offering AS o ON o.organization_id = r.organization_id AND o.id = r.slot_id
    WHERE r.slot_id = $1 AND r.pool_id = $2
"""


@pytest.fixture
async def clinic(shop: Shop) -> Clinic:
    return await Clinic(shop).open()


async def contenders(clinic: Clinic, pool: str, number: int = 2) -> list[str]:
    """Slots that overlap, and say that they take the pool without having done so."""
    ids = await clinic.published(*(clinic.new(NINE + n * 10 * MINUTE, HOUR) for n in range(number)))
    async with raw(clinic.shop.dsn) as connection:
        for id in ids:
            await connection.execute(
                "INSERT INTO requirement VALUES ($1, $2, $3, 1, 'slot')",
                clinic.organization[-32:],
                id[-32:],
                pool[-32:],
            )
    return ids


async def lend(connection: Any, slot: str, pool: str, units: int = 1) -> None:
    await connection.execute(LEND, slot[-32:], pool[-32:], units)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", ["a room", "the last ventilator"])
async def test_two_sessions_at_once_lend_a_unit_once(clinic: Clinic, level: str, kind: str) -> None:
    """The second waits for the first; if that commits, it is refused, and if not, it goes ahead."""
    pool = await (clinic.room() if kind == "a room" else clinic.pool(1))
    for first_commits in (True, False):
        one, other = await contenders(clinic, pool)
        async with raw(clinic.shop.dsn) as first, raw(clinic.shop.dsn) as second:
            for session in (first, second):
                await session.execute(f"BEGIN ISOLATION LEVEL {level}")
                # Both know the world as it was before either lent anything.
                assert await session.fetchval("SELECT count(*) FROM loan") == 0
            await lend(first, one, pool)
            late = asyncio.create_task(lend(second, other, pool))
            await blocked(clinic.shop.dsn)
            assert not late.done()
            await first.execute("COMMIT" if first_commits else "ROLLBACK")
            if first_commits:
                with pytest.raises((*LENT_TWICE, *TOO_LATE)):
                    await late
                await second.execute("ROLLBACK")
            else:
                await late
                await second.execute("COMMIT")
        assert await clinic.shop.fetchval("SELECT count(*) FROM loan") == 1
        await clinic.shop.fetch("DELETE FROM loan")


@pytest.mark.parametrize("level", LEVELS)
async def test_a_session_that_began_before_does_not_lend_what_it_does_not_see(
    clinic: Clinic, level: str
) -> None:
    for pool in (await clinic.room(), await clinic.pool(2)):
        one, other, third = await contenders(clinic, pool, 3)
        async with raw(clinic.shop.dsn) as early, raw(clinic.shop.dsn) as session:
            await early.execute(f"BEGIN ISOLATION LEVEL {level}")
            assert await early.fetchval("SELECT count(*) FROM loan") == 0
            await lend(session, one, pool)
            if await session.fetchval("SELECT units FROM pool WHERE id = $1", pool[-32:]) == 2:
                await lend(session, third, pool)
            with pytest.raises((*LENT_TWICE, *TOO_LATE)):
                await lend(early, other, pool)
        await clinic.shop.fetch("DELETE FROM loan")


@pytest.mark.parametrize("level", LEVELS)
async def test_many_sessions_lend_no_more_than_there_is(clinic: Clinic, level: str) -> None:
    for _ in range(rounds(3)):
        kits = await clinic.pool(3)
        slots = await contenders(clinic, kits, 12)

        async def take(slot: str, kits: str = kits) -> bool:
            async with raw(clinic.shop.dsn) as session:
                while True:
                    try:
                        async with session.transaction(
                            isolation=level.lower().replace(" ", "_")  # type: ignore[arg-type]  # one of its levels
                        ):
                            await lend(session, slot, kits)
                    except TOO_LATE:
                        continue
                    except asyncpg.IntegrityConstraintViolationError:
                        return False
                    return True

        taken = await asyncio.gather(*(take(slot) for slot in slots))
        # From ten minutes to ten minutes one more begins, and all last an hour: never more than
        # three at once, though more than three in all may have one.
        assert sum(taken) >= 3
        peak = await clinic.shop.fetchval(
            "SELECT max((SELECT count(*) FROM loan AS o WHERE o.pool_id = l.pool_id "
            "AND o.during @> lower(l.during))) FROM loan AS l WHERE l.pool_id = $1",
            kits[-32:],
        )
        assert peak == 3


@pytest.mark.parametrize("level", LEVELS)
async def test_lending_and_shrinking_at_once(clinic: Clinic, level: str) -> None:
    kits = await clinic.pool(1)
    one, other = await contenders(clinic, kits)
    shrink = "UPDATE pool SET units = 0 WHERE id = $1"
    async with raw(clinic.shop.dsn) as lender, raw(clinic.shop.dsn) as shrinker:
        for session in (lender, shrinker):
            await session.execute(f"BEGIN ISOLATION LEVEL {level}")
            await session.fetchval("SELECT count(*) FROM loan")
        await lend(lender, one, kits)
        late = asyncio.create_task(shrinker.execute(shrink, kits[-32:]))
        await blocked(clinic.shop.dsn)
        await lender.execute("COMMIT")
        with pytest.raises((asyncpg.IntegrityConstraintViolationError, *TOO_LATE)):
            await late
    await clinic.shop.fetch("DELETE FROM loan")
    async with raw(clinic.shop.dsn) as lender, raw(clinic.shop.dsn) as shrinker:
        for session in (lender, shrinker):
            await session.execute(f"BEGIN ISOLATION LEVEL {level}")
            await session.fetchval("SELECT count(*) FROM loan")
        await shrinker.execute(shrink, kits[-32:])
        lending = asyncio.create_task(lend(lender, other, kits))
        await blocked(clinic.shop.dsn)
        await shrinker.execute("COMMIT")
        with pytest.raises((asyncpg.IntegrityConstraintViolationError, *TOO_LATE)):
            await lending
    assert await clinic.shop.fetchval("SELECT count(*) FROM loan") == 0


async def test_what_the_schema_refuses(clinic: Clinic) -> None:
    shop = clinic.shop
    room, kits = await clinic.room(), await clinic.pool(2)
    slot, beside, third = await clinic.published(
        clinic.new(NINE, capacity=4, slot=[room], each=[kits]),
        clinic.new(NINE + 30 * MINUTE, capacity=4, each=[(kits, 2)]),
        clinic.new(NINE + DAY, capacity=4),
    )
    await shop.held((slot, 1))
    confirmed = (await shop.held((slot, 1))).id
    await shop.submit(Confirm(confirmed, OPERATOR))
    waiting = (await clinic.join(third, "ada", 4)).id
    offered = (await clinic.join(third, "bob", 1)).id
    integrity = asyncpg.IntegrityConstraintViolationError
    check, foreign = asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError
    unique = asyncpg.UniqueViolationError
    during = f"tstzrange('{NINE}', '{NINE + HOUR}')"
    ids = {
        "room": room,
        "kits": kits,
        "slot": slot,
        "beside": beside,
        "third": third,
        "confirmed": confirmed,
        "waiting": waiting,
        "offered": offered,
        "org": clinic.organization,
    }

    def lending(pool: str, slot: str, *, units: int = 1, when: str = during) -> str:
        exclusive = str(pool == "room").lower()
        return (
            f"INSERT INTO loan VALUES ('{{org}}', '{{{pool}}}', '{{{slot}}}', {units}, {when}, "
            f"{exclusive})"
        )

    cases: list[tuple[str, type[Exception] | tuple[type[Exception], ...]]] = [
        # Loans
        (lending("room", "slot"), integrity),  # which has it already
        (lending("room", "beside", when=f"tstzrange('{NINE + DAY}', NULL)"), check),
        # which never required it
        (lending("room", "beside", when=f"tstzrange('{NINE + DAY}', '{NINE + 2 * DAY}')"), foreign),
        (lending("kits", "slot"), unique),  # which has some already
        (lending("kits", "slot", units=0), check),
        (lending("kits", "slot", when="'empty'"), check),
        (lending("kits", "slot", when="tstzrange(NULL, now())"), check),
        (lending("kits", "slot", when="tstzrange(now(), 'infinity')"), check),
        (lending("kits", "slot", when="tstzrange(now(), now() + '1 h', '[]')"), check),
        (lending("kits", "beside"), integrity),  # one more than there are
        ("UPDATE loan SET units = 3 WHERE pool_id = '{kits}'", integrity),
        ("UPDATE loan SET units = 2 WHERE pool_id = '{room}'", check),
        ("UPDATE loan SET units = 0", check),
        ("UPDATE loan SET during = tstzrange(now(), NULL)", check),
        ("UPDATE loan SET slot_id = '{beside}' WHERE pool_id = '{kits}'", integrity),
        ("UPDATE loan SET exclusive = NOT exclusive", integrity),
        # Pools
        ("UPDATE pool SET units = 1 WHERE id = '{kits}'", integrity),
        ("UPDATE pool SET units = 2 WHERE id = '{room}'", check),
        ("UPDATE pool SET kind = 'equipment' WHERE id = '{room}'", foreign),
        ("UPDATE pool SET kind = 'room', units = 1 WHERE id = '{kits}'", integrity),
        ("UPDATE pool SET before_minutes = -1", check),
        ("DELETE FROM pool WHERE id = '{kits}'", foreign),
        # Requirements
        ("DELETE FROM requirement WHERE pool_id = '{kits}'", foreign),
        ("UPDATE requirement SET units = 0", check),
        ("UPDATE requirement SET per = 'year'", check),
        ("UPDATE requirement SET pool_id = '{room}' WHERE pool_id = '{kits}'", integrity),
        # Slots
        ("UPDATE offering SET ends_at = starts_at WHERE id = '{slot}'", check),
        ("UPDATE offering SET starts_at = NULL WHERE id = '{slot}'", check),
        ("UPDATE offering SET site_id = NULL WHERE id = '{slot}'", check),
        ("UPDATE offering SET kind = 'item' WHERE id = '{slot}'", check),
        ("UPDATE offering SET kind = 'event' WHERE id = '{slot}'", check),
        ("UPDATE offering SET waiting = -1", check),
        ("DELETE FROM offering WHERE id = '{third}'", foreign),
        ("UPDATE slot SET title = '' WHERE id = '{slot}'", check),
        ("UPDATE slot SET schedule_version = 1", check),
        ("DELETE FROM site", foreign),
        ("UPDATE site SET customer_limit = 1", check),
        # Waitlists
        ("UPDATE waitlist_entry SET status = 'accepted' WHERE id = '{waiting}'", check),
        ("UPDATE waitlist_entry SET status = 'waiting', ended_at = NULL", integrity),
        ("UPDATE waitlist_entry SET quantity = 0", check),
        (
            "INSERT INTO waitlist_entry SELECT organization_id, gen_random_uuid(), offering_id, "
            "customer, actor, quantity, place, 'waiting', NULL, created_at FROM waitlist_entry",
            unique,
        ),
    ]
    before = await contents(shop)
    bare = {name: id[-32:] for name, id in ids.items()}
    wrong: list[tuple[str, Exception | None]] = []
    async with raw(shop.dsn) as connection:
        for sql, refused in cases:
            try:
                await connection.execute(sql.format(**bare))
            except refused:
                continue
            except asyncpg.PostgresError as error:
                wrong.append((sql, error))
            else:
                wrong.append((sql, None))
    assert wrong == []
    assert await contents(shop) == before
    await clean(shop)


@pytest.mark.parametrize(
    ("before", "afters"),
    [
        ("declined", ("waiting", "offered", "accepted", "lapsed")),
        ("withdrawn", ("waiting", "closed")),
        ("offered", ("waiting",)),
    ],
)
async def test_nobody_comes_back_to_a_place_that_was_given_up(
    clinic: Clinic, before: str, afters: tuple[str, ...]
) -> None:
    slot = await clinic.slot()
    if before == "withdrawn":
        await clinic.shop.held((slot, 1))
    entry = await clinic.join(slot, "ada")
    if before != "offered":
        await clinic.leave(entry.id)
    was = await clinic.shop.fetchval("SELECT status FROM waitlist_entry")
    assert was == before
    async with raw(clinic.shop.dsn) as connection:
        for after in afters:
            over = after not in ("waiting", "offered")
            with pytest.raises(asyncpg.IntegrityConstraintViolationError):
                await connection.execute(
                    "UPDATE waitlist_entry SET status = $1, "
                    f"ended_at = {'now()' if over else 'NULL'}",
                    after,
                )
    await clean(clinic.shop)


async def test_a_requirement_names_each_pool_once(clinic: Clinic) -> None:
    kits = await clinic.pool(2)
    assert Requirement(kits, 1, Per.SLOT) != Requirement(kits, 1, Per.RESERVATION)
    slot = await clinic.slot(each=[kits])
    async with raw(clinic.shop.dsn) as connection:
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute(
                "INSERT INTO requirement VALUES ($1, $2, $3, 1, 'slot')",
                clinic.organization[-32:],
                slot[-32:],
                kits[-32:],
            )
