"""The engine's plans find each row by its key, at whatever age of the database they were made."""

from __future__ import annotations

import pytest

from tests.databases import Address
from tests.store.plans import AGES, fill, flaws

STATEMENTS = [
    *(
        ("batch", name)
        for name in (
            *("lock_offerings", "load_batch", "load_usage", "load_live_holds"),
            *("update_reservations", "write_batch", "find_entry", "find_unlocked"),
        )
    ),
    *(
        ("lending", name)
        for name in (
            *("lock_pools", "load_slots", "loans_around", "waited_for_around"),
            *("load_visits", "return", "lend", "leave_lines", "enter_lines"),
        )
    ),
    *(("waitlist", name) for name in ("find_offers", "load_waitlist", "write_waitlist")),
    ("workers", "due_reservations"),
    *(
        ("lookup", name)
        for name in (
            *("offerings_of_reservations", "items_by_sku", "names_of_offerings"),
            "offerings_of_entries",
        )
    ),
]


@pytest.mark.parametrize("age", AGES)
async def test_each_row_is_found_by_its_key(database: Address, age: str) -> None:
    await fill(database.superuser, *AGES[age])
    found = await flaws(database.dsn, STATEMENTS)
    assert not found, "\n".join(found)
