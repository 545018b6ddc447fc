"""Which leaf an entry is."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from firmhold.audit.entry import SALT, Key, keys_in
from firmhold.store.sql import statement


class Place(NamedTuple):
    """Where an entry is in its log."""

    leaf: int
    """Its index."""
    span: int
    """Index of the first entry of the span that it is in."""
    salt: bytes


async def find_leaves(
    connection: Any, organization: UUID, entries: Iterable[tuple[Key, int]]
) -> dict[Key, Place]:
    """The places of entries, given with the transactions that wrote them. What has no leaf yet is
    left out. Each span is read once, and one at a time: it may have half a megabyte."""
    wanted = dict(entries)
    found = {}
    for begin in await connection.fetch(
        statement("audit", "spans_of_transactions"), organization, sorted({*wanted.values()})
    ):
        span = await connection.fetchrow(
            statement("audit", "span_of_leaf"), organization, begin["first"]
        )
        for at, key in enumerate(keys_in(span["runs"])):
            if key in wanted:
                salt = span["salts"][at * SALT : (at + 1) * SALT]
                found[key] = Place(span["first"] + at, span["first"], salt)
    return found
