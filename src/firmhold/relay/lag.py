"""How far those are behind who go on from where they were, as the database has it."""

from typing import Any

from firmhold.relay.position import position_of
from firmhold.relay.tail import seconds_untold
from firmhold.store.sql import statement


async def lags(connection: Any) -> list[tuple[str, float]]:
    """Of each follower that has begun: its name, and for how many seconds the oldest change has
    been there that it has not seen. On a connection that sees all organizations."""
    found = []
    for row in await connection.fetch(statement("relay", "cursors")):
        position = position_of(row["position"])
        if position is not None:
            found.append((row["name"], await seconds_untold(connection, position)))
    return found
