"""Keeps counts of what the ledger tells, a small transaction at a time.

How far it has come is kept with the counts, in the same transaction: so nothing is left out and
nothing is counted twice, whichever process does it and whenever it dies. In which order
transactions are counted makes no difference, so of the relay's position only what has been seen is
needed, and not what has been told ahead.
"""

from datetime import datetime
from typing import Any, NamedTuple

from firmhold.relay.position import Position, position_of
from firmhold.store.database import Database
from firmhold.store.sql import statement

VERSION = 1
"""Of the rules by which is counted, which are the functions of the migration. Where others were in
force, all is counted anew."""

AT_ONCE = 10_000
"""Entries in one transaction, and those of its last one. About as many as come in a second at most,
and a few tenths of a second of work."""

DELETED_AT_ONCE = 10_000
"""Rows of each table."""

PAUSE = 1.0
"""Seconds between looks. Whoever reads adds what came since, so it need not be short."""

TIMEOUT = 125.0
"""Seconds for one statement, a little more than the database has."""


class Progress(NamedTuple):
    """How far the counts have come."""

    version: int
    clearing: bool
    """Counts are being deleted, to be made anew."""
    brought: int | None
    """Below which number entries are counted that a dump has brought along; `None`: all."""
    position: Position | None
    """What has been counted of the others."""

    @classmethod
    def of(cls, row: Any) -> "Progress":
        """As `report_progress` has it."""
        position = None if row["position"] is None else position_of(row["position"])
        return cls(row["version"], row["clearing"], row["brought"], position)

    def is_of(self, now: "Now") -> bool:
        """Whether these counts can be gone on from: made by these rules, in this cluster, and not
        in a time that is yet to come."""
        if self.version != VERSION:
            return False
        at = self.position
        return self.clearing or (at is not None and at.system == now.system and at.next <= now.next)


class Now(NamedTuple):
    """What one snapshot of the database sees."""

    system: int
    known: int
    """The cluster whose numbers the ledger is known to have: another one until somebody has looked
    which entries a dump has brought along."""
    next: int
    running: tuple[int, ...]
    beyond: int
    """Up to which number there are entries that a dump has brought along; 0: there are none."""
    now: datetime
    counted_at: datetime | None

    @classmethod
    def of(cls, row: Any) -> "Now":
        return cls(
            row["system"],
            row["known"],
            row["next"],
            tuple(sorted(row["running"])),
            row["beyond"],
            row["now"],
            row["counted_at"],
        )


class Counter:
    """Any number may run: whoever has the row counts, the others come back later."""

    def __init__(self, database: Database, *, at_once: int = AT_ONCE) -> None:
        self._database = database
        self._at_once = at_once

    async def run_once(self) -> float:
        """Count what has happened since; return the seconds until the next look."""
        async with (
            self._database.read_across() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            await connection.execute(statement("reports", "patience"))
            row = await connection.fetchrow(statement("reports", "lock_progress"))
            if row is None:
                return PAUSE
            progress = Progress.of(row)
            now = Now.of(await connection.fetchrow(statement("reports", "progress")))
            if now.known != now.system:
                return PAUSE
            if not progress.is_of(now):
                progress = Progress(VERSION, True, None, None)
            if progress.clearing:
                return await self._clear(connection, now)
            await connection.execute(statement("reports", "by_key"))
            if progress.brought is not None:
                return await self._count_brought(connection, progress, progress.brought, now)
            return await self._count(connection, progress, now)

    async def _clear(self, connection: Any, now: Now) -> float:
        deleted = await connection.fetchval(
            statement("reports", "clear"), DELETED_AT_ONCE, timeout=TIMEOUT
        )
        begin = None
        if not deleted:
            # Not from nought: below are those that were numbered elsewhere, and looked through.
            first = await connection.fetchval(
                statement("reports", "first_numbered_here"), timeout=TIMEOUT
            )
            begin = Position(now.system, now.next if first is None else min(first, now.next))
            missing = (xid for xid in now.running if xid < begin.next)
            begin = begin._replace(missing=tuple(missing))
        brought = 0 if now.beyond else None
        await _move(connection, Progress(VERSION, begin is None, brought, begin), None)
        return 0.0

    async def _count_brought(
        self, connection: Any, progress: Progress, low: int, now: Now
    ) -> float:
        """What a dump has brought along. All of it is there, and stays as it is."""
        high, _, is_all = await self._bound(connection, low, now.beyond + 1, brought=True)
        await _count(connection, low, high, (), (), brought=True)
        rest = None if is_all else high
        await _move(connection, progress._replace(brought=rest), None)
        return 0.0

    async def _count(self, connection: Any, progress: Progress, now: Now) -> float:
        before = progress.position
        assert before is not None, "they are being cleared otherwise"
        high, at, is_all = await self._bound(connection, before.next, now.next, brought=False)
        late = [xid for xid in before.missing if xid not in now.running]
        after = Position(now.system, high, tuple(x for x in now.running if x < high))
        await _count(connection, before.next, high, after.missing, late, brought=False)
        await _move(connection, progress._replace(position=after), now.now if is_all else at)
        return PAUSE if is_all else 0.0

    async def _bound(
        self, connection: Any, low: int, beyond: int, *, brought: bool
    ) -> tuple[int, datetime | None, bool]:
        """Before which transaction to stop, when the last one there was written, and whether there
        is nothing after it."""
        rows = await connection.fetch(
            statement("reports", "bound"), low, beyond, self._at_once, brought, timeout=TIMEOUT
        )
        if not rows:
            return beyond, None, True
        return rows[0]["xid"] + 1, rows[0]["at"], False


async def _count(
    connection: Any,
    low: int,
    high: int,
    but: tuple[int, ...],
    late: list[int] | tuple[()],
    *,
    brought: bool,
) -> None:
    await connection.execute(
        statement("reports", "count"), low, high, list(but), list(late), brought, timeout=TIMEOUT
    )


async def _move(connection: Any, progress: Progress, counted_at: datetime | None) -> None:
    position = None if progress.position is None else progress.position.text()
    await connection.execute(
        statement("reports", "move_progress"),
        progress.version,
        progress.clearing,
        progress.brought,
        position,
        counted_at,
    )
