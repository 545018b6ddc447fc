"""The comparison of the clients' book with the tables notices what it is there for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from firmhold.domain.model import Reservation
from firmhold.store.verify import CHECKS, Finding, Report, verify
from tests.databases import Address, connected
from tests.faults.book import MORE_THAN_THERE_IS, Book, Units, Wrong, audit, numbers, unbalanced
from tests.shop import Shop
from tests.store.corruptions import UNGUARDED


def shown(reservation: Reservation) -> Any:
    """What matters of an answer about it."""
    assert reservation.expires_at is not None
    return {
        "id": reservation.id,
        "status": reservation.status.value,
        "expires_at": reservation.expires_at.isoformat(),
        "lines": [
            {"offering": it.offering, "quantity": it.quantity, "held": it.held, "confirmed": 0}
            for it in reservation.lines
        ],
    }


@pytest.fixture
async def known(shop: Shop) -> tuple[Book, str, str]:
    """A book with one reservation, that, and what it is of."""
    item = await shop.item(3)
    book = Book()
    reservation = await shop.held((item, 2))
    book.note(shown(reservation))
    return book, reservation.id, item


async def tampered(database: Address, *statements: str) -> None:
    """Let someone nothing can stop do this."""

    async def tamper(connection: Any) -> None:
        await connection.execute(UNGUARDED)
        for sql in statements:
            await connection.execute(sql)

    await connected(database.superuser, tamper)


async def test_what_is_as_it_was_acknowledged_is_not_wrong(
    shop: Shop, database: Address, known: tuple[Book, str, str]
) -> None:
    book, id, _ = known
    assert await audit(database.dsn, book) == []
    await shop.make_due(id)
    book.ends[id] = await shop.fetchval("SELECT expires_at FROM reservation")
    await tampered(
        database,
        "UPDATE reservation SET status = 'expired', ended_at = expires_at",
        "UPDATE reservation_line SET status = 'expired', held = 0",
    )
    assert numbers(await audit(database.dsn, book)) == {
        "lost": 2,
        "oversold": 0,
        "otherwise_wrong": 0,
    }
    book.expire(id)
    assert await audit(database.dsn, book) == []


async def test_a_unit_less_is_lost_even_if_all_the_tables_agree(
    database: Address, known: tuple[Book, str, str]
) -> None:
    book, id, item = known
    await tampered(
        database,
        "UPDATE reservation_line SET quantity = 1, held = 1",
        "UPDATE offering SET held = 1",
        "UPDATE ledger SET held_delta = 1, held = 1 WHERE kind = 'held'",
    )
    assert (await connected(database.dsn, verify)).findings == []
    (wrong,) = await audit(database.dsn, book)
    assert wrong.kind == "lost" and id in wrong.what
    assert str({item: Units(2, 2, 0)}) in wrong.what and str({item: Units(1, 1, 0)}) in wrong.what


async def test_a_line_an_end_and_a_whole_reservation_can_be_lost(
    shop: Shop, database: Address, known: tuple[Book, str, str]
) -> None:
    book, id, _ = known
    other = await shop.item(1)
    lines = book.lines[id]
    book.lines[id] = (*lines, (other, Units(1, 1, 0)))
    assert [it.kind for it in await audit(database.dsn, book)] == ["lost"]
    book.lines[id] = lines
    ends = book.ends[id]
    assert isinstance(ends, datetime)
    book.ends[id] = ends + timedelta(seconds=1)
    assert [it.kind for it in await audit(database.dsn, book)] == ["lost"]
    book.ends[id] = ends
    book.status["rsv_gone"] = "held"
    (wrong,) = await audit(database.dsn, book)
    assert wrong == ("lost", "rsv_gone was acknowledged as held and is not there")


async def test_what_nobody_was_told_of_is_wrong_and_what_was_seen_on_the_way_is_lost(
    shop: Shop, database: Address, known: tuple[Book, str, str]
) -> None:
    book, _, item = known
    await shop.held((item, 1))
    book.lost.append("a key was answered twice, of which none was oversold")
    assert numbers(await audit(database.dsn, book)) == {
        "lost": 1,
        "oversold": 0,
        "otherwise_wrong": 1,
    }


async def test_each_thing_that_is_oversold_counts(shop: Shop, database: Address) -> None:
    book = Book()
    for _ in range(2):
        book.note(shown(await shop.held((await shop.item(2), 2))))
    await tampered(database, "UPDATE offering SET capacity = 1")
    wrong = await audit(database.dsn, book)
    assert numbers(wrong) == {"lost": 0, "oversold": 2, "otherwise_wrong": 0}
    report = await connected(database.dsn, verify)
    assert numbers(unbalanced(report))["oversold"] >= 2


def test_what_verify_finds_is_of_the_kind_that_its_check_says() -> None:
    assert {check.name for check in CHECKS} >= MORE_THAN_THERE_IS
    findings = [
        Finding("pools_within_units", 2, "a pool lends too much"),
        Finding("counters_equal_lines", 3, "counters differ, though nothing is oversold"),
    ]
    assert unbalanced(Report(findings, {}, 0.0)) == [
        Wrong("oversold", "a pool lends too much"),
        Wrong("otherwise", "counters differ, though nothing is oversold"),
    ]
