"""What somebody did, and what was done to them, is found in a long log by an index."""

from __future__ import annotations

import asyncpg
import pytest

from firmhold.store.sql import statement
from tests.audit.book import Book

OTHERS = (
    "INSERT INTO act (organization_id, id, kind, actor, subject) "
    "SELECT $1, gen_random_uuid(), 'session_opened', 'user:' || n % 500, 'ses_' || n "
    "FROM generate_series(1, 20000) AS n"
)


@pytest.mark.parametrize(
    ("given", "index"),
    [
        ((None, "user:nobody", None), "act_by"),
        ((None, None, "ses_nobody"), "act_about"),
        ((None, None, None), "act_time"),
    ],
    ids=["by somebody", "about somebody", "all"],
)
async def test_a_page_of_acts_is_found_by_an_index(
    book: Book, given: tuple[str | None, ...], index: str
) -> None:
    organization = book.organization[-32:]
    await book.execute(OTHERS, organization)
    connection = await asyncpg.connect(book.address.superuser)
    try:
        await connection.execute("ANALYZE act")
        sql = f"EXPLAIN {statement('audit', 'page_of_acts')}"
        plan = await connection.fetch(sql, organization, None, None, *given, 100)
    finally:
        await connection.close()
    said = "\n".join(row[0] for row in plan)
    assert f"using {index} on act" in said, said
