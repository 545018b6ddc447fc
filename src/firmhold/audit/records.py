"""A log as the tables have it, line by line, in the form that `checker` takes.

Reads and changes nothing, judges nothing: what is missing or does not fit together is a line that
says so. A log of any length passes through in small pieces.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from firmhold.audit.checker import FORMAT
from firmhold.audit.entry import ERASED, SALT, Key, entry_of, keys_in
from firmhold.audit.sealer import TIMEOUT, checkpoint_of
from firmhold.audit.tiles import HASH, WIDTH
from firmhold.store.sql import statement

Record: TypeAlias = dict[str, Any]

EVERY_LEAF = 1 << 62
"""More entries than any log has."""


class Coverage:
    """Which entries have a leaf."""

    def __init__(self) -> None:
        self._ranges: dict[bytes, list[list[int]]] = defaultdict(list)

    def add(self, key: Key) -> bool:
        """Note an entry; whether it is the first time."""
        ranges = self._ranges[key.id]
        # Entries come in order, so it is the last one that grows, nearly always.
        if ranges and ranges[-1][1] == key.seq:
            if any(begin <= key.seq < end for begin, end in ranges[:-1]):
                return False
            ranges[-1][1] += 1
            return True
        if any(begin <= key.seq < end for begin, end in ranges):
            return False
        ranges.append([key.seq, key.seq + 1])
        return True

    def __contains__(self, key: Key) -> bool:
        return any(begin <= key.seq < end for begin, end in self._ranges.get(key.id, ()))

    def count(self, id: bytes) -> int:
        """How many of this offering's, or act's, have a leaf."""
        return sum(end - begin for begin, end in self._ranges.get(id, ()))


async def records(
    connection: Any, organization: UUID, covered: Coverage | None = None
) -> AsyncIterator[Record]:
    """The lines of a log. The connection is in a transaction that sees one instant. What has a leaf
    is noted in `covered`."""
    yield {"format": FORMAT, "organization": organization.hex}
    covered = Coverage() if covered is None else covered
    size = 0
    spans = connection.cursor(statement("audit", "spans"), organization, prefetch=8)
    async for span in spans:
        if span["first"] != size:
            yield {
                "index": size,
                "wrong": f"the span from {size} to {span['first'] - 1} is missing",
            }
        try:
            keys = keys_in(span["runs"])
        except ValueError as error:
            yield {"index": size, "wrong": f"the span from {size} on: {error}"}
            break
        if not len(keys) == span["count"] == len(span["salts"]) // SALT:
            yield {
                "index": size,
                "wrong": f"the span from {size} on has not {span['count']} entries",
            }
        for key, place in zip(keys, range(size, size + len(keys)), strict=True):
            if not covered.add(key):
                yield {"index": place, "wrong": f"{key.words} has two leaves"}
        marks = await _checkpoints(connection, organization, size, size + len(keys))
        async for record in _entries(connection, organization, size, keys, span["salts"]):
            yield record
            size += 1
            for note in marks.pop(size, ()):
                yield {"checkpoint": note}
    for notes in (await _checkpoints(connection, organization, size, EVERY_LEAF)).values():
        for note in notes:
            yield {"checkpoint": note}


def note_of(row: Any) -> str:
    """The signed note of a row of `audit_checkpoint`."""
    return checkpoint_of(row).note(row["key_id"], row["signature"])


async def _checkpoints(
    connection: Any, organization: UUID, after: int, until: int
) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in await connection.fetch(
        statement("audit", "checkpoints_between"), organization, after, until, timeout=TIMEOUT
    ):
        found[row["size"]].append(note_of(row))
    return found


async def _entries(
    connection: Any, organization: UUID, first: int, keys: Sequence[Key], salts: bytes
) -> AsyncIterator[Record]:
    leaves = await leaves_between(connection, organization, first, first + len(keys))
    rows = await connection.fetch(
        statement("audit", "entries_by_key"),
        organization,
        [UUID(bytes=key.id) for key in keys],
        [key.seq for key in keys],
        timeout=TIMEOUT,
    )
    by_place = {row["place"]: row for row in rows}
    for at, key in enumerate(keys):
        record: Record = {"index": first + at, "leaf": leaves[at].hex()}
        row = by_place.get(at + 1)
        if row is None:
            record["missing"] = key.words
        else:
            record |= content(row, salts[at * SALT : (at + 1) * SALT])
        yield record


def content(row: Any, salt: bytes) -> Record:
    """An entry, with its salt or with what is left of one that was erased."""
    *columns, kept, act = list(row.values())[1:]
    if act is None:
        return {"salt": salt.hex(), "entry": entry_of(columns)}
    entry = entry_of(columns)
    if entry[0] == "act/1":
        blank = entry[6:] == ["erased", None, "{}"]
        entry[6:] = [None, None, None] if blank else entry[6:]
    else:
        blank = entry[15:] == ["erased", None]
        entry[15:] = [None, None] if blank else entry[15:]
    left = {} if salt == ERASED else {"salt": salt.hex()}
    return {"commitments": list(kept), "act": act.hex, "entry": entry, **left}


async def leaves_between(connection: Any, organization: UUID, begin: int, end: int) -> list[bytes]:
    """Leaf hashes as the tiles have them; empty where they have none."""
    leaves = [b""] * (end - begin)
    for row in await connection.fetch(
        statement("audit", "leaf_tiles"),
        organization,
        begin // WIDTH,
        (end - 1) // WIDTH,
        timeout=TIMEOUT,
    ):
        start, hashes = row["number"] * WIDTH, row["hashes"]
        for at in range(max(begin, start), min(end, start + len(hashes) // HASH)):
            leaves[at - begin] = hashes[(at - start) * HASH : (at - start + 1) * HASH]
    return leaves
