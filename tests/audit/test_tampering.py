"""Whatever is done to the tables by someone nothing can stop, the audit finds it."""

from __future__ import annotations

import random
from typing import Any

import asyncpg
import pytest

from firmhold.audit.proofs import newest_checkpoint
from firmhold.audit.verify import verify
from tests.audit.book import Book
from tests.audit.logs import SIGNER
from tests.databases import connected, looking

ENTRY = "(SELECT ctid FROM {table} ORDER BY md5(ctid::text || '{dice}') LIMIT 1)"

EDITS = {
    "ledger": (
        "seq = seq + 1000",
        "kind = 'expired'",
        "reservation_id = gen_random_uuid()",
        "capacity_delta = capacity_delta + 1",
        "held_delta = held_delta - 1",
        "confirmed_delta = 7",
        "capacity = capacity + 1",
        "held = held + 1",
        "confirmed = confirmed + 1",
        "at = at + interval '1 microsecond'",
        "actor = actor || ' '",
        "actor = 'erased', reason = NULL",
        "reason = coalesce(reason || 'x', '')",
        "hold_expires_at = NULL",
        "xid = xid + 1",
        "xid = 1",
        "xid = xid + 1000000000",
        "offering_id = gen_random_uuid()",
    ),
    "act": (
        "id = gen_random_uuid()",
        "kind = 'other'",
        "actor = 'user:else'",
        "subject = coalesce(subject, '') || 'x'",
        "facts = facts || '{\"a\": 1}'",
        "at = at - interval '1 day'",
        "xid = xid - 1",
    ),
    "audit_span": (
        "first = first + 100000",
        "count = count + 1",
        "runs = set_byte(runs, 20, get_byte(runs, 20) # 1)",
        "runs = runs || runs",
        "salts = set_byte(salts, 3, get_byte(salts, 3) # 128)",
        "salts = ''",
    ),
    "audit_tile": (
        "hashes = set_byte(hashes, 17, get_byte(hashes, 17) # 4)",
        "hashes = substr(hashes, 33)",
        "hashes = hashes || substr(hashes, 1, 32)",
        "number = number + 10",
        "level = level + 10",
    ),
    "audit_checkpoint": (
        "size = size + 1000",
        "previous = CASE previous WHEN 0 THEN size - 1 ELSE 0 END",
        "root = set_byte(root, 9, get_byte(root, 9) # 2)",
        "at = at + interval '1 second'",
        "key_id = '\\x00000000'",
        "signature = set_byte(signature, 1, get_byte(signature, 1) # 1)",
    ),
    "audit_erasure": (
        "commitments[1] = repeat('0', 64)",
        "act_id = gen_random_uuid()",
        "id = gen_random_uuid()",
        "commitments = '{}'",
    ),
}

TABLES = ("ledger", "act", "audit_span", "audit_tile", "audit_checkpoint", "audit_erasure")
CHANGED = "UPDATE {table} SET {edit} WHERE ctid = " + ENTRY
DELETED = "DELETE FROM {table} WHERE ctid = " + ENTRY
SWAPS = (
    # What two entries of an offering say, their numbers, the places of two hashes.
    "UPDATE ledger AS l SET reason = o.reason || 'a', at = o.at FROM ledger AS o "
    "WHERE l.seq = {one} AND o.seq = {two} AND l.offering_id = o.offering_id",
    "UPDATE ledger SET seq = CASE seq WHEN {one} THEN {two} ELSE {one} END + 5000 "
    "WHERE seq IN ({one}, {two})",
    "UPDATE audit_tile SET hashes = overlay(overlay(hashes PLACING substr(hashes, 1, 32) FROM 65) "
    "PLACING substr(hashes, 65, 32) FROM 1) WHERE level = 0 AND number = 0",
)
TRUNCATIONS = (
    "DELETE FROM ledger WHERE seq >= {one}",
    "DELETE FROM ledger WHERE seq <= {one}",
    "DELETE FROM audit_span WHERE first >= {one}",
    "DELETE FROM audit_checkpoint WHERE size > {one}",
    "DELETE FROM audit_tile WHERE level = 0 AND number > 0",
)
INSERTIONS = (
    "INSERT INTO ledger SELECT organization_id, offering_id, seq + 7000, kind, reservation_id, "
    "capacity_delta, held_delta, confirmed_delta, capacity, held, confirmed, at, actor, reason, "
    "hold_expires_at, xid FROM ledger WHERE seq = {one}",
    "INSERT INTO act SELECT organization_id, gen_random_uuid(), kind, actor, subject, facts, at, "
    "xid FROM act LIMIT 1",
    "INSERT INTO act SELECT organization_id, gen_random_uuid(), kind, actor, subject, facts, at, "
    "xid + 1000000000 FROM act LIMIT 1",
    "INSERT INTO audit_span SELECT organization_id, first + 10000, count, from_xid, to_xid, runs, "
    "salts FROM audit_span WHERE first = 0",
    "INSERT INTO audit_erasure SELECT organization_id, offering_id, seq, '{{NULL,NULL}}', "
    "gen_random_uuid() FROM ledger WHERE seq = {one} AND actor <> 'erased'",
    # Cut off, so that nothing that is left disagrees: only a checkpoint that was kept tells.
    "WITH a AS (DELETE FROM audit_span WHERE first > 0), b AS (DELETE FROM audit_checkpoint WHERE "
    "size > (SELECT min(size) FROM audit_checkpoint)), c AS (DELETE FROM ledger WHERE seq > 10), "
    "d AS (DELETE FROM act), e AS (DELETE FROM audit_erasure) DELETE FROM audit_tile WHERE number "
    "> 0 OR level > 0",
)


def tamperings(times: int) -> list[str]:
    """Statements, at random but the same each time."""
    dice = random.Random(1)
    found = []
    for _ in range(times):
        table = dice.choices(TABLES, weights=(6, 3, 2, 2, 2, 1))[0]
        match dice.choice(("edit", "edit", "edit", "delete", "swap", "truncate", "insert")):
            case "edit":
                sql = CHANGED.replace("{edit}", dice.choice(EDITS[table]))
            case "delete":
                sql = DELETED
            case "swap":
                sql = dice.choice(SWAPS)
            case "truncate":
                sql = dice.choice(TRUNCATIONS)
            case _:
                sql = dice.choice(INSERTIONS)
        one, two = dice.sample(range(2, 300), 2)
        for name, value in (("table", table), ("dice", dice.random()), ("one", one), ("two", two)):
            sql = sql.replace("{" + name + "}", str(value))
        found.append(sql.replace("{{", "{").replace("}}", "}"))
    return found


async def kept_book(book: Book) -> str:
    """A log of three hundred entries with everything that logs have, and its checkpoint."""
    from firmhold.audit.erasing import erase

    item, sealer = await book.offering(), book.sealer()
    for count in (10, 90, 180, 20):
        await book.write(item, count, reason="sold out" if count == 90 else None)
        await book.act("user.created", "user:owner", "a@b.example", role="operator")
        await book.seal(sealer)
    await book.write(item, 3, actor="guest:c@d.example")
    await book.seal(sealer)
    await connected(
        book.address.dsn, lambda c: erase(c, book.organization, ["c@d.example"], "user:owner")
    )
    await book.seal(sealer)
    note = await connected(book.address.dsn, lambda c: newest_checkpoint(c, book.organization))
    return str(note)


async def test_hundreds_of_random_tamperings_with_the_tables_are_all_found(book: Book) -> None:
    note = await kept_book(book)
    assert (await book.report(note)).findings == []
    missed, done = [], 0

    async def attack(connection: asyncpg.Connection[Any]) -> None:
        nonlocal done
        # Without triggers and constraints of foreign keys; checks and keys as they are.
        await connection.execute("SET session_replication_role = replica")
        for table in ("ledger", "audit_span", "audit_checkpoint", "audit_tile"):
            checks = await connection.fetch(
                "SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'",
                table,
            )
            for check in checks:
                await connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check['conname']}")
        for sql in tamperings(400):
            transaction = connection.transaction()
            await transaction.start()
            try:
                if not (await connection.execute(sql)).endswith(" 0"):
                    done += 1
                    if not (await _verified(connection, note)).logs[0].findings:
                        missed.append(sql)
            except asyncpg.UniqueViolationError:
                pass  # two entries of the same key: not even that someone can do it
            finally:
                await transaction.rollback()

    await connected(book.address.superuser, attack)
    assert not missed, "\n".join(missed)
    assert done > 300


async def _verified(connection: Any, note: str) -> Any:
    """In the same transaction, so that it can be taken back."""

    class Within:
        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

        def transaction(self, **_: Any) -> Any:
            return connection.transaction()

    return await verify(Within(), [SIGNER.public], None, [note])


@pytest.mark.parametrize(
    ("sql", "first", "what"),
    [
        ("UPDATE ledger SET held = 5 WHERE seq = 7", 6, "is not what was sealed"),
        ("DELETE FROM ledger WHERE seq = 50", 49, "is missing"),
        ("UPDATE ledger SET reason = 'x' WHERE seq IN (60, 40)", 39, "is not what was sealed"),
    ],
)
async def test_the_first_bad_entry_is_named(book: Book, sql: str, first: int, what: str) -> None:
    await book.write(await book.offering(), 100)
    await book.seal()
    await book.tamper(sql)
    finding = (await book.report()).findings[0]
    assert finding.entry == first
    assert what in finding.what
    assert f"entry {first + 1} of offering" in finding.what


async def test_the_cursor_cannot_be_moved_to_leave_entries_out(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 3)
    await book.seal()
    await book.write(item, 2)
    await book.tamper("UPDATE audit_cursor SET xid = xid + 1000")
    assert "was put in: it has no leaf" in (await book.report()).findings[0].what
    await book.tamper("DELETE FROM audit_cursor")
    assert (await book.report()).findings != []


async def test_checking_a_log_changes_nothing_and_keeps_nobody_from_writing(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 3)
    await book.seal()
    writer = await looking(book.address.dsn)
    async with writer.transaction():
        await book.write(item, 1, connection=writer)
        assert (await book.report()).findings == []
        await book.write(item, 1, connection=writer)
    await writer.close()
    assert await book.seal() == 2
