"""An import changes items that exist: what the row gives, in step with ledger and engine."""

from __future__ import annotations

import asyncio
import io
import itertools
import json
from typing import Any

import asyncpg
import pytest

from firmhold.domain.commands import Asked, Hold
from firmhold.engine.engine import Engine
from firmhold.engine.ticket import Answer
from firmhold.store.database import Database
from firmhold.store.sql import statement
from firmhold.store.transfer import (
    ImportResult,
    OnError,
    export_items,
    import_items,
)
from firmhold.store.transfer_format import BIT, FIELDS
from firmhold.store.verify import verify
from tests.databases import Address, looking
from tests.engine.several import raw
from tests.shop import Shop, refused
from tests.store import books as b
from tests.store.transferring import (
    HEADER,
    NASTY,
    ORGANIZATION,
    Rejected,
    dump,
    entries,
    items,
    load,
    tables,
)


async def test_an_update_changes_what_the_row_gives_and_nothing_else(
    stockroom: asyncpg.Connection,
) -> None:
    await load(stockroom, json.dumps({**NASTY[1], "sku": "A"}), "jsonl")
    before = (await items(stockroom))[0]
    assert (await load(stockroom, f"{HEADER}\nA,New name,5\n", existing="update")).updated == 1
    after = (await items(stockroom))[0]
    assert after == {**before, "name": "New name", "capacity": 5, "available": 5}
    # An empty cell takes the value away, as null does; a field left out stays.
    await load(
        stockroom, "sku,name,capacity,description,min_quantity\nA,New name,5,,\n", existing="update"
    )
    change = {"sku": "A", "name": "New name", "capacity": 5, "metadata": None}
    await load(stockroom, json.dumps(change), "jsonl", existing="update")
    cleared = {"description": None, "min_quantity": 1, "metadata": None}
    assert (await items(stockroom))[0] == {**after, **cleared}
    assert await entries(stockroom, "A") == [
        (1, "created", 10**9, 10**9, "user:test", "import"),
        (2, "updated", 0, 10**9, "user:test", "import"),
        (3, "capacity_set", 5 - 10**9, 5, "user:test", "import"),
        (4, "updated", 0, 5, "user:test", "import"),
        (5, "updated", 0, 5, "user:test", "import"),
    ]


async def test_what_stays_the_same_leaves_no_trace(stockroom: asyncpg.Connection) -> None:
    data = f"{HEADER}\nA,a,1\nB,b,2\n"
    await load(stockroom, data)
    assert (await load(stockroom, data, existing="update"))[:4] == (0, 0, 2, 0)
    assert (await load(stockroom, data, existing="skip"))[:4] == (0, 0, 2, 0)
    assert len(await entries(stockroom, "A")) == 1


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        (
            {"sale_starts_at": "2027-01-01T00:00:00Z"},
            "sale_ends_at",
            "must be later than sale_starts_at",
        ),
        ({"max_quantity": 1}, "max_quantity", "must not be less than min_quantity"),
        (
            {"price_amount": None},
            "price_currency",
            "price_amount and price_currency come together or not at all",
        ),
    ],
)
async def test_a_row_must_fit_what_it_does_not_give(
    stockroom: asyncpg.Connection, change: dict[str, Any], field: str, reason: str
) -> None:
    await load(stockroom, json.dumps({**NASTY[1], "sku": "A"}), "jsonl")
    before = await items(stockroom)
    rejected: list[Rejected] = []
    line = json.dumps({"sku": "A", "name": "x", "capacity": 1, **change})
    await load(stockroom, line, "jsonl", existing="update", rejected=rejected)
    assert rejected == [(1, field, reason, line)]
    assert await items(stockroom) == before


async def test_capacity_never_goes_below_what_is_taken(books: Address) -> None:
    connection = await looking(books.dsn)
    before = await tables(connection)
    rejected: list[Rejected] = []
    skus = (b.MANY, b.FEW, b.DRAINING)
    data = "\n".join([HEADER, f"{skus[0]},{skus[0]},7", f"{skus[1]},{skus[1]},0"])
    for on_error in ("skip", "abort"):
        rejected.clear()
        result = await load(
            connection, data, on_error=on_error, existing="update", rejected=rejected
        )
        assert (result.updated, result.rejected) == (0, 2)
        assert rejected[0][:3] == (
            2,
            "capacity",
            "must not be below the 8 units that are taken (2 held, 6 confirmed)",
        )
        assert await tables(connection) == before

    async def drain() -> tuple[Any, ...]:
        (found,) = await connection.fetch(
            "SELECT capacity, drain_to FROM offering WHERE id = $1", b.DRAINING[-32:]
        )
        return tuple(found)

    # The exact number is fine; a drain goes on if its capacity is not touched, else it ends.
    data = "\n".join([HEADER, f"{skus[0]},{skus[0]},8", f"{skus[2]},{skus[2]},5"])
    assert (await load(connection, data, existing="update"))[1:3] == (1, 1)
    assert await drain() == (5, 2)
    data = f"{HEADER}\n{skus[2]},{skus[2]},6"
    assert (await load(connection, data, existing="update")).updated == 1
    assert await drain() == (6, None)
    await connection.close()


async def test_holds_that_are_due_take_nothing_whether_recorded_or_not(shop: Shop) -> None:
    item = await shop.item(10, "A")
    due, _ = await shop.held((item, 4)), await shop.held((item, 3))
    await shop.make_due(due.id)
    async with raw(shop.dsn) as connection:

        async def stock(capacity: int) -> ImportResult:
            return await import_items(
                connection,
                shop.organization.id,
                "user:test",
                io.BytesIO(f"{HEADER}\nA,A,{capacity}\n".encode()),
                "csv",
                on_error="skip",
                existing="update",
            )

        result = await stock(2)
        assert [reject.reason for reject in result.errors] == [
            "must not be below the 3 units that are taken (3 held, 0 confirmed)"
        ]
        assert (await stock(5)).updated == 1
        assert (await stock(5)).skipped == 1
        for _ in range(2):
            (seen,) = await shop.services.catalogue.find(shop.organization.id, skus=["A"])
            assert (seen.capacity, seen.held, seen.available, seen.draining_to) == (5, 3, 2, None)
            file: list[bytes] = []
            await export_items(connection, shop.organization.id, file.append, "jsonl", counts=True)
            counts = json.loads(b"".join(file))
            assert (counts["capacity"], counts["held"], counts["available"]) == (5, 3, 2)
            # The second time round with their end recorded, by someone who asks for too much.
            assert refused(await shop.hold((item, 3))) == "insufficient_capacity"
        assert await shop.counts(item) == (5, 3, 0)
        assert (await stock(5)).skipped == 1
        assert (await verify(connection)).findings == []


async def test_items_of_another_organization_are_out_of_reach(books: Address) -> None:
    connection = await looking(books.dsn)
    assert (await load(connection, f"{HEADER}\n{b.ELSEWHERE},mine,1\n", existing="update"))[:2] == (
        1,
        0,
    )
    foreign = await connection.fetch(
        "SELECT sku, name FROM item WHERE organization_id = $1", "0" * 31 + "2"
    )
    assert [tuple(found) for found in foreign] == [(b.ELSEWHERE, b.ELSEWHERE)]
    assert b"mine" in await dump(connection)
    assert b.DRAINING.encode() in await dump(connection)
    for act in (
        import_items(
            connection,
            b.number("org", 9),
            "x",
            io.BytesIO(),
            "jsonl",
            on_error="skip",
            existing="skip",
        ),
        export_items(connection, b.number("org", 9), lambda data: None, "csv"),
    ):
        with pytest.raises(LookupError):
            await act
    await connection.close()


async def test_importing_stock_and_selling_it_do_not_disturb_each_other(books: Address) -> None:
    """The same two items, held by the engine and set by two imports all the while."""
    opened = [await looking(books.dsn) for _ in range(2)]
    database = Database(books.dsn, engine_connections=4, read_connections=1, pooler=False)
    await database.open()
    engine = Engine(database)
    engine.start()
    stocked = asyncio.Event()

    async def sell() -> int:
        lines, taken = (Asked(b.MANY, 1), Asked(b.FEW, 1)), 0
        for start in itertools.count(1000, 5):
            holds = [
                Hold(b.number("rsv", n), b.SYSTEM, None, lines) for n in range(start, start + 5)
            ]
            replies = await asyncio.gather(
                *(engine.submit(ORGANIZATION, hold, b.render) for hold in holds)
            )
            taken += sum(isinstance(reply, Answer) for reply in replies)
            if stocked.is_set():
                break
        return taken

    async def stock(connection: asyncpg.Connection, on_error: OnError, most: int) -> int:
        updated = 0
        for capacity in range(most - 20, most):
            data = "".join(f"{sku},{sku},{capacity}\n" for sku in (b.FEW, b.MANY))
            result = await import_items(
                connection,
                ORGANIZATION,
                "user:test",
                io.BytesIO(f"{HEADER}\n{data}".encode()),
                "csv",
                on_error=on_error,
                existing="update",
            )
            assert result.rejected == 0
            updated += result.updated
        return updated

    async def stock_both() -> list[int]:
        updates = await asyncio.gather(
            stock(opened[0], "skip", 200_000), stock(opened[1], "abort", 300_000)
        )
        stocked.set()
        return list(updates)

    taken, updates = await asyncio.gather(sell(), stock_both())
    assert taken > 0
    assert updates == [40, 40]
    assert (await verify(opened[0])).findings == []
    await engine.close()
    await database.close()
    for connection in opened:
        await connection.close()


def test_the_numbers_in_the_merge_are_the_places_of_the_fields() -> None:
    merge = statement("transfer", "merge")
    names = {"unit_price": "price_amount", "currency": "price_currency"}
    seen = set()
    for line in merge.replace("\n        CASE", " CASE").splitlines():
        if "= CASE" in line:
            column, _, rest = line.strip().partition(" = CASE WHEN given & (1 << ")
            field = names.get(column, column)
            assert BIT[field] == 1 << int(rest.split(")")[0])
            seen.add(field)
    assert seen == set(FIELDS) - {"sku", "name", "capacity"}
