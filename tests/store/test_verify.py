"""`verify` finds nothing wrong with what the engine wrote, and names whatever is made wrong."""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import asyncpg
import pytest

from firmhold.domain.model import Kind, Status, Wait
from firmhold.store.database import SETTINGS
from firmhold.store.sql import QUERIES, statement
from firmhold.store.verify import CHECKS, verify
from tests.databases import Address, looking
from tests.store import books as b
from tests.store import corruptions
from tests.store.corruptions import UNGUARDED, Corruption, itself
from tests.store.corruptions_of_time import CORRUPTIONS_OF_TIME

CORRUPTIONS = [*corruptions.CORRUPTIONS, *CORRUPTIONS_OF_TIME]


async def test_books_kept_by_the_engine_balance(books: Address) -> None:
    told: list[tuple[str, int, int]] = []
    connection = await looking(books.dsn)
    report = await verify(connection, on_check=lambda *progress: told.append(progress))
    assert report.findings == []
    assert report.ok
    assert report.counts == {
        "organizations": 2,
        "offerings": 10,
        "reservations": 23,
        "lines": 26,
        "loans": 3,
        "waitlist_entries": 8,
        "ledger_entries": 90,
        "idempotency_records": 52,
    }
    assert [name for name, _, _ in told[:-1]] == [check.name for check in CHECKS]
    assert [done for _, done, _ in told] == list(range(len(CHECKS) + 1))
    await connection.close()


async def test_the_books_contain_everything_that_can_happen(books: Address) -> None:
    connection = await looking(books.dsn)
    kinds = await connection.fetch("SELECT DISTINCT kind FROM ledger")
    statuses = await connection.fetch("SELECT DISTINCT status FROM reservation")
    waits = await connection.fetch("SELECT DISTINCT status FROM waitlist_entry")
    assert {kind for (kind,) in kinds} == set(Kind)
    assert {status for (status,) in statuses} == set(Status)
    assert {status for (status,) in waits} == set(Wait)
    await connection.close()


@pytest.mark.parametrize(
    "corruption", CORRUPTIONS, ids=[f"{c.check}: {c.defect}" for c in CORRUPTIONS]
)
async def test_what_is_wrong_is_named(books: Address, corruption: Corruption) -> None:
    connection = await asyncpg.connect(books.superuser)
    await connection.execute(UNGUARDED)
    done = await connection.execute(corruption.sql)
    assert not done.endswith(" 0"), "the corruption found nothing to corrupt"
    report = await verify(connection)
    sentences = [finding.what for finding in report.findings if finding.check == corruption.check]
    assert any(all(name in what for name in corruption.named) for what in sentences), sentences
    assert not report.ok
    await connection.close()


def test_every_check_has_a_corruption_and_a_statement() -> None:
    names = [check.name for check in CHECKS]
    assert set(names) == {corruption.check for corruption in CORRUPTIONS}
    helpers = {"planner", "organization_exists", "kind_of_offering", "how_many"}
    text = (QUERIES / "verify.sql").read_text(encoding="utf-8")
    statements = re.findall(r"^-- name: (\w+)#?$", text, re.MULTILINE)
    assert [name for name in statements if name not in helpers] == names


@pytest.mark.parametrize("check", [check.name for check in CHECKS])
async def test_the_work_grows_with_the_tables_and_no_faster(books: Address, check: str) -> None:
    """A join by loop or by merge, chosen for a few rows, takes days for ten million."""
    connection = await looking(books.dsn, **SETTINGS)
    async with connection.transaction():
        await connection.execute(statement("verify", "planner"))
        plan = await connection.fetch(f"EXPLAIN {statement('verify', check)}", None, 5)
    assert not re.search("Nested Loop|Merge", "\n".join(line for (line,) in plan))
    await connection.close()


async def test_one_organization_alone(books: Address) -> None:
    connection = await asyncpg.connect(books.superuser)
    await connection.execute(UNGUARDED)
    await connection.execute(f"UPDATE offering SET held = 5 WHERE {itself(b.ELSEWHERE)}")
    assert (await verify(connection, b.ORGANIZATION)).ok
    other = await verify(connection, b.OTHER)
    assert {finding.check for finding in other.findings} == {
        *("counters_equal_ledger", "counters_equal_lines"),
    }
    assert other.counts["organizations"] == other.counts["offerings"] == 1
    with pytest.raises(LookupError):
        await verify(connection, b.number("org", 9))
    await connection.close()


async def test_writers_are_not_kept_waiting_and_not_seen(books: Address) -> None:
    """On a connection with the engine's settings, while somebody else writes and commits."""
    connection = await asyncpg.connect(books.superuser, server_settings=SETTINGS)
    await connection.execute(UNGUARDED)
    begun: list[str] = []

    def write_something_wrong(name: str, done: int, total: int) -> None:
        if done == 1:  # the snapshot is taken, and every table of the first check is in use
            begun.append(name)
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, _take_a_unit(books.dsn)).result()

    assert (await verify(connection, on_check=write_something_wrong)).ok
    assert begun
    assert not (await verify(connection)).ok
    assert await connection.fetchval("SHOW enable_seqscan") == "off"
    assert await connection.fetchval("SHOW transaction_read_only") == "off"
    await connection.close()


async def _take_a_unit(dsn: str) -> None:
    connection = await looking(dsn, lock_timeout="1s")
    await connection.execute(f"UPDATE offering SET held = held + 1 WHERE {itself(b.MANY)}")
    await connection.close()
