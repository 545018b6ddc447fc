"""Going on from where one was: what has happened since, each time it is asked for, and never twice.

The position is kept with whatever is made of the events, in one transaction. So nothing is left out
and nothing made twice, whichever process does it and whenever it dies.
"""

from typing import Any

from firmhold.relay.event import Event, events_of
from firmhold.relay.position import position_of
from firmhold.relay.tail import Elsewhere, newest, read
from firmhold.store.sql import statement

AT_ONCE = 500
"""Entries in one transaction."""


async def follow(
    connection: Any, name: str, *, is_wanted: bool = True
) -> tuple[list[Event], bool] | None:
    """The events since the last time, and whether that is all of them; `None` if somebody else is
    at it. The connection is in a transaction of which all statements see the same, and with which
    what is made of these events commits.

    What happened before somebody followed for the first time is passed over, and so is what came
    along with a dump from another cluster: it has been told there. And what nobody wants
    (`is_wanted`), without being read.
    """
    row = await connection.fetchrow(statement("relay", "lock_cursor"), name)
    if row is None:
        return None
    before = None if row["position"] is None else position_of(row["position"])
    events: list[Event] = []
    is_all = True
    if before is None or not is_wanted:
        after = await newest(connection)
    else:
        try:
            reading = await read(connection, before, at_once=AT_ONCE)
        except Elsewhere:
            after = await newest(connection)
        else:
            events = [event for change in reading.changes for event in events_of(change)]
            after, is_all = reading.position, reading.is_all
    if after != before:
        await connection.execute(statement("relay", "move_cursor"), name, after.text())
    return events, is_all
