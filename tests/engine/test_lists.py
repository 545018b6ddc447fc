"""A page of a list costs what it shows, whatever is asked for and however long the history."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
import pytest_asyncio

from firmhold.domain.commands import Cancel, Confirm, Release
from firmhold.engine.reader import CLOCKS_APART, Filter, query_for
from firmhold.store.sql import statement
from tests.databases import Server
from tests.engine.several import end_holds, many_items, raw, superuser
from tests.shop import OPERATOR, Shop, open_shop

on_sale = pytest.mark.asyncio(loop_scope="module")

PAST = 20_000
"""Reservations of old: held, and expired a minute later. One a minute."""

ENOUGH = 400
"""Blocks that a page of a few reservations may look at: each is found in a handful. All of the
history has thousands, in the table alone."""


class Sale(NamedTuple):
    """One item that everybody wanted, a few others, and one reservation of each status among all
    that expired."""

    shop: Shop
    hot: str
    cold: str
    rare: dict[str, str]
    """Reservations by their status."""


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=[True, False], ids=["counted", "never counted"]
)
async def sale(server: Server, request: pytest.FixtureRequest) -> AsyncIterator[Sale]:
    """Also in the minute before PostgreSQL first counts what there is, which is when most is
    sold."""
    database = await server.clone()
    async with open_shop(database.dsn) as shop:
        hot, cold = await many_items(shop, 2, 1_000_000)
        rare = {
            status: (await shop.held((hot, 1), (cold, 1), customer="ada")).id
            for status in ("expired", "confirmed", "released", "cancelled", "held")
        }
        await end_holds(database.dsn, [rare["expired"]], [-1])
        for status in ("confirmed", "cancelled"):
            await shop.submit(Confirm(rare[status], OPERATOR))
        await shop.submit(Cancel(rare["cancelled"], OPERATOR))
        await shop.submit(Release(rare["released"], OPERATOR))
        async with raw(superuser(database.dsn)) as connection:
            tables = ("reservation", "reservation_line", "ledger")
            for table in tables:
                await connection.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
            await connection.execute(
                PASSED.format(org=shop.organization.id[-32:], item=hot[-32:], number=PAST)
            )
            for table in tables if request.param else ():
                await connection.execute(f"VACUUM ANALYZE {table}")
        yield Sale(shop, hot, cold, rare)
    await server.drop(database)


PASSED = """
SET session_replication_role = replica;
CREATE TEMPORARY TABLE past AS
SELECT n, now() - n * interval '1 minute' AS at,
       (lpad(to_hex((extract(epoch FROM now() - n * interval '1 minute') * 1000)::bigint), 12, '0')
        || '7' || substr(md5(n::text), 1, 19))::uuid AS id
FROM generate_series(1, {number}) AS n;
INSERT INTO reservation (organization_id, id, status, customer, actor, created_at, expires_at,
    extend_until, ended_at)
SELECT '{org}', id, 'expired', 'c' || n % 500, 'past', at, at + interval '1 minute',
       at + interval '1 minute', at + interval '1 minute' FROM past ORDER BY n;
INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position, quantity,
    held, confirmed, status, expires_at, customer)
SELECT '{org}', id, '{item}', 0, 1, 0, 0, 'expired', at + interval '1 minute', 'c' || n % 500
FROM past ORDER BY n;
-- Entries are numbered in the order of time and without gaps.
UPDATE ledger SET seq = seq + 2 * {number} WHERE offering_id = '{item}';
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
    held_delta, confirmed_delta, capacity, held, confirmed, at, actor)
SELECT '{org}', '{item}', 2 * ({number} - n) + 1 + k, (ARRAY['held', 'expired'])[k + 1], id, 0,
       1 - 2 * k, 0, 1000000, 0, 0, at + k * interval '1 minute', 'past'
FROM past CROSS JOIN generate_series(0, 1) AS k;
"""


async def listed(sale: Sale, where: Filter, limit: int = 10) -> list[str]:
    seen = await sale.shop.services.reader.reservations(
        sale.shop.organization.id, where, below=None, limit=limit
    )
    return [one.reservation.id for one in seen]


async def blocks(sale: Sale, where: Filter, limit: int = 10) -> int:
    """How many blocks the query for a page looks at."""
    name, (start, *more) = query_for(where, None)
    sql = statement("reading", name).rstrip().rstrip(";")
    values = [sale.shop.organization.id[-32:], start, limit, where.since, where.until, *more]
    literals = ", ".join("NULL" if value is None else f"'{value}'" for value in values)
    async with raw(sale.shop.dsn) as connection:
        await connection.execute("SET plan_cache_mode = force_custom_plan")
        await connection.execute(f"PREPARE page AS {sql}")
        text = await connection.fetchval(
            f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE page({literals})"
        )
    plan = json.loads(text)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


STATUSES = ("held", "expired", "confirmed", "released", "cancelled")


@on_sale
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("of", ["ada", "nobody", None])
async def test_a_status_is_found_however_rare(sale: Sale, status: str, of: str | None) -> None:
    where = Filter(status, customer=of)
    if of == "nobody":
        assert await listed(sale, where) == []
    else:
        assert (await listed(sale, where))[0] == sale.rare[status]
        assert len(await listed(sale, where)) == (10 if (status, of) == ("expired", None) else 1)
    assert await blocks(sale, where) < ENOUGH


@on_sale
@pytest.mark.parametrize("offering", ["hot", "cold"])
async def test_what_a_customer_has_of_one_item_is_found(sale: Sale, offering: str) -> None:
    where = Filter(offering=getattr(sale, offering), customer="ada")
    assert await listed(sale, where) == sorted(sale.rare.values(), reverse=True)
    assert await blocks(sale, where) < ENOUGH
    for status, id in sale.rare.items():
        assert await listed(sale, where._replace(status=status)) == [id]
        assert await blocks(sale, where._replace(status=status)) < ENOUGH


@on_sale
@pytest.mark.parametrize("offering", ["hot", "cold"])
async def test_holds_of_one_item_are_found(sale: Sale, offering: str) -> None:
    where = Filter("held", getattr(sale, offering))
    assert await listed(sale, where) == [sale.rare["held"]]
    assert await blocks(sale, where) < ENOUGH


@on_sale
@pytest.mark.parametrize("offering", ["hot", None])
@pytest.mark.parametrize("status", ["expired", "released", None])
@pytest.mark.parametrize("customer", ["c7", None])
async def test_what_is_long_past_is_found_by_its_time(
    sale: Sale, offering: str | None, status: str | None, customer: str | None
) -> None:
    since = datetime.now(UTC) - timedelta(minutes=PAST // 2)
    until = since + timedelta(minutes=500)
    where = Filter(status, offering and sale.hot, customer, since, until)
    found = await listed(sale, where)
    assert len(found) == (0 if status == "released" else 1 if customer else 10)
    assert all(since <= made(id) < until for id in found)
    # At most those of the time itself, and as much before and after as clocks may be apart.
    walked = 8 * (500 + 2 * CLOCKS_APART // timedelta(minutes=1))
    assert await blocks(sale, where) < ENOUGH + walked


@on_sale
@pytest.mark.parametrize("status", ["confirmed", "released", "cancelled"])
@pytest.mark.parametrize("offering", ["hot", "cold"])
async def test_whoever_looks_for_what_is_rare_walks_through_the_ledger_once(
    sale: Sale, offering: str, status: str
) -> None:
    where = Filter(status, getattr(sale, offering))
    assert await listed(sale, where) == [sale.rare[status]]
    assert await blocks(sale, where) < ENOUGH + (8 * PAST if offering == "hot" else 0)


def made(id: str) -> datetime:
    """When an id was made."""
    return datetime.fromtimestamp(int(id[4:16], 16) / 1000, UTC)


async def test_an_id_that_a_wrong_clock_made_is_found_by_the_time_of_the_database(
    shop: Shop,
) -> None:
    item = (await many_items(shop, 1, 10))[0]
    placed = await shop.held((item, 1))
    early, late = (
        f"rsv_{int((at.timestamp()) * 1000):012x}7{'0' * 19}"
        for at in (placed.created_at - timedelta(hours=1), placed.created_at + timedelta(hours=1))
    )
    async with raw(superuser(shop.dsn)) as connection:
        await connection.execute("SET session_replication_role = replica")
        for id in (early, late):
            for table, column in (("reservation", "id"), ("reservation_line", "reservation_id")):
                await connection.execute(
                    f"CREATE TEMPORARY TABLE copied AS SELECT * FROM {table} WHERE {column} = $1",
                    placed.id[-32:],
                )
                await connection.execute(f"UPDATE copied SET {column} = $1", id[-32:])
                await connection.execute(f"INSERT INTO {table} SELECT * FROM copied")
                await connection.execute("DROP TABLE copied")
    around = (placed.created_at, placed.created_at + timedelta(microseconds=1))
    for where in (Filter(), Filter("held"), Filter("held", item)):
        seen = await shop.services.reader.reservations(
            shop.organization.id,
            where._replace(since=around[0], until=around[1]),
            below=None,
            limit=10,
        )
        assert [one.reservation.id for one in seen] == [late, placed.id, early]


@pytest.mark.parametrize("year", [1, 1969, 9999])
async def test_any_time_can_be_asked_for(shop: Shop, year: int) -> None:
    item = (await many_items(shop, 1, 10))[0]
    held = await shop.held((item, 1))
    at = datetime(year, 12, 31, 12, tzinfo=UTC)
    for where in (Filter(since=at), Filter(until=at)):
        seen = await shop.services.reader.reservations(
            shop.organization.id, where, below=None, limit=10
        )
        past = year < 2000
        expected = [held.id] if (where.since is not None) is past else []
        assert [one.reservation.id for one in seen] == expected
