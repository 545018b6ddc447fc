"""Seals what has happened: every entry gets its leaf, and every log a new signed checkpoint.

In the background, so that nobody who reserves waits for it. A round reads entries of transactions
that are over, in one transaction of its own that carries all of its work or none: what is sealed,
which entries that was, and how far it came. One node at a time has the lock for it.

It trusts nothing that it finds: a log is only continued if the hashes at its edge have the root
under which the newest checkpoint has our signature.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import structlog

from firmhold.audit.entry import SALT, Key, commitments, entry_of, leaf_of, runs_in, runs_of
from firmhold.audit.note import Checkpoint, Signer
from firmhold.audit.tiles import Place, edge, grow, subtrees_in
from firmhold.store.database import Database
from firmhold.store.sql import statement

LOCK = 0x4153454C
"""Advisory lock of whoever seals, or erases ("ASEL")."""

AT_ONCE = 5000
"""Entries in one round; more follow at once."""

PAUSE = 1.0
"""Seconds. What has not been sealed is not protected; but each checkpoint takes 200 bytes."""

PAUSE_OF_STRANGERS = 60.0
"""Seconds until a node without the key looks again."""

LONGEST_STEP = 1 << 20
"""Transactions looked through in one round, where most have changed nothing of ours."""

MOVED = 10_000
"""Transactions without an entry after which it is worth noting that there was none."""

TIMEOUT = 120.0
"""Seconds for a statement. The connection's own limit is made for callers who wait."""

_log = structlog.get_logger(__name__)


class _Head(NamedTuple):
    """A log as its newest checkpoint has it, with the tiles at its edge."""

    size: int
    tiles: dict[Place, bytes]


class _Sealed(NamedTuple):
    """What one log has got in a round."""

    organization: Any
    first: int
    xids: tuple[int, int]
    runs: bytes
    salts: bytes
    tiles: dict[Place, bytes]
    size: int
    root: bytes


class Sealer:
    """Any number may run: whoever has the lock seals, the others come back later."""

    def __init__(self, database: Database, signer: Signer) -> None:
        self._database = database
        self._signer = signer
        self._step = 1000
        self._is_stranger = False
        self.sealed = 0
        """Entries, by this one."""
        self.refused: set[Any] = set()
        """Organizations whose log is not what was signed. It is not continued."""

    async def run_once(self) -> float:
        """Seal a bounded number of entries; return the seconds until the next round."""
        async with self._database.read_across() as connection, connection.transaction():
            if not await connection.fetchval(statement("audit", "only_sealer"), LOCK):
                return PAUSE
            await connection.execute(statement("audit", "patience"))
            return await self._round(connection)

    async def _round(self, connection: Any) -> float:
        horizon = await connection.fetchrow(statement("audit", "horizon"))
        cursors = await _cursors(connection)
        if not await self._has_key(connection, cursors["now"]["public"]):
            return PAUSE_OF_STRANGERS
        if cursors["now"]["system"] != horizon["system"]:
            await _begin_in(connection, cursors["now"]["system"], horizon)
            cursors = await _cursors(connection)
        cursor = cursors.get("again", cursors["now"])
        again = cursor["name"] == "again"
        end = cursor["until"] if again else horizon["xmin"]
        until = min(end, cursor["xid"] + self._step)
        rows = await connection.fetch(
            statement("audit", "entries_to_seal"),
            cursor["xid"],
            until,
            cursor["organization_id"],
            cursor["id"],
            cursor["seq"],
            horizon["xmin"],
            # Only while looking again is there anything of another cluster to be found.
            horizon["xmax"] if again else end,
            AT_ONCE,
            timeout=TIMEOUT,
        )
        if rows:
            await self._seal(connection, rows, horizon["now"])
        full = len(rows) == AT_ONCE
        self._step = max(1, self._step // 2) if full else min(LONGEST_STEP, self._step * 2)
        if full:
            last = rows[-1]
            place = (last["xid"], last["organization_id"], last["id"], last["seq"])
            await connection.execute(statement("audit", "move_cursor"), cursor["name"], *place)
        elif again and until >= end:
            await connection.execute(statement("audit", "end_looking_again"))
        elif rows or until - cursor["xid"] >= MOVED or until < end:
            nowhere = bytes(16).hex()
            await connection.execute(
                statement("audit", "move_cursor"), cursor["name"], until, nowhere, nowhere, -1
            )
        return 0.0 if full or again or until < end else PAUSE

    async def _has_key(self, connection: Any, public: bytes | None) -> bool:
        """Whether we seal with the key that is in use here, or with the one after it. A node that
        has a key of its own must not begin: the others could not go on from what it signs."""
        if public is not None and public not in self._signer.known:
            if not self._is_stranger:
                _log.error(
                    "this node does not have the key of the audit, and leaves sealing to those "
                    "that have it; FIRMHOLD_AUDIT_KEY must be the same on every node"
                )
            self._is_stranger = True
            return False
        self._is_stranger = False
        if public != self._signer.public:
            await connection.execute(statement("audit", "note_key"), self._signer.public)
        return True

    async def _seal(self, connection: Any, rows: Sequence[Any], now: datetime) -> None:
        known = await connection.fetch(
            statement("audit", "sealed_already"),
            rows[0]["xid"],
            rows[-1]["xid"] + 1,
            timeout=TIMEOUT,
        )
        logs: dict[Any, list[Any]] = defaultdict(list)
        for row in _without(rows, known):
            logs[row["organization_id"]].append(row)
        if not logs:
            return
        heads = await self._heads(connection, list(logs))
        sealed = [_extend(heads[id], logs[id]) for id in logs if id in heads]
        self.refused = (self.refused - heads.keys()) | (logs.keys() - heads.keys())
        await self._put(connection, sealed, now)
        self.sealed += sum(s.size - s.first for s in sealed)

    async def _heads(self, connection: Any, organizations: list[Any]) -> dict[Any, _Head]:
        """Where each log ends, if it is still what was signed."""
        newest = await connection.fetch(statement("audit", "heads"), organizations)
        places = [(row["id"], *place) for row in newest for place in edge(row["size"] or 0)]
        tiles: dict[Any, dict[Place, bytes]] = {id: {} for id in organizations}
        for row in await connection.fetch(
            statement("audit", "tiles"), *_columns(places, 3), timeout=TIMEOUT
        ):
            tiles[row["organization_id"]][Place(row["level"], row["number"])] = row["hashes"]
        heads = {}
        for row in newest:
            id, head = row["id"], _Head(row["size"] or 0, tiles[row["id"]])
            if row["ends"] == head.size and (head.size == 0 or self._is_as_signed(head, row)):
                heads[id] = head
            else:
                _log.error(
                    "the log of an organization is not what was signed; it is not continued",
                    organization=f"org_{id.hex}",
                    size=head.size,
                )
        return heads

    def _is_as_signed(self, head: _Head, row: Any) -> bool:
        try:
            root = subtrees_in(head.tiles)(0, head.size)
        except KeyError:
            return False
        return root == row["root"] and self._signer.has_signed(
            checkpoint_of(row), row["key_id"], row["signature"]
        )

    async def _put(self, connection: Any, sealed: list[_Sealed], now: datetime) -> None:
        tiles = [(s.organization, *place, kept) for s in sealed for place, kept in s.tiles.items()]
        spans = [
            (s.organization, s.first, s.size - s.first, *s.xids, s.runs, s.salts) for s in sealed
        ]
        checkpoints = []
        for s in sealed:
            checkpoint = Checkpoint(s.organization.hex, s.size, s.first, s.root, now)
            checkpoints.append(
                (s.organization, s.size, s.first, s.root, now, *self._signer.sign(checkpoint))
            )
        for name, values, width in (
            ("put_tiles", tiles, 4),
            ("put_spans", spans, 7),
            ("put_checkpoints", checkpoints, 7),
        ):
            await connection.execute(
                statement("audit", name), *_columns(values, width), timeout=TIMEOUT
            )


def checkpoint_of(row: Any) -> Checkpoint:
    """The checkpoint that a row of `audit_checkpoint` has."""
    return Checkpoint(
        row["organization_id"].hex, row["size"], row["previous"], row["root"], row["at"]
    )


async def look_again(connection: Any) -> None:
    """Let the sealer look at everything once more, for entries that have no leaf: after repairing a
    log that it has refused to continue. Part of the caller's transaction."""
    await connection.fetchval(statement("audit", "lock_sealing"), LOCK)
    horizon = await connection.fetchrow(statement("audit", "horizon"))
    await connection.execute(statement("audit", "look_again"), horizon["xmin"], timeout=TIMEOUT)


async def _cursors(connection: Any) -> dict[str, Any]:
    return {row["name"]: row for row in await connection.fetch(statement("audit", "cursors"))}


async def _begin_in(connection: Any, before: int | None, horizon: Any) -> None:
    """Begin in another cluster than before, where transactions are numbered anew: what was sealed
    there, and what was not, can no longer be told by the numbers of transactions."""
    if before is not None:
        _log.warning("the audit has come to another cluster and looks at all entries once more")
        await connection.execute(statement("audit", "look_again"), horizon["xmin"], timeout=TIMEOUT)
    await connection.execute(statement("audit", "note_system"), horizon["system"])


def _without(rows: Iterable[Any], known: Iterable[Any]) -> Iterable[Any]:
    """The rows that are in no span yet."""
    sealed: dict[tuple[Any, bytes], list[tuple[int, int]]] = defaultdict(list)
    for span in known:
        for id, first, count in runs_in(span["runs"]):
            sealed[span["organization_id"], id].append((first, first + count))
    if not sealed:
        return rows
    return [
        row
        for row in rows
        if not any(
            begin <= row["seq"] < end
            for begin, end in sealed.get((row["organization_id"], row["id"].bytes), ())
        )
    ]


def _extend(head: _Head, rows: list[Any]) -> _Sealed:
    """What a log gets by these entries."""
    # By offering, so that they make few runs. Any order would do: runs say which it was.
    rows.sort(key=itemgetter("id", "seq"))
    salts = os.urandom(SALT * len(rows))
    leaves = []
    for at, row in enumerate(rows):
        entry = entry_of(row)
        leaves.append(leaf_of(entry, commitments(entry, salts[at * SALT : (at + 1) * SALT])))
    tiles = grow(head.size, head.tiles, leaves)
    size = head.size + len(rows)
    xids = [row["xid"] for row in rows]
    return _Sealed(
        rows[0]["organization_id"],
        head.size,
        (min(xids), max(xids) + 1),
        runs_of([Key(row["id"].bytes, row["seq"]) for row in rows]),
        salts,
        tiles,
        size,
        subtrees_in({**head.tiles, **tiles})(0, size),
    )


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """One list for each column."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]
