"""Items in bulk, in and out of the database.

Owns the transactions of an import and the snapshot of an export. Counters and ledger stay in step
here as in the engine: an import locks the offerings it changes in id order and writes the next
entry of each. It never prints, and never holds more than two chunks in memory.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any, Literal, NamedTuple, TypeAlias

import asyncpg

from firmhold.store.sql import statement
from firmhold.store.transfer_format import ALL_GIVEN, TOGETHER
from firmhold.store.transfer_read import (
    COLUMNS,
    BadFile,
    Chunk,
    Format,
    Reader,
    Reject,
    Source,
    Staged,
)
from firmhold.store.transfer_write import Writer

__all__ = [
    "BadFile",
    "Existing",
    "Format",
    "ImportResult",
    "OnError",
    "Progress",
    "Reject",
    "Source",
    "export_items",
    "import_items",
]

Connection: TypeAlias = "asyncpg.Connection[Any]"
OnError: TypeAlias = Literal["skip", "abort"]
Existing: TypeAlias = Literal["skip", "update", "error"]

ERRORS_KEPT = 20
"""Rejected rows in the result: enough to see what is going on. All go to `on_reject`."""

TIMEOUT = 24 * 3600.0
"""Seconds for one statement. The connection's own limit is made for callers who wait."""

EXPORT_ROWS = 2000
"""Rows fetched and written at a time."""


class Progress(NamedTuple):
    """How far an import or export has come. What an import has not committed counts too."""

    rows: int = 0
    """Rows seen, good and bad."""
    created: int = 0
    updated: int = 0
    skipped: int = 0
    """Rows whose item was there and stays as it was."""
    rejected: int = 0
    read: int = 0
    """Bytes of the file up to here, or written."""


class ImportResult(NamedTuple):
    """What an import has come to."""

    created: int
    updated: int
    skipped: int
    rejected: int
    errors: list[Reject]
    """The first of those rejected."""
    kept: bool
    """False if rows were rejected and so nothing at all was kept (`on_error="abort"`)."""


async def import_items(
    connection: Connection,
    organization: str,
    actor: str,
    lines: Source,
    format: Format,
    *,
    on_error: OnError,
    existing: Existing,
    on_progress: Callable[[Progress], None] | None = None,
    on_reject: Callable[[int, str | None, str, str], None] | None = None,
) -> ImportResult:
    """Create items from a CSV or JSON Lines file, or change those whose SKU exists.

    `on_error`: `skip` commits the good rows chunk by chunk and reports the bad; after an
    interruption whole chunks are there, and the same import may simply be run again. `abort` keeps
    nothing unless every row is good; it locks every item that it changes until it is done.

    `existing`, for a SKU that exists: `skip` leaves the item as it is, `error` rejects the row,
    `update` changes the fields that the row gives: a column that the file does not have, or a
    field that a JSON object leaves out, stays; an empty cell or `null` takes the value away. A
    capacity below what is held and confirmed is rejected.

    `on_reject` gets line number, field (`None`: the row as such), reason and row of each rejected
    row, within a chunk first those that are wrong by themselves. Reading happens in a thread; all
    callbacks are made in this one.

    The connection must be a session of its own (temporary tables), not a transaction pooler's.
    Raises `BadFile` if the file as a whole cannot be read, `LookupError` if there is no such
    organization; then nothing was changed.
    """
    if not await connection.fetchval(
        statement("transfer", "organization_exists"), organization[-32:]
    ):
        raise LookupError(f"There is no organization {organization}.")
    job = _Import(
        connection,
        organization[-32:],
        actor,
        existing,
        on_progress=on_progress,
        on_reject=on_reject,
    )
    reader = Reader(lines, format, partial=existing == "update")
    await connection.execute(statement("transfer", "prepare"))
    try:
        kept = await (
            job.all_or_nothing(reader) if on_error == "abort" else job.what_is_good(reader)
        )
    finally:
        if not connection.is_closed():
            await connection.execute(statement("transfer", "clean_up"))
    return job.result(kept)


class _Import:
    """One import under way."""

    def __init__(
        self,
        connection: Connection,
        organization: str,
        actor: str,
        existing: Existing,
        *,
        on_progress: Callable[[Progress], None] | None,
        on_reject: Callable[[int, str | None, str, str], None] | None,
    ) -> None:
        self._connection = connection
        self._organization = organization
        self._actor = actor
        self._existing = existing
        self._on_progress = on_progress
        self._on_reject = on_reject
        self._progress = Progress()
        self._errors: list[Reject] = []

    async def what_is_good(self, reader: Reader) -> bool:
        """Commit chunk by chunk."""
        async with aclosing(_chunks(reader)) as chunks:
            async for chunk in chunks:
                async with self._connection.transaction():
                    staged = await self._stage(chunk)
                    await self._settle(staged)
                self._tell()
        return True

    async def all_or_nothing(self, reader: Reader) -> bool:
        """Stage the whole file, and move it in one go if there is nothing wrong with it.

        In one go, because locks must be taken in id order, over all chunks.
        """
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            staged = 0
            async with aclosing(_chunks(reader)) as chunks:
                async for chunk in chunks:
                    staged += await self._stage(chunk)
                    self._tell()
            if not self._progress.rejected:
                await self._settle(staged)
            elif staged:
                await self._reject_repeated()
        except BaseException:
            await transaction.rollback()
            raise
        if self._progress.rejected:
            await transaction.rollback()
            self._progress = self._progress._replace(created=0, updated=0, skipped=0)
        else:
            await transaction.commit()
        self._tell()
        return not self._progress.rejected

    def result(self, kept: bool) -> ImportResult:
        done = self._progress
        return ImportResult(
            done.created,
            done.updated,
            done.skipped,
            done.rejected,
            sorted(self._errors, key=_line),
            kept,
        )

    async def _stage(self, chunk: Chunk) -> int:
        """Put the good rows of a chunk into the temporary table; how many are there now."""
        self._progress = self._progress._replace(
            rows=self._progress.rows + len(chunk.rows) + len(chunk.rejects), read=chunk.read
        )
        self._reject(chunk.rejects)
        if not chunk.rows:
            return 0
        await self._connection.execute(statement("transfer", "patience"))
        await self._connection.execute(statement("transfer", "planner"))
        await self._copy(chunk.rows)
        await self._execute("remember_skus", chunk.rows[0][0])
        return len(chunk.rows)

    async def _copy(self, rows: Sequence[Staged]) -> None:
        await self._connection.copy_records_to_table(
            "import_row", records=rows, columns=COLUMNS, timeout=TIMEOUT
        )

    async def _settle(self, staged: int) -> None:
        """Make items of the staged rows, or change those that exist."""
        if not staged:
            return
        created = await self._count("create_items", self._organization, self._actor)
        self._add(created=created)
        if created == staged:
            return
        await self._execute("forget_created", self._organization)
        there = staged - created - await self._reject_repeated()
        match self._existing:
            case "skip":
                self._add(skipped=there)
            case "update":
                await self._update()
            case "error":
                found = await self._fetch("reject_existing")
                self._reject(
                    Reject(row["line"], "sku", "exists already", row["raw"]) for row in found
                )

    async def _reject_repeated(self) -> int:
        """Reject rows whose SKU stood in an earlier line; how many there were."""
        await self._connection.execute(statement("transfer", "index_skus"), timeout=TIMEOUT)
        repeated = await self._fetch("reject_repeated")
        self._reject(
            Reject(row["line"], "sku", f"is in line {row['first']} already", row["raw"])
            for row in repeated
        )
        return len(repeated)

    async def _update(self) -> None:
        await self._execute("point_to_existing", self._organization)
        locked = await self._count("lock_existing", self._organization)
        await self._execute("merge", self._organization, ALL_GIVEN)
        impossible = await self._fetch("reject_impossible", self._organization)
        self._reject(
            Reject(row["line"], row["field"], _why_impossible(row), row["raw"])
            for row in impossible
        )
        updated = await self._count("update_items", self._organization, self._actor)
        self._add(updated=updated, skipped=locked - len(impossible) - updated)

    def _reject(self, rejects: Any) -> None:
        for reject in sorted(rejects, key=_line):
            self._add(rejected=1)
            if len(self._errors) < ERRORS_KEPT:
                self._errors.append(reject)
            if self._on_reject is not None:
                self._on_reject(*reject)

    def _add(self, **counts: int) -> None:
        now = self._progress._asdict()
        self._progress = self._progress._replace(
            **{name: now[name] + count for name, count in counts.items()}
        )

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(self._progress)

    async def _execute(self, name: str, *arguments: object) -> None:
        await self._connection.execute(statement("transfer", name), *arguments, timeout=TIMEOUT)

    async def _fetch(self, name: str, *arguments: object) -> list[Any]:
        return await self._connection.fetch(
            statement("transfer", name), *arguments, timeout=TIMEOUT
        )

    async def _count(self, name: str, *arguments: object) -> int:
        return int(
            await self._connection.fetchval(
                statement("transfer", name), *arguments, timeout=TIMEOUT
            )
        )


async def _chunks(reader: Reader) -> AsyncGenerator[Chunk, None]:
    """The chunks of a file; the next is read in a thread while this one is being stored."""
    upcoming = asyncio.create_task(asyncio.to_thread(reader.chunk))
    try:
        while (chunk := await upcoming) is not None:
            upcoming = asyncio.create_task(asyncio.to_thread(reader.chunk))
            yield chunk
    finally:
        upcoming.cancel()


def _line(reject: Reject) -> int:
    return reject.line


def _why_impossible(row: Any) -> str:
    if row["field"] == "capacity":
        return (
            f"must not be below the {row['held'] + row['confirmed']} units that are taken "
            f"({row['held']} held, {row['confirmed']} confirmed)"
        )
    return TOGETHER[row["field"]]


async def export_items(
    connection: Connection,
    organization: str,
    write: Callable[[bytes], object],
    format: Format,
    *,
    counts: bool = False,
    spreadsheet_safe: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> int:
    """Write all items of an organization, in the order of their creation, as of one instant.

    Returns how many there were. Importing the result makes the same items again, with these
    exceptions: `counts` adds the read-only columns held, confirmed and available; and
    `spreadsheet_safe` puts an apostrophe before CSV cells that a spreadsheet would run as a
    formula (those that begin with = + - @, tab or carriage return), which stays there. In CSV an
    empty description and none look the same.

    Raises `LookupError` if there is no such organization.
    """
    file = Writer(write, format, counts=counts, spreadsheet_safe=spreadsheet_safe)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(statement("transfer", "patience"))
        if not await connection.fetchval(
            statement("transfer", "organization_exists"), organization[-32:]
        ):
            raise LookupError(f"There is no organization {organization}.")
        cursor = await connection.cursor(statement("transfer", "export_items"), organization[-32:])
        file.begin()
        while found := await cursor.fetch(EXPORT_ROWS, timeout=TIMEOUT):
            file.add(found)
            if on_progress is not None:
                on_progress(Progress(rows=file.rows, read=file.written))
    return file.rows
