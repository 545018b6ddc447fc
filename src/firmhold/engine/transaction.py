"""One batch as one transaction: begin, let the batch do its work, commit or leave no trace.

Answers each ticket or raises; nothing it raises leaves anything behind in the database, but for
`LostCommit`, which may have.
"""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from firmhold.engine.batch import Batch, Claims, Connection, Mark
from firmhold.engine.faults import leaves_commit_unknown
from firmhold.engine.rows import bare
from firmhold.engine.stats import step
from firmhold.engine.ticket import Reply, Ticket
from firmhold.store.connections import saying
from firmhold.store.database import PATIENCE, discard


class LostCommit(Exception):
    """The commit was asked for and never answered. `replies` hold if it happened."""

    def __init__(self, replies: list[Reply | None], mark: Mark) -> None:
        super().__init__("the commit was not answered")
        self.replies = replies
        self.mark = mark


def begin(organization: str) -> str:
    """The message that begins a transaction, with all that it says of itself: what comes along with
    it takes no time of its own."""
    return f"BEGIN; {PATIENCE}; {saying(organization)}"


async def carry_out(
    connection: Connection,
    organization: str,
    tickets: Sequence[Ticket],
    claims: Claims,
    lost: LostCommit | None = None,
) -> list[Reply | None]:
    """Carry out a batch and return a reply for each ticket, in order.

    `None` stands for a ticket that has to be tried once more because more holds were due than
    one transaction expires. `lost` is the commit of an earlier attempt at the same tickets whose
    fate has to be found out first.

    Raises `Again`, `KeyRace`, `BadCommand`, `LostCommit`, or what the driver raises; after any
    of these but `LostCommit` nothing has happened.
    """
    await connection.execute(begin(organization))
    try:
        batch = Batch(connection, bare(organization), tickets)
        with step("lock"):
            await batch.lock(claims)
        if lost is not None and await batch.wrote(lost.mark):
            await connection.execute("ROLLBACK")
            return lost.replies
        with step("work"):
            replies = await batch.settle()
        if batch.mark is None:
            # Nothing to keep. Rolling back spares the disk flush that locks alone would cost.
            await connection.execute("ROLLBACK")
            return replies
    except asyncpg.ReadOnlySQLTransactionError:
        # This server has been demoted; another connection may find the one that took over.
        discard(connection)
        raise
    except BaseException:
        await _roll_back(connection)
        raise
    try:
        with step("commit"):
            await connection.execute("COMMIT")
    except Exception as error:
        if leaves_commit_unknown(error):
            discard(connection)
            raise LostCommit(replies, batch.mark) from error
        raise
    return replies


async def _roll_back(connection: Connection) -> None:
    """End a transaction that failed; a connection that cannot even do that is thrown away."""
    try:
        await connection.execute("ROLLBACK", timeout=1)
    except Exception:  # noqa: BLE001 - whatever it is, the connection is of no more use
        discard(connection)
