"""Proofs for one who does not want the whole log: that an entry is in it, and that it only grew.

They are plain values, ready for JSON, and `checker` can check them. A proof reads a few tiles,
however long the log is.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from firmhold.audit.entry import Key
from firmhold.audit.finding import find_leaves
from firmhold.audit.merkle import Subtree, consistency_proof, inclusion_proof
from firmhold.audit.records import EVERY_LEAF, content, note_of
from firmhold.audit.tiles import Place, needed, subtrees_in
from firmhold.store.sql import statement


async def newest_checkpoint(connection: Any, organization: str) -> str | None:
    """The signed note of a log as it is now; None if nothing is sealed."""
    row = await _newest(connection, UUID(organization[-32:]))
    return None if row is None else note_of(row)


async def inclusion(connection: Any, organization: str, id: str, seq: int = 0) -> dict[str, Any]:
    """Proof that an entry of an offering's ledger (by its number), or an act, is in the log.

    The answer has `checkpoint` (a signed note), `index`, `entry` with its `salt` or, if it was
    erased, with `commitments` and `act`, and `proof`: hashes in base64, from the leaf upwards.
    Raises `LookupError` if there is no such entry, or if it is not sealed yet.
    """
    log = UUID(organization[-32:])
    [key] = keys = [Key(UUID(id[-32:]).bytes, seq)]
    rows = await connection.fetch(
        statement("audit", "entries_by_key"), log, [UUID(bytes=key.id) for key in keys], [seq]
    )
    newest = await _newest(connection, log)
    if not rows or newest is None:
        raise LookupError(f"There is no entry {seq} of {id}, or nothing is sealed.")
    places = await find_leaves(connection, log, [(key, rows[0]["xid"])])
    if key not in places or places[key].leaf >= newest["size"]:
        raise LookupError(f"Entry {seq} of {id} is not sealed yet.")
    place = places[key]

    def prove(subtree: Subtree) -> list[bytes]:
        return inclusion_proof(place.leaf, newest["size"], subtree)

    return {
        "checkpoint": note_of(newest),
        "index": place.leaf,
        **content(rows[0], place.salt),
        "proof": await _proof(connection, log, prove),
    }


async def consistency(
    connection: Any, organization: str, old: int, new: int | None = None
) -> dict[str, Any]:
    """Proof that the log of `old` entries is the beginning of that of `new`, or of the newest.

    The answer has `before` and `checkpoint`, the signed notes of both, and `proof`. Raises
    `LookupError` if there was no checkpoint at one of these sizes, `ValueError` if `old` is more
    than `new`.
    """
    log = UUID(organization[-32:])
    before = await _at(connection, log, old)
    after = await _newest(connection, log) if new is None else await _at(connection, log, new)
    if before is None or after is None:
        raise LookupError(f"There is no checkpoint over {old if before is None else new} entries.")

    def prove(subtree: Subtree) -> list[bytes]:
        return consistency_proof(old, after["size"], subtree)

    return {
        "before": note_of(before),
        "checkpoint": note_of(after),
        "proof": await _proof(connection, log, prove),
    }


async def _newest(connection: Any, organization: UUID) -> Any:
    [row] = await connection.fetch(statement("audit", "heads"), [organization])
    return None if row["size"] is None else row


async def _at(connection: Any, organization: UUID, size: int) -> Any:
    if not 0 < size < EVERY_LEAF:
        return None
    return await connection.fetchrow(
        statement("audit", "checkpoints_between"), organization, size - 1, size
    )


async def _proof(
    connection: Any, organization: UUID, prove: Callable[[Subtree], Iterable[bytes]]
) -> list[str]:
    places = needed(prove)
    rows = await connection.fetch(
        statement("audit", "tiles"),
        [organization] * len(places),
        [place.level for place in places],
        [place.number for place in places],
    )
    tiles = {Place(row["level"], row["number"]): row["hashes"] for row in rows}
    return [b64encode(hash).decode() for hash in prove(subtrees_in(tiles))]
