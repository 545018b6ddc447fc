"""Erasing what is personal in a log, so that its proofs still hold.

Leaves have commitments to personal values, never the values. Erasing keeps the commitments, blanks
the values and forgets the salts, without which nobody can find out by guessing what a commitment
was to. An act says which entries were erased and by whom, and cannot be erased itself.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from firmhold.audit.entry import Key, commitments, entry_of
from firmhold.audit.finding import Place, find_leaves
from firmhold.audit.sealer import LOCK, TIMEOUT
from firmhold.store.acts import record_act
from firmhold.store.sql import statement

SHORTEST_NAME = 3
"""Characters. What is shorter would be found in texts about others."""


class Erased(NamedTuple):
    """What was done."""

    entries: int
    left: int
    """Entries about the person that are not sealed yet, and so could not be erased: ask again a
    moment later."""
    act: str | None
    """Id of the act that says so; None if there was nothing."""


async def erase(connection: Any, organization: str, names: Sequence[str], by: str) -> Erased:
    """Erase all personal parts of every entry that names somebody.

    `names` are what the person goes by: an e-mail address, the id of a user, a reference of another
    system. They are looked for in texts, too. `by` is the actor who asks for it. All of it happens
    in the connection's transaction, or in one of its own; what reservations and users say about the
    person is not touched.

    Raises `ValueError` for a name of less than three characters.
    """
    if any(len(name.strip()) < SHORTEST_NAME for name in names):
        raise ValueError("a name has to have at least three characters, to mean nobody else")
    actors = [*names, *(f"guest:{name}" for name in names), *(f"user:{name}" for name in names)]
    id = UUID(organization[-32:])
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        await connection.fetchval(statement("audit", "lock_sealing"), LOCK, timeout=TIMEOUT)
        about = await connection.fetch(
            statement("audit", "entries_about"), id, actors, timeout=TIMEOUT
        )
        places = await find_leaves(
            connection, id, [(Key(row["id"].bytes, row["seq"]), row["xid"]) for row in about]
        )
        sealed = [(row, places[key]) for row in about if (key := _key(row)) in places]
        left = len(about) - len(sealed)
        if not sealed:
            return Erased(0, left, None)
        indexes = sorted(place.leaf for _, place in sealed)
        act = await record_act(
            connection, organization, "audit.erased", by, None, {"entries": _runs(indexes)}
        )
        await connection.execute(statement("audit", "permit_blanking"))
        await _forget(connection, id, sealed, act)
        await connection.execute(statement("audit", "forbid_blanking"))
    return Erased(len(sealed), left, act)


def _key(row: Any) -> Key:
    return Key(row["id"].bytes, row["seq"])


def _runs(indexes: list[int]) -> list[tuple[int, int]]:
    """Ascending indexes as pairs of the first and how many follow."""
    runs: list[tuple[int, int]] = []
    for index in indexes:
        if runs and sum(runs[-1]) == index:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((index, 1))
    return runs


async def _forget(
    connection: Any, organization: UUID, sealed: list[tuple[Any, Place]], act: str
) -> None:
    kept = [
        msgspec.json.encode(commitments(entry_of(row), place.salt)).decode()
        for row, place in sealed
    ]
    ids, numbers = [row["id"] for row, _ in sealed], [row["seq"] for row, _ in sealed]
    # Before the values go: the database wants to see what is left of them.
    await connection.execute(
        statement("audit", "note_erasures"), organization, ids, numbers, kept, act[-32:]
    )
    entries = [(id, seq) for id, seq in zip(ids, numbers, strict=True) if seq]
    await connection.execute(
        statement("audit", "blank_ledger"),
        organization,
        [id for id, _ in entries],
        [seq for _, seq in entries],
    )
    acts = [id for id, seq in zip(ids, numbers, strict=True) if not seq]
    await connection.execute(statement("audit", "blank_acts"), organization, acts)
    by_span: dict[int, list[int]] = defaultdict(list)
    for _, place in sealed:
        by_span[place.span].append(place.leaf - place.span)
    for first, offsets in by_span.items():
        await connection.execute(statement("audit", "forget_salts"), organization, first, offsets)
