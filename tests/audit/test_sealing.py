"""Everything gets one leaf and one only, whoever seals, in whichever order it was written."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from firmhold.audit import sealer as module
from firmhold.audit.proofs import newest_checkpoint
from firmhold.audit.sealer import Sealer, look_again
from firmhold.domain.commands import Release
from firmhold.store.sql import statement
from tests.audit.book import Book, organization
from tests.audit.logs import SIGNER, STRANGER, SUCCESSOR
from tests.databases import Address, connected, looking
from tests.shop import OPERATOR, open_shop


async def sizes(book: Book) -> list[int]:
    rows = await book.fetch("SELECT size FROM audit_checkpoint ORDER BY size")
    return [row["size"] for row in rows]


async def test_what_was_written_is_sealed_and_holds(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 300, reason="sold out")
    await book.act("user.created", "user:owner", "a@b.example", role="operator", ä="ö")
    assert await book.seal() == 301
    report = await book.report()
    assert (report.findings, report.entries, report.waiting) == ([], 301, 0)


async def test_a_log_grows_round_by_round(book: Book) -> None:
    item, other = await book.offering(), await book.offering()
    sealer = book.sealer()
    for count in (1, 254, 1, 1, 600, 3):
        await book.write(item, count)
        await book.write(other, 1)
        await book.seal(sealer)
    assert await sizes(book) == [2, 257, 259, 261, 862, 866]
    report = await book.report()
    assert (report.findings, report.entries) == ([], 866)


async def test_where_nothing_happens_nothing_is_written(book: Book) -> None:
    await book.write(await book.offering())
    await book.seal()
    written = "SELECT string_agg(xmin::text, ' ' ORDER BY name) FROM audit_cursor"
    before = await book.fetchval(written)
    assert await book.sealer().run_once() == module.PAUSE
    assert await book.fetchval(written) == before
    assert len(await sizes(book)) == 1


async def test_a_node_with_a_key_of_its_own_leaves_sealing_to_those_who_have_the_other(
    book: Book,
) -> None:
    """If it moved on, what it cannot seal would never be; if it began a log, nobody else could go
    on with it."""
    item = await book.offering()
    await book.write(item, 3)
    await book.seal()
    await book.write(item, 3)
    other, elsewhere = book.sealer(STRANGER), await book.offering()
    await book.write(elsewhere, 2)
    for _ in range(3):
        assert await other.run_once() == module.PAUSE_OF_STRANGERS
    assert other.sealed == 0
    assert await book.seal() == 5
    report = await book.report()
    assert (report.findings, report.entries, report.waiting) == ([], 8, 0)


async def test_nodes_that_get_a_new_key_one_after_the_other_go_on_sealing(book: Book) -> None:
    item = await book.offering()
    old, both = book.sealer(), book.sealer(SUCCESSOR)
    for sealer, sealed in ((old, 1), (both, 1), (both, 2)):
        await book.write(item)
        assert await book.seal(sealer) == sealed
    await book.write(item)
    assert await old.run_once() == module.PAUSE_OF_STRANGERS
    assert await book.seal(both) == 3


async def test_a_transaction_that_is_still_running_is_waited_for_and_not_left_out(
    book: Book,
) -> None:
    item, late = await book.offering(), await book.offering()
    connection = await looking(book.address.dsn)
    try:
        async with connection.transaction():
            await book.write(late, 2, connection=connection)
            await book.write(item, 5)
            assert await book.seal() == 0
            assert (await book.report()).waiting == 5
        assert await book.seal() == 7
    finally:
        await connection.close()
    assert (await book.report()).findings == []


async def test_a_transaction_larger_than_a_round_is_sealed_in_parts(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 7)
    item, other = await book.offering(), await book.offering()
    connection = await looking(book.address.dsn)
    async with connection.transaction():
        await book.write(item, 23, connection=connection)
        await book.write(other, 14, connection=connection)
    await connection.close()
    await book.write(item, 6)
    assert await book.seal() == 43
    assert await sizes(book) == [7, 14, 21, 28, 35, 42, 43]
    assert (await book.report()).findings == []


async def test_workers_that_seal_at_once_lose_and_double_nothing(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 40)
    items = [await book.offering() for _ in range(6)]
    dice, over = random.Random(7), asyncio.Event()

    async def write(item: str) -> None:
        connection = await looking(book.address.dsn)
        for _ in range(25):
            transaction = connection.transaction()
            await transaction.start()
            await book.write(item, dice.randint(1, 9), connection=connection)
            # Others commit before, though they began after.
            await asyncio.sleep(dice.random() * 0.02)
            if dice.random() < 0.2:
                await transaction.rollback()
                book._numbers[item] = await _last(connection, item)
            else:
                await transaction.commit()
        await connection.close()

    async def keep_sealing(sealer: Sealer) -> None:
        while not over.is_set():
            await sealer.run_once()
            await asyncio.sleep(dice.random() * 0.01)

    sealers = [book.sealer() for _ in range(3)]
    loops = [asyncio.create_task(keep_sealing(sealer)) for sealer in sealers]
    await asyncio.gather(*(write(item) for item in items))
    over.set()
    await asyncio.gather(*loops)
    await book.seal(sealers[0])
    entries = await book.fetchval("SELECT count(*) FROM ledger")
    assert sum(sealer.sealed for sealer in sealers) == entries
    report = await book.report()
    assert (report.findings, report.entries, report.waiting) == ([], entries, 0)


async def _last(connection: Any, item: str) -> int:
    sql = "SELECT coalesce(max(seq), 0) FROM ledger WHERE offering_id = $1"
    return int(await connection.fetchval(sql, item))


STEPS = ("put_tiles", "put_spans", "put_checkpoints", "move_cursor", "the end")


@pytest.mark.parametrize("step", STEPS)
async def test_a_sealer_that_dies_before_any_step_leaves_nothing_half_done(
    book: Book, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    await book.write(await book.offering(), 300)
    assert await book.seal() == 300
    await book.write(await book.offering(), 30)
    dying = "SELECT pg_terminate_backend(pg_backend_pid())"

    def broken(file: str, name: str) -> str:
        if step == "the end" and name == "move_cursor":
            return f"WITH moved AS ({statement(file, name)} RETURNING 1) {dying} FROM moved"
        return dying if name == step else statement(file, name)

    with monkeypatch.context() as patched:
        patched.setattr("firmhold.audit.sealer.statement", broken)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await book.sealer().run_once()
    report = await book.report()
    assert (report.findings, report.entries, report.waiting) == ([], 300, 30)
    assert await book.seal() == 30
    report = await book.report()
    assert (report.findings, report.entries) == ([], 330)


async def test_each_organization_has_a_log_of_its_own(book: Book) -> None:
    other = Book(book.address, book.database, await organization(book.database, "other"))
    await book.write(await book.offering(), 12)
    await other.write(await other.offering(), 5)
    await other.act("token.issued", "user:owner")
    assert await book.seal() == 18
    assert [(log.entries, log.findings) for log in (await book.everything()).logs] == [
        (12, []),
        (6, []),
    ]


async def test_a_log_whose_hashes_were_changed_is_not_signed_anew_and_the_others_go_on(
    book: Book,
) -> None:
    other = Book(book.address, book.database, await organization(book.database, "other"))
    item, theirs = await book.offering(), await other.offering()
    await book.write(item, 3)
    await other.write(theirs, 3)
    await book.seal()
    kept = await book.fetchval(
        "SELECT hashes FROM audit_tile WHERE organization_id = $1", book.organization[-32:]
    )
    await book.tamper(
        "UPDATE audit_tile SET hashes = set_byte(hashes, 5, get_byte(hashes, 5) # 1) "
        f"WHERE organization_id = '{book.organization[-32:]}'"
    )
    await book.write(item, 2)
    await other.write(theirs, 2)
    sealer = book.sealer()
    assert await book.seal(sealer) == 2
    assert {id.hex for id in sealer.refused} == {book.organization[-32:]}
    assert (await other.report()).findings == []
    assert (await book.report()).findings != []
    # Put right again, what was passed over gets its leaf.
    await book.tamper(
        f"UPDATE audit_tile SET hashes = '\\x{kept.hex()}' "
        f"WHERE organization_id = '{book.organization[-32:]}'"
    )
    await connected(book.address.dsn, _look_again)
    assert await book.seal(sealer) == 4
    assert not sealer.refused
    report = await book.report()
    assert (report.findings, report.entries) == ([], 5)


async def _look_again(connection: Any) -> None:
    async with connection.transaction():
        await look_again(connection)


async def test_what_a_stranger_has_signed_is_not_continued(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 3)
    await book.seal(book.sealer(STRANGER))
    # As by somebody who has the database: what is written there is not believed.
    key = SIGNER.public.hex()
    await book.tamper(f"UPDATE audit_cursor SET public = decode('{key}', 'hex')")
    await book.write(item, 3)
    sealer = book.sealer()
    assert await book.seal(sealer) == 0
    assert sealer.refused


async def test_a_key_can_be_changed_if_the_new_one_knows_the_old_one(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 3)
    await book.seal(book.sealer(STRANGER))
    await book.write(item, 3)
    new = type(SIGNER)(bytes(range(32)), [STRANGER.public])
    assert await book.seal(book.sealer(new)) == 3
    assert (await book.report(keys=new.known)).findings == []


async def test_deleted_checkpoints_do_not_let_the_log_begin_anew(book: Book) -> None:
    item = await book.offering()
    await book.write(item, 3)
    await book.seal()
    await book.tamper("DELETE FROM audit_checkpoint")
    await book.write(item, 3)
    sealer = book.sealer()
    assert await book.seal(sealer) == 0
    assert sealer.refused


@pytest.mark.parametrize("factor", ["smaller", "larger"])
async def test_in_a_new_cluster_where_transactions_are_numbered_anew_sealing_goes_on(
    book: Book, factor: str
) -> None:
    """As after a dump is restored: what was written there has numbers of another world."""
    item = await book.offering()
    await book.write(item, 10)
    await book.seal()
    await book.write(item, 4)  # not sealed when the dump was made
    kept = await connected(book.address.dsn, lambda c: newest_checkpoint(c, book.organization))
    # Entries of the old cluster, far ahead of or far behind this one.
    shift = 1_000_000 if factor == "smaller" else -100
    await book.tamper(
        f"UPDATE ledger SET xid = xid + {shift} WHERE seq > 10",
        f"UPDATE audit_cursor SET system = system # 1, xid = xid + {shift}",
    )
    await book.write(item, 5)
    sealer = book.sealer()
    assert await book.seal(sealer) == 9
    report = await book.report(kept or "")
    assert (report.findings, report.entries, report.waiting) == ([], 19, 0)
    await book.write(item, 2)
    assert await book.seal(sealer) == 11
    assert (await book.report(kept or "")).findings == []


async def test_numbers_that_the_old_cluster_has_used_may_come_again(book: Book) -> None:
    """The new cluster comes, while it works, through the numbers of what is sealed."""
    item = await book.offering()
    ahead = int(await book.fetchval("SELECT pg_current_xact_id()::text::bigint")) + 5
    for _ in range(20):
        await book.write(item)
    await book.tamper(
        f"UPDATE ledger SET xid = {ahead} + 6 * seq",
        "UPDATE audit_cursor SET system = 1, xid = 0",
    )
    sealer = book.sealer()
    for _ in range(60):
        await book.write(item)
        await book.seal(sealer)
    report = await book.report()
    assert (report.findings, report.entries, report.waiting) == ([], 80, 0)


async def test_what_the_engine_does_is_sealed_while_it_does_it(database: Address) -> None:
    async with open_shop(database.dsn) as shop:
        book = Book(database, shop.services.database, shop.organization.id)
        item, sealer = await shop.item(1000), book.sealer()

        async def sell() -> None:
            for _ in range(20):
                held = await shop.held((item, 1))
                await shop.submit(Release(held.id, OPERATOR))

        sales = [asyncio.create_task(sell()) for _ in range(8)]
        while not all(sale.done() for sale in sales):
            await sealer.run_once()
            await asyncio.sleep(0.01)
        await asyncio.gather(*sales)
        await book.seal(sealer)
        assert sealer.sealed == 2 + 2 * 20 * 8, "the organization and the item, too"
        assert (await book.report()).findings == []
        assert (await shop.verify()).ok
