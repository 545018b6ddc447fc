"""Reads the end of the ledger, each transaction once and in order.

What is read between two positions is all that one snapshot of the database sees and the one before
did not, so nothing waits for a transaction that has been open for long, and nothing is skipped
because of it. Whoever was able to see a change did so in such a snapshot, too: a reading never has
an effect without its cause.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from firmhold.relay.change import Change, Entry, changes_of, in_order, without_cause
from firmhold.relay.position import Position
from firmhold.store.sql import statement

AT_ONCE = 2000
"""Entries in one reading, and those of the last transaction; more follow at once."""


class Elsewhere(Exception):
    """The position is of another cluster, or of a time that is yet to come in this one: nothing
    tells what came after it."""


class Reading(NamedTuple):
    """What came after a position, and where that leads."""

    changes: list[Change]
    position: Position
    is_all: bool
    """Whether there was nothing more by then."""


class _Now(NamedTuple):
    system: int
    next: int
    running: tuple[int, ...]
    numbered: tuple[int, Any]
    """Up to which number, and before which time, entries were numbered elsewhere."""


async def newest(connection: Any) -> Position:
    """The position after everything that has happened. In a transaction or not."""
    now = await _look(connection)
    return Position(now.system, now.next, now.running)


async def read(
    connection: Any,
    after: Position,
    organization: str | None = None,
    *,
    at_once: int = AT_ONCE,
) -> Reading:
    """What came after a position, of all organizations or of one. The connection is in a
    transaction of which all statements see the same (repeatable read), and may see those rows.
    Raises `Elsewhere`."""
    now = await _look(connection)
    if after.system != now.system or after.next > now.next:
        raise Elsewhere
    of = None if organization is None else organization[-32:]
    late = await _entries_of(connection, after.missing, of, now)
    rows = await connection.fetch(
        statement("relay", "next_entries"),
        after.next,
        now.next,
        after.ahead,
        at_once + 1,
        of,
        *now.numbered,
    )
    changes = changes_of([*late, *map(_entry, rows)])
    if len(rows) <= at_once:
        return Reading(in_order(changes), Position(now.system, now.next, now.running), True)
    # Not all of it: what of the last transaction was cut off is fetched, and so is whatever comes
    # later by number but was there before.
    last = rows[-1]["xid"]
    changes = [change for change in changes if change.xid != last]
    changes += changes_of(await _entries_of(connection, [last], of, now))
    pulled: set[int] = set()
    while True:
        told = {*after.ahead, *pulled}
        causes = await _written_before(connection, changes, last + 1, told, now)
        if not causes:
            break
        changes += changes_of(await _entries_of(connection, causes, of, now))
        pulled.update(causes)
    position = after.until(last + 1, now.running, pulled)
    return Reading(in_order(changes), position, False)


async def seconds_untold(connection: Any, after: Position) -> float:
    """For how long the oldest change after a position has been there, by the database's clock; 0 if
    there is none, or nothing tells. The connection may see all organizations."""
    now = await _look(connection)
    if after.system != now.system or after.next > now.next:
        return 0.0
    seconds: float = await connection.fetchval(
        statement("relay", "seconds_untold"),
        after.next,
        after.ahead,
        after.missing,
        AT_ONCE,
        *now.numbered,
    )
    return seconds


async def note_cluster(connection: Any) -> None:
    """To be called before anything is written to a database that may have come from elsewhere:
    what it has brought along is not news."""
    now = await connection.fetchrow(statement("relay", "snapshot"))
    if now["system"] != now["known"]:
        await connection.execute(statement("relay", "note_cluster"), now["system"])


async def _look(connection: Any) -> _Now:
    row = await connection.fetchrow(statement("relay", "snapshot"))
    running = tuple(sorted(row["running"]))
    return _Now(row["system"], row["next"], running, (row["beyond"], row["since"]))


async def _entries_of(
    connection: Any, xids: Sequence[int], organization: str | None, now: _Now
) -> list[Entry]:
    if not xids:
        return []
    rows = await connection.fetch(
        statement("relay", "entries_of"), list(xids), organization, *now.numbered
    )
    return [_entry(row) for row in rows]


async def _written_before(
    connection: Any, changes: Iterable[Change], next: int, ahead: set[int], now: _Now
) -> list[int]:
    """Transactions from `next` on that are not told yet, but wrote what these build upon."""
    asked = without_cause(changes)
    rows = await connection.fetch(
        statement("relay", "written_before"),
        [organization[-32:] for organization, _, _ in asked],
        [offering[-32:] for _, offering, _ in asked],
        [seq for _, _, seq in asked],
        next,
        list(ahead),
        *now.numbered,
    )
    return [row["xid"] for row in rows]


def _entry(row: Any) -> Entry:
    return Entry(
        row["xid"],
        f"org_{row['organization_id'].hex}",
        f"{row['offering_kind']}_{row['offering_id'].hex}",
        None if row["site_id"] is None else f"site_{row['site_id'].hex}",
        row["seq"],
        row["kind"],
        None if row["reservation_id"] is None else f"rsv_{row['reservation_id'].hex}",
        row["capacity_delta"],
        row["held_delta"],
        row["confirmed_delta"],
        row["capacity"],
        row["held"],
        row["confirmed"],
        row["at"],
        row["actor"],
        row["reason"],
        row["hold_expires_at"],
    )
