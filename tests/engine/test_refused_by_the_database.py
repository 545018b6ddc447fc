"""The database refuses by itself what the engine must never ask: as the engine's own role, with raw
SQL, past every rule in the code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import asyncpg
import pytest
import pytest_asyncio

from firmhold.domain.commands import Cancel, Confirm, Release
from tests.databases import Server
from tests.engine.several import clean, end_holds, raw, rows_in_tables
from tests.shop import OPERATOR, Shop, open_shop

pytestmark = pytest.mark.asyncio(loop_scope="module")

CHECK = asyncpg.CheckViolationError
LIFE = asyncpg.IntegrityConstraintViolationError
FOREIGN = asyncpg.ForeignKeyViolationError
UNIQUE = asyncpg.UniqueViolationError
PRIVILEGE = asyncpg.InsufficientPrivilegeError


class Cast(NamedTuple):
    """Who plays in the cases below: `{name}` in their SQL is the id."""

    shop: Shop
    ids: dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cast(server: Server) -> AsyncIterator[Cast]:
    """One for all cases, because none of them changes anything."""
    database = await server.clone()
    async with (
        open_shop(database.dsn) as shop,
        open_shop(database.dsn, slug="other") as other,
    ):
        item, second, foreign = await shop.item(10), await shop.item(10), await other.item(10)
        held, confirmed, released, cancelled, expired = [
            (await shop.held((item, 2))).id for _ in range(5)
        ]
        theirs = (await other.held((foreign, 1))).id
        await end_holds(database.dsn, [expired], [-1])
        for command in (
            Confirm(confirmed, OPERATOR),
            Release(released, OPERATOR),
            Confirm(cancelled, OPERATOR),
            Cancel(cancelled, OPERATOR),
        ):
            await shop.submit(command)
        names = {
            "org": shop.organization.id,
            "other_org": other.organization.id,
            "item": item,
            "second": second,
            "foreign": foreign,
            "held": held,
            "confirmed": confirmed,
            "released": released,
            "cancelled": cancelled,
            "expired": expired,
            "theirs": theirs,
            "new": "rsv_" + "0" * 31 + "1",
        }
        yield Cast(shop, {name: id[-32:] for name, id in names.items()})
    await server.drop(database)


NOW = "clock_timestamp()"
LINE = (
    "INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position, "
    "quantity, held, confirmed, status, expires_at) VALUES "
)
RESERVATION = (
    "INSERT INTO reservation (organization_id, id, status, actor, created_at, expires_at, "
    "extend_until, confirmed_at, ended_at) VALUES "
)
ENTRY = (
    "INSERT INTO ledger (organization_id, offering_id, seq, kind, capacity_delta, held_delta, "
    "confirmed_delta, capacity, held, confirmed, at, actor) VALUES "
)

CASES: dict[str, tuple[str, type[Exception]]] = {
    # Counters
    "held beyond capacity": ("UPDATE offering SET held = 9 WHERE id = '{item}'", CHECK),
    "confirmed beyond capacity": ("UPDATE offering SET confirmed = 11 WHERE id = '{item}'", CHECK),
    "capacity below what is promised": (
        "UPDATE offering SET capacity = 3 WHERE id = '{item}'",
        CHECK,
    ),
    "held below zero": ("UPDATE offering SET held = -1 WHERE id = '{item}'", CHECK),
    "confirmed below zero": ("UPDATE offering SET confirmed = -1 WHERE id = '{item}'", CHECK),
    "capacity below zero": ("UPDATE offering SET capacity = -1 WHERE id = '{second}'", CHECK),
    "draining upwards": ("UPDATE offering SET drain_to = 11 WHERE id = '{item}'", CHECK),
    "an entry beyond capacity": (
        ENTRY + f"('{{org}}', '{{item}}', 99, 'held', 0, 11, 0, 10, 11, 0, {NOW}, 'me')",
        CHECK,
    ),
    "an entry below zero": (
        ENTRY + f"('{{org}}', '{{item}}', 99, 'released', 0, -9, 0, 10, -9, 0, {NOW}, 'me')",
        CHECK,
    ),
    # Ledger
    "a ledger entry changed": ("UPDATE ledger SET actor = 'nobody'", PRIVILEGE),
    "a ledger entry deleted": ("DELETE FROM ledger WHERE seq = 1", PRIVILEGE),
    "the ledger emptied": ("TRUNCATE ledger", PRIVILEGE),
    "a ledger entry changed with a privilege one gave oneself": (
        "GRANT ALL ON ledger TO CURRENT_USER; UPDATE ledger SET actor = 'nobody'",
        LIFE,
    ),
    "a ledger entry deleted with such a privilege": (
        "GRANT ALL ON ledger TO CURRENT_USER; DELETE FROM ledger",
        LIFE,
    ),
    "the ledger emptied with such a privilege": (
        "GRANT ALL ON ledger TO CURRENT_USER; TRUNCATE ledger",
        LIFE,
    ),
    "a second entry with the same number": (
        ENTRY + f"('{{org}}', '{{item}}', 1, 'created', 0, 0, 0, 10, 0, 0, {NOW}, 'me')",
        UNIQUE,
    ),
    "an entry of a kind that is none": (
        ENTRY + f"('{{org}}', '{{item}}', 99, 'stolen', 0, 0, 0, 10, 0, 0, {NOW}, 'me')",
        CHECK,
    ),
    # Ways through life. One transaction may go two steps and writes only where it ends, so from
    # `held` every end is in reach, and `cancelled` from `expired`; nothing leads back.
    **{
        f"from {before} to {after}": (
            f"UPDATE reservation SET status = '{after}', "
            f"confirmed_at = {'created_at' if after in {'confirmed', 'cancelled'} else 'NULL'}, "
            f"ended_at = {'NULL' if after in {'held', 'confirmed'} else 'expires_at'} "
            f"WHERE id = '{{{before}}}'",
            LIFE,
        )
        for before, afters in {
            "confirmed": ["held", "released", "expired"],
            "released": ["held", "confirmed", "expired", "cancelled"],
            "cancelled": ["held", "confirmed", "released", "expired"],
            "expired": ["held", "released"],
        }.items()
        for after in afters
    },
    "expired before its end": (
        f"UPDATE reservation SET status = 'expired', ended_at = {NOW} WHERE id = '{{held}}'",
        CHECK,
    ),
    "confirmed after its end": (
        "UPDATE reservation SET status = 'confirmed', confirmed_at = expires_at "
        "WHERE id = '{held}'",
        CHECK,
    ),
    "confirmed again after expiry without being taken again": (
        f"UPDATE reservation SET status = 'confirmed', confirmed_at = {NOW}, ended_at = NULL "
        "WHERE id = '{expired}'",
        CHECK,
    ),
    "confirmed without a time": (
        "UPDATE reservation SET status = 'confirmed' WHERE id = '{held}'",
        CHECK,
    ),
    "released without a time": (
        "UPDATE reservation SET status = 'released' WHERE id = '{held}'",
        CHECK,
    ),
    "released and confirmed": (
        f"UPDATE reservation SET status = 'released', ended_at = {NOW}, confirmed_at = created_at "
        "WHERE id = '{held}'",
        CHECK,
    ),
    "held for ever": (
        "UPDATE reservation SET expires_at = NULL, extend_until = NULL WHERE id = '{held}'",
        CHECK,
    ),
    "held longer than can be extended": (
        "UPDATE reservation SET expires_at = extend_until + interval '1 s' WHERE id = '{held}'",
        CHECK,
    ),
    "held from its end on": (
        "UPDATE reservation SET expires_at = created_at WHERE id = '{held}'",
        CHECK,
    ),
    "a status that is none": ("UPDATE reservation SET status = 'mine' WHERE id = '{held}'", LIFE),
    "a new reservation that has no end": (
        RESERVATION + f"('{{org}}', '{{new}}', 'held', 'me', {NOW}, NULL, NULL, NULL, NULL)",
        CHECK,
    ),
    "a new reservation of a status that is none": (
        RESERVATION + f"('{{org}}', '{{new}}', 'mine', 'me', {NOW}, {NOW} + interval '1 s', "
        f"{NOW} + interval '1 s', NULL, NULL)",
        CHECK,
    ),
    "a reservation's id twice": (
        RESERVATION + f"('{{org}}', '{{held}}', 'confirmed', 'me', {NOW}, NULL, NULL, {NOW}, NULL)",
        UNIQUE,
    ),
    # Lines
    "a line that holds less than it says": (
        "UPDATE reservation_line SET held = 1 WHERE reservation_id = '{held}'",
        CHECK,
    ),
    "a line that holds more than it says": (
        "UPDATE reservation_line SET held = 3 WHERE reservation_id = '{held}'",
        CHECK,
    ),
    "a line held and confirmed": (
        "UPDATE reservation_line SET confirmed = 2 WHERE reservation_id = '{held}'",
        CHECK,
    ),
    "a line that confirms more than was asked": (
        "UPDATE reservation_line SET confirmed = 3 WHERE reservation_id = '{confirmed}'",
        CHECK,
    ),
    "a line that has ended and holds": (
        "UPDATE reservation_line SET held = 2 WHERE reservation_id = '{released}'",
        CHECK,
    ),
    "a line of nothing": (
        LINE + f"('{{org}}', '{{held}}', '{{second}}', 1, 0, 0, 0, 'held', {NOW})",
        CHECK,
    ),
    "two lines on one item": (
        LINE + f"('{{org}}', '{{held}}', '{{item}}', 1, 2, 2, 0, 'held', {NOW})",
        UNIQUE,
    ),
    "a line without a reservation": (
        LINE + f"('{{org}}', '{{new}}', '{{second}}', 0, 2, 2, 0, 'held', {NOW})",
        FOREIGN,
    ),
    "a reservation deleted": ("DELETE FROM reservation WHERE id = '{held}'", FOREIGN),
    # Organizations
    "a line on another organization's item": (
        LINE + f"('{{org}}', '{{held}}', '{{foreign}}', 1, 2, 2, 0, 'held', {NOW})",
        FOREIGN,
    ),
    "a line of another organization's reservation": (
        LINE + f"('{{org}}', '{{theirs}}', '{{second}}', 1, 2, 2, 0, 'held', {NOW})",
        FOREIGN,
    ),
    "an entry about another organization's item": (
        ENTRY + f"('{{org}}', '{{foreign}}', 99, 'held', 0, 0, 0, 10, 0, 0, {NOW}, 'me')",
        FOREIGN,
    ),
    "an item moved to another organization": (
        "UPDATE offering SET organization_id = '{other_org}' WHERE id = '{item}'",
        FOREIGN,
    ),
    "a reservation moved to another organization": (
        "UPDATE reservation SET organization_id = '{other_org}' WHERE id = '{held}'",
        FOREIGN,
    ),
    "an item of no organization": (
        "UPDATE offering SET organization_id = '{new}' WHERE id = '{second}'",
        FOREIGN,
    ),
    "an organization deleted": ("DELETE FROM organization WHERE id = '{other_org}'", FOREIGN),
    "an item deleted": ("DELETE FROM offering WHERE id = '{second}'", FOREIGN),
    # Keys
    "a key used twice": (
        "INSERT INTO idempotency (organization_id, key, fingerprint, status, body, subject, "
        f"created_at) SELECT '{{org}}', '{{new}}', '{{new}}', 200, '', '{{held}}', {NOW} "
        "FROM generate_series(1, 2)",
        UNIQUE,
    ),
}


@pytest.mark.parametrize("what", CASES)
async def test_refused(cast: Cast, what: str) -> None:
    sql, error = CASES[what]
    before = await rows_in_tables(cast.shop.dsn)
    async with raw(cast.shop.dsn) as connection:
        assert await connection.fetchval("SELECT current_user") == "firmhold"
        with pytest.raises(error) as refusal:
            await connection.execute(sql.format(**cast.ids))
        assert type(refusal.value) is error, refusal.value
    assert await rows_in_tables(cast.shop.dsn) == before
    await clean(cast.shop)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE reservation SET status = 'confirmed', confirmed_at = created_at WHERE id='{held}'",
        f"UPDATE reservation SET status = 'released', ended_at = {NOW} WHERE id = '{{held}}'",
        "UPDATE reservation SET status = 'expired', ended_at = expires_at WHERE id = '{held}'",
        f"UPDATE reservation SET status = 'cancelled', ended_at = {NOW} WHERE id = '{{confirmed}}'",
        f"UPDATE reservation SET status = 'confirmed', confirmed_at = {NOW}, ended_at = NULL, "
        "reacquired = true WHERE id = '{expired}'",
        "UPDATE offering SET held = 8 WHERE id = '{item}'",
        ENTRY + f"('{{org}}', '{{item}}', 99, 'updated', 0, 0, 0, 10, 2, 2, {NOW}, 'me')",
    ],
)
async def test_the_refusals_refuse_no_more_than_they_should(cast: Cast, sql: str) -> None:
    """The same statements, but for the one thing that is wrong in them."""
    async with raw(cast.shop.dsn) as connection:
        await connection.execute("BEGIN")
        assert (await connection.execute(sql.format(**cast.ids))).endswith(" 1")


async def test_the_role_is_nothing_more_than_an_owner(cast: Cast) -> None:
    async with raw(cast.shop.dsn) as connection:
        role: Any = await connection.fetchrow(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert not any(role)
        with pytest.raises(PRIVILEGE):
            await connection.execute("SET session_replication_role = replica")
