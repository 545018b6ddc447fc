"""Reports are what the ledger adds up to, whatever of it has been counted already, and however
whoever counts comes to an end."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from firmhold.relay.tail import note_cluster
from firmhold.reports import reader
from firmhold.reports.counting import PAUSE, Counter
from firmhold.reports.reader import Subject
from firmhold.reports.steps import Every
from firmhold.store.database import Database
from tests.databases import connected
from tests.reports.market import Market


async def wrong(market: Market) -> list[str]:
    """What verify finds wrong with the counts; whoever stretched time is free to have made other
    things so."""
    found = (await market.shop.verify()).findings
    return [it.what for it in found if it.check == "report_counts_equal_ledger"]


@pytest.mark.parametrize("seed", range(4))
async def test_reports_are_what_the_ledger_adds_up_to_whatever_is_counted_already(
    market: Market, seed: int
) -> None:
    """Moves, parts that are confirmed, capacities that change, waitlists, and what expired and was
    taken again are in it."""
    await market.live(random.Random(seed), 150)
    await market.stretch()
    counter = Counter(market.database, at_once=1)
    await counter.run_once()  # what was there is cleared, which is nothing
    await market.assert_right(Every.HOUR)
    for _ in range(60):
        await counter.run_once()
    await market.assert_right(Every.DAY)
    await market.assert_sales_right()
    await market.count()
    await market.assert_right(Every.HOUR)
    await market.assert_sales_right()
    assert await wrong(market) == []


async def test_everything_that_can_happen_is_among_it(market: Market) -> None:
    for seed in range(4):
        await market.live(random.Random(seed), 150)
    kinds = {row["kind"] for row in await market.shop.fetch("SELECT DISTINCT kind FROM ledger")}
    missing = {
        *("created", "capacity_set", "capacity_adjusted", "held", "confirmed"),
        *("reacquired", "released", "expired", "cancelled", "moved", "fulfilled", "no_show"),
        *("waitlisted", "unlisted"),
    } - kinds
    assert not missing


async def test_counting_while_others_write_and_somebody_is_slow_leaves_nothing_out(
    market: Market,
) -> None:
    """Two count at once, a few entries at a time, while transactions stay open and end in any
    order."""
    market.can_be_due = False  # nothing is moved that may have been counted
    over, quick = asyncio.Event(), asyncio.Event()

    async def count() -> None:
        counter = Counter(market.database, at_once=3)
        while not over.is_set():
            try:
                pause = await counter.run_once()
            except asyncpg.SerializationError:
                pause = PAUSE  # the other one was faster; the loop tries again
            await asyncio.sleep(0 if pause == 0 else 0.005)

    async def be_slow(seed: int) -> None:
        """Takes a number, and is seen with what it wrote only long after."""
        dice = random.Random(seed)
        while not quick.is_set():
            connection = await asyncpg.connect(market.address.superuser)
            transaction = connection.transaction()
            await transaction.start()
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(
                "INSERT INTO ledger SELECT (jsonb_populate_record(l, jsonb_build_object("
                "'seq', $1::bigint, 'xid', pg_current_xact_id()::text::bigint))).* "
                "FROM ledger AS l WHERE kind = 'created' AND seq = 1 LIMIT 1",
                dice.randint(10**6, 10**12),
            )
            await asyncio.sleep(dice.random() * 0.1)
            await (transaction.rollback() if dice.random() < 0.3 else transaction.commit())
            await connection.close()

    counting = [asyncio.create_task(count()) for _ in range(2)]
    slow = [asyncio.create_task(be_slow(seed)) for seed in range(2)]
    await asyncio.gather(*(market.live(random.Random(seed), 60) for seed in range(4)))
    quick.set()
    await asyncio.gather(*slow)
    await market.assert_right(Every.DAY)
    over.set()
    await asyncio.gather(*counting)
    await market.assert_right(Every.DAY)
    await market.count()
    await market.assert_right(Every.DAY)
    assert await wrong(market) == []


class Stopped(Exception):
    """Whoever counts is no more."""


class Mortal:
    """A connection on which the statement after so many is the last one."""

    def __init__(self, connection: Any, lives: list[int]) -> None:
        self._connection, self._lives = connection, lives

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._connection, name)
        if name not in {"execute", "fetch", "fetchrow", "fetchval"}:
            return method

        async def act(*args: Any, **more: Any) -> Any:
            if self._lives[0] == 0:
                self._connection.terminate()
                raise Stopped
            self._lives[0] -= 1
            return await method(*args, **more)

        return act


async def test_whoever_counts_may_end_between_any_two_statements(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    await market.live(random.Random(3), 120)
    whole, lives = Database.read_across, [0]

    def mortal(self: Database) -> Any:
        around = whole(self)

        class Around:
            async def __aenter__(self) -> Any:
                return Mortal(await around.__aenter__(), lives)

            async def __aexit__(self, *error: Any) -> Any:
                return await around.__aexit__(*error)

        return Around()

    counter, ended, done = Counter(market.database, at_once=20), 0, False
    for last in range(10_000):
        lives[0] = last % 9
        with monkeypatch.context() as patched:
            patched.setattr(Database, "read_across", mortal)
            try:
                done = bool(await counter.run_once())
            except (Stopped, asyncpg.InterfaceError):  # to end the transaction is in vain, too
                ended += 1
        if done:
            break
    assert ended >= 10
    await market.assert_right(Every.DAY)
    assert (await market.shop.verify()).findings == []


async def test_a_dump_is_counted_once_whichever_numbers_its_transactions_had(
    market: Market,
) -> None:
    """Some of it had been counted where it comes from, and its numbers are yet to be given here."""
    await market.live(random.Random(5), 80)
    await market.count()
    await market.live(random.Random(6), 40)

    async def bring(connection: asyncpg.Connection[Any]) -> None:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("UPDATE ledger SET xid = xid + 40")
        await connection.execute("UPDATE ledger_cluster SET system = 1")
        # Where it was, the position was of that cluster.
        await connection.execute(
            "UPDATE report_progress SET position = '1' || substr(position, strpos(position, '.'))"
        )

    await connected(market.address.superuser, bring)
    _, fresh = await market.reports.series(
        market.organization, Subject(), market.period(await market.fold(), Every.DAY)
    )
    assert not fresh.complete
    assert await Counter(market.database).run_once() == PAUSE, "nobody has looked what it brought"
    async with market.database.read_across() as connection:
        await note_cluster(connection)
    market.can_be_due = False  # what is moved into the past would look as if it had come along
    await market.live(random.Random(8), 60)  # by which numbers of before are given again
    await market.count(at_once=15)
    await market.assert_right(Every.DAY)
    await market.assert_sales_right()
    await market.live(random.Random(9), 30)
    await market.assert_right(Every.DAY)
    await market.count()
    assert (await market.shop.verify()).findings == []


async def test_what_was_counted_wrong_is_found_and_can_be_counted_again(market: Market) -> None:
    await market.live(random.Random(1), 60)
    await market.count()
    for sql in (
        "UPDATE report_count SET holds = holds + 1 WHERE scope = 2",
        "DELETE FROM report_wait",
        "UPDATE report_sale SET times_sold_out = times_sold_out + 1",
    ):
        await market.shop.fetch(sql)
        found = await market.shop.verify()
        assert {it.check for it in found.findings} == {"report_counts_equal_ledger"}, sql
        await market.shop.fetch("UPDATE report_progress SET version = 0")
        await market.count()
        assert (await market.shop.verify()).findings == []
    await market.assert_right(Every.DAY)


async def test_counting_that_is_far_behind_is_said_and_nothing_is_added_up_meanwhile(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    await market.live(random.Random(2), 30)
    await market.count()
    period = market.period(await market.fold(), Every.DAY)
    before, fresh = await market.reports.series(market.organization, Subject(), period)
    assert fresh.complete
    await market.live(random.Random(3), 30)
    monkeypatch.setattr(reader, "MOST_NEWER", 5)
    after, late = await market.reports.series(market.organization, Subject(), period)
    assert after == before
    assert not late.complete
    assert late.as_of is not None and fresh.as_of is not None and late.as_of < fresh.as_of
    await market.count()
    _, again = await market.reports.series(market.organization, Subject(), period)
    assert again.complete


async def test_another_organizations_entries_are_counted_as_its_own(market: Market) -> None:
    other = await market.shop.services.directory.ensure_organization("other", "Other")
    await market.live(random.Random(4), 30)
    period = market.period(await market.fold(), Every.DAY)
    await market.count(at_once=5)
    await market.live(random.Random(5), 30)
    for _ in range(2):
        steps, fresh = await market.reports.series(other.id, Subject(), period, state=True)
        assert fresh.complete
        assert not any(any(step.counts.values()) for step in steps)
        rows, _ = await market.reports.sales(other.id, Subject(), period, None, 10)
        assert rows == []
        await market.count()
