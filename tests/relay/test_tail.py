"""Everything is told once, and nothing before what it builds upon, in whichever order transactions
begin and end."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterable

import asyncpg
import pytest

from firmhold.identity.directory import Directory
from firmhold.relay.change import Change
from firmhold.relay.position import Position, position_of
from firmhold.relay.tail import Elsewhere, note_cluster
from tests.databases import connected
from tests.relay.book import LOCK, Book, put


def told(changes: Iterable[Change]) -> list[tuple[str, int]]:
    """Which entries, by offering and number."""
    return [(e.offering, e.seq) for change in changes for e in change.entries]


async def test_what_was_there_before_is_no_news_and_what_comes_after_is(book: Book) -> None:
    item, other = await book.offering(), await book.offering()
    await book.write(item)
    start = await book.position()
    await book.write(item, other)
    await book.write(item)
    reading = await book.read(start)
    both = sorted([(item, 2), (other, 1)])
    assert told(reading.changes) == [*both, (item, 3)]
    assert reading.is_all
    assert (await book.read(reading.position)).changes == []


async def test_a_transaction_that_is_open_for_long_keeps_nobody_waiting_and_is_told_when_it_is_over(
    book: Book,
) -> None:
    item, late = await book.offering(), await book.offering()
    start, slow = await book.position(), await book.writer()
    transaction = slow.transaction()
    await transaction.start()
    await put(slow, [late])
    await book.write(item)
    first = await book.read(start)
    assert told(first.changes) == [(item, 1)]
    assert len(first.position.missing) == 1
    await book.write(item)
    await transaction.commit()
    second = await book.read(first.position)
    assert sorted(told(second.changes)) == sorted([(late, 1), (item, 2)])
    await slow.close()


async def test_a_transaction_that_was_given_up_is_not_waited_for(book: Book) -> None:
    item = await book.offering()
    start, slow = await book.position(), await book.writer()
    transaction = slow.transaction()
    await transaction.start()
    await put(slow, [item])
    first = await book.read(start)
    await transaction.rollback()
    await slow.close()
    second = await book.read(first.position)
    assert (second.changes, second.position.missing) == ([], ())


@pytest.fixture
async def crossed(book: Book) -> tuple[Position, str, str]:
    """Two offerings, of which the transaction with the lower number wrote after the higher one."""
    early, late = sorted([await book.offering(), await book.offering()])
    start, slow = await book.position(), await book.writer()
    transaction = slow.transaction()
    await transaction.start()
    await slow.execute(LOCK, [early[-32:]])  # which gives it its number
    assert await slow.fetchval("SELECT pg_current_xact_id()::text") is not None
    await book.write(late)
    await put(slow, [early, late])
    await transaction.commit()
    await slow.close()
    return start, early, late


async def test_who_began_before_but_wrote_after_is_told_after(
    book: Book, crossed: tuple[Position, str, str]
) -> None:
    start, early, late = crossed
    reading = await book.read(start)
    assert told(reading.changes) == [(late, 1), (early, 1), (late, 2)]
    assert reading.changes[0].xid > reading.changes[1].xid


async def test_a_part_of_what_there_is_has_no_effect_without_its_cause_and_repeats_nothing(
    book: Book, crossed: tuple[Position, str, str]
) -> None:
    start, early, late = crossed
    await book.write(early)
    first = await book.read(start, at_once=1)
    assert told(first.changes) == [(late, 1), (early, 1), (late, 2)]
    assert (first.is_all, len(first.position.ahead)) == (False, 1)
    second = await book.read(first.position, at_once=1)
    assert told(second.changes) == [(early, 2)]


async def test_a_transaction_of_more_than_a_part_is_told_as_a_whole(book: Book) -> None:
    items = [await book.offering() for _ in range(7)]
    start = await book.position()
    await book.write(*items)
    await book.write(items[0])
    first = await book.read(start, at_once=3)
    assert (len(told(first.changes)), len(first.changes)) == (7, 1)
    assert told((await book.read(first.position)).changes) == [(items[0], 2)]


async def test_one_organization_is_told_of_itself_alone(book: Book) -> None:
    other = await Directory(book.database).ensure_organization("other", "Other")
    item, theirs = await book.offering(), await book.offering(other.id)
    start = await book.position()
    await book.write(item)
    await book.write(theirs)
    assert told((await book.read(start, book.organization)).changes) == [(item, 1)]
    assert told((await book.read(start, other.id)).changes) == [(theirs, 1)]


@pytest.mark.parametrize("at_once", [1, 3, 20, 2000])
async def test_whatever_comes_in_whatever_order_is_told_once_and_in_order(
    book: Book, at_once: int
) -> None:
    """Writers take their numbers, wait, write several offerings, and give some of it up; a reader
    reads all the while, in parts of every size, and keeps its position as a text."""
    items = [await book.offering() for _ in range(5)]
    dice, over = random.Random(at_once), asyncio.Event()
    start = await book.position()

    async def write() -> None:
        connection = await book.writer()
        for _ in range(40):
            some = dice.sample(items, dice.randint(1, 3))
            transaction = connection.transaction()
            await transaction.start()
            try:
                await connection.fetchval("SELECT pg_current_xact_id()::text")
                await asyncio.sleep(dice.random() * 0.01)
                await put(connection, some)
                await asyncio.sleep(dice.random() * 0.01)
            except asyncpg.PostgresError:
                await transaction.rollback()
                raise
            if dice.random() < 0.2:
                await transaction.rollback()
            else:
                await transaction.commit()
        await connection.close()

    seen: list[tuple[str, int]] = []

    async def follow() -> None:
        position = start
        while True:
            ended = over.is_set()
            reading = await book.read(position, at_once=at_once)
            seen.extend(told(reading.changes))
            again = position_of(reading.position.text())
            assert again is not None
            position = again
            if ended and reading.is_all:
                return
            await asyncio.sleep(dice.random() * 0.02)

    reader = asyncio.create_task(follow())
    await asyncio.gather(*(write() for _ in range(6)))
    over.set()
    await reader
    by_offering: dict[str, list[int]] = defaultdict(list)
    for offering, seq in seen:
        by_offering[offering].append(seq)
    written = await connected(
        book.address.dsn,
        lambda c: c.fetch("SELECT offering_id, max(seq) AS seq FROM ledger GROUP BY offering_id"),
    )
    assert dict(by_offering) == {
        f"item_{row['offering_id'].hex}": list(range(1, row["seq"] + 1)) for row in written
    }


async def test_a_position_of_another_cluster_or_of_the_future_tells_nothing(book: Book) -> None:
    here = await book.position()
    for wrong in (here._replace(system=here.system + 1), here._replace(next=here.next + 1000)):
        with pytest.raises(Elsewhere):
            await book.read(wrong)


async def test_what_was_brought_along_from_another_cluster_is_never_news(book: Book) -> None:
    """Its transactions have numbers that are yet to be given here."""
    old, item = await book.offering(), await book.offering()
    await book.write(old)

    async def bring(connection: asyncpg.Connection) -> None:  # type: ignore[type-arg]
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("UPDATE ledger SET xid = (SELECT max(xid) FROM ledger) + 3")
        await connection.execute("UPDATE ledger_cluster SET system = 1")

    await connected(book.address.superuser, bring)
    async with book.database.read_across() as connection:
        await note_cluster(connection)
        await note_cluster(connection)
    position = await book.position()
    seen = []
    for _ in range(8):
        await book.write(item)
        reading = await book.read(position)
        position = reading.position
        seen += told(reading.changes)
    assert seen == [(item, seq) for seq in range(1, 9)]
