"""What is personal can be erased, and every proof holds as before."""

from __future__ import annotations

import asyncio
import json
from operator import methodcaller
from typing import Any

import asyncpg
import pytest

from firmhold.audit.checker import check_inclusion
from firmhold.audit.entry import ERASED, SALT
from firmhold.audit.erasing import Erased, erase
from firmhold.audit.proofs import inclusion, newest_checkpoint
from firmhold.audit.records import records
from tests.audit.book import Book
from tests.audit.logs import SIGNER
from tests.databases import connected

ALICE = "alice@example.org"


async def erasing(book: Book, *names: str) -> Erased:
    async def act(connection: Any) -> Erased:
        return await erase(connection, book.organization, names, "user:owner")

    erased: Erased = await connected(book.address.dsn, act)
    return erased


async def everything(book: Book) -> str:
    """All that the tables of the audit and the ledger have, as text."""
    tables = ("ledger", "act", "audit_erasure", "audit_checkpoint")
    rows = [
        await book.fetch(f"SELECT to_jsonb(t)::text AS t FROM {table} AS t") for table in tables
    ]
    return "\n".join(row["t"] for some in rows for row in some)


async def written(book: Book) -> str:
    """An offering with entries of two guests and acts about both."""
    item = await book.offering()
    await book.write(item, 3, actor=f"guest:{ALICE}")
    await book.write(item, 2, actor="guest:bob@example.org", reason="ill")
    await book.write(item, 1, reason=f"{ALICE} called")
    await book.act("user.created", "user:owner", ALICE, role="customer")
    await book.act("user.created", "user:owner", "bob@example.org", friend=ALICE)
    await book.act("token.issued", "user:owner", "bob@example.org")
    await book.seal()
    return item


async def test_nothing_is_left_of_a_person_and_the_log_holds(book: Book) -> None:
    await written(book)
    kept = await connected(book.address.dsn, lambda c: newest_checkpoint(c, book.organization))
    assert kept
    erased = await erasing(book, ALICE)
    assert (erased.entries, erased.left) == (6, 0)
    assert ALICE not in await everything(book)
    assert "bob@example.org" in await everything(book)
    # The act that says so waits for its leaf, and then has it.
    report = await book.report(kept)
    assert (report.findings, report.erased, report.waiting) == ([], 6, 1)
    await book.seal()
    report = await book.report(kept)
    assert (report.findings, report.erased, report.waiting) == ([], 6, 0)


async def test_salts_go_with_the_values_and_others_stay(book: Book) -> None:
    await written(book)
    before = await book.fetchval("SELECT salts FROM audit_span")
    await erasing(book, ALICE)
    after = await book.fetchval("SELECT salts FROM audit_span")
    pieces = [(before[at : at + SALT], after[at : at + SALT]) for at in range(0, len(before), SALT)]
    assert sum(new == ERASED for _, new in pieces) == 6
    assert all(new in {old, ERASED} for old, new in pieces)


async def test_an_erased_entry_can_still_be_proved_to_be_there(book: Book) -> None:
    item = await written(book)
    await erasing(book, ALICE)
    proof = await connected(book.address.dsn, lambda c: inclusion(c, book.organization, item, 2))
    assert proof["entry"][-2:] == [None, None]
    assert ALICE not in json.dumps(proof)
    assert check_inclusion(proof, [SIGNER.public]).size == 9


async def test_the_act_says_who_erased_which_entries(book: Book) -> None:
    await written(book)
    erased = await erasing(book, ALICE)
    assert erased.act
    [act] = await book.fetch("SELECT actor, facts FROM act WHERE kind = 'audit.erased'")
    assert act["actor"] == "user:owner"
    assert sum(count for _, count in json.loads(act["facts"])["entries"]) == 6


async def test_erasing_again_erases_nothing(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    assert await erasing(book, ALICE) == Erased(0, 0, None)
    assert await erasing(book, "nobody@example.org") == Erased(0, 0, None)


async def test_to_erase_much_takes_no_more_statements_than_to_erase_little(book: Book) -> None:
    """Each of these entries has a transaction of its own, and all of them one span."""
    item = await book.offering()
    for _ in range(30):
        await book.write(item, 1, actor=f"guest:{ALICE}")
    await book.write(item, 1, actor="guest:bob@example.org")
    await book.seal()
    said: list[int] = []

    async def counted(connection: Any, name: str) -> int:
        said.clear()
        connection.add_query_logger(lambda _: said.append(1))
        erased = await erase(connection, book.organization, [name], "user:owner")
        return erased.entries

    assert await connected(book.address.dsn, lambda c: counted(c, "bob@example.org")) == 1
    await asyncio.sleep(0)
    little = len(said)
    assert little > 5
    assert await connected(book.address.dsn, lambda c: counted(c, ALICE)) == 30
    await asyncio.sleep(0)
    assert len(said) == little


async def test_what_is_not_sealed_yet_is_left_and_said_to_be(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 2, actor=f"guest:{ALICE}")
    assert await erasing(book, ALICE) == Erased(0, 2, None)
    await book.seal()
    assert (await erasing(book, ALICE))[:2] == (2, 0)


@pytest.mark.parametrize("name", ["", " ", "al"])
async def test_a_name_that_would_be_found_everywhere_is_refused(book: Book, name: str) -> None:
    await written(book)
    with pytest.raises(ValueError, match="three characters"):
        await erasing(book, ALICE, name)
    assert (await book.report()).erased == 0


async def test_who_is_called_erased_is_erased_as_well(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    assert (await erasing(book, "erased")).entries == 0


async def test_the_act_of_erasing_cannot_be_erased(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    await book.seal()
    # Who erased is the actor of one act that is left, and of the act of erasing.
    assert (await erasing(book, "owner"))[:2] == (1, 0)
    await book.seal()
    assert (await book.report()).findings == []


async def test_an_offering_goes_on_after_entries_of_it_were_erased(book: Book) -> None:
    item = await written(book)
    await erasing(book, ALICE)
    await book.write(item, 300, actor=f"guest:{ALICE}")
    await book.seal()
    assert (await erasing(book, ALICE)).entries == 300
    await book.seal()
    report = await book.report()
    assert (report.findings, report.erased) == ([], 306)


async def test_an_export_of_what_was_erased_has_no_value_of_it(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    await book.seal()

    async def read(connection: Any) -> list[Any]:
        from uuid import UUID

        async with connection.transaction():
            return [line async for line in records(connection, UUID(book.organization[-32:]))]

    lines = await connected(book.address.dsn, read)
    assert ALICE not in json.dumps(lines)
    assert sum("commitments" in line for line in lines) == 6


REFUSED = (
    "UPDATE ledger SET kind = 'expired'",
    "UPDATE ledger SET seq = seq + 100",
    "UPDATE ledger SET actor = 'somebody'",
    "UPDATE ledger SET actor = 'erased', reason = NULL",
    "UPDATE act SET kind = 'a'",
    "UPDATE act SET facts = '{\"a\": 1}'",
    "UPDATE act SET actor = 'erased', subject = NULL, facts = '{}'",
    "DELETE FROM ledger",
    "DELETE FROM act",
    "TRUNCATE ledger",
    "TRUNCATE act",
    "DELETE FROM audit_span",
    "UPDATE audit_checkpoint SET root = root",
    "DELETE FROM audit_checkpoint",
    "TRUNCATE audit_checkpoint",
    "DELETE FROM audit_erasure",
    "UPDATE audit_erasure SET seq = 1",
)


async def test_after_erasing_nobody_has_the_privilege_any_more(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    for table, column in (("ledger", "actor"), ("act", "facts"), ("audit_span", "salts")):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await book.execute(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("sql", REFUSED)
async def test_the_database_refuses_everything_else(book: Book, sql: str) -> None:
    await written(book)
    before = await everything(book)
    with pytest.raises(
        (asyncpg.IntegrityConstraintViolationError, asyncpg.InsufficientPrivilegeError)
    ):
        await book.execute(sql)
    # And whoever needs no privilege is kept from it by the triggers.
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await connected(book.address.superuser, lambda c: c.execute(sql))
    assert await everything(book) == before


async def test_what_has_been_erased_cannot_be_written_anew(book: Book) -> None:
    await written(book)
    await erasing(book, ALICE)
    for sql in (
        "UPDATE ledger SET actor = 'user:somebody' WHERE actor = 'erased'",
        "UPDATE act SET subject = 'somebody' WHERE actor = 'erased'",
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await connected(book.address.superuser, methodcaller("execute", sql))
