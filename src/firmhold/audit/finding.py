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
    left out."""
    wanted: dict[int, set[Key]] = {}
    for key, xid in entries:
        wanted.setdefault(xid, set()).add(key)
    found = {}
    for xid, keys in wanted.items():
        for span in await connection.fetch(
            statement("audit", "spans_of_transaction"), organization, xid
        ):
            for at, key in enumerate(keys_in(span["runs"])):
                if key in keys:
                    salt = span["salts"][at * SALT : (at + 1) * SALT]
                    found[key] = Place(span["first"] + at, span["first"], salt)
    return found
