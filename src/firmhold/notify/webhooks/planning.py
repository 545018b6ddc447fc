"""From events to deliveries: which event goes to which endpoint."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from firmhold.notify.follower import follow
from firmhold.relay.event import Event
from firmhold.store.database import Database
from firmhold.store.sql import statement

NAME = "webhooks"

PAUSE = 0.5
"""Seconds between looks."""

Body = Callable[[Event], bytes]
"""How an event is said."""


class Planner:
    """Any number may run: whoever has the cursor plans, the others come back later."""

    def __init__(self, database: Database, body: Body) -> None:
        self._database = database
        self._body = body
        self.planned = 0

    async def run_once(self) -> float:
        """Plan what has happened since; return the seconds until the next look."""
        async with (
            self._database.read_across() as connection,
            connection.transaction(isolation="repeatable_read"),
        ):
            followed = await follow(connection, NAME)
            if followed is None:
                return PAUSE
            events, is_all = followed
            if events:
                active = await connection.fetch(statement("webhooks", "active"))
                await self._plan(connection, events, active)
        return PAUSE if is_all else 0.0

    async def _plan(self, connection: Any, events: Sequence[Event], active: Sequence[Any]) -> None:
        wanted: dict[str, list[Any]] = defaultdict(list)
        for row in active:
            wanted[f"org_{row['organization_id'].hex}"].append(row)
        rows = []
        for event in events:
            takers = [
                row
                for row in wanted.get(event.organization, ())
                if not row["types"] or event.type in row["types"]
            ]
            if not takers:
                continue
            body = self._body(event).decode()
            rows += [
                (row["organization_id"], row["id"], event.id[-32:], event.type, event.subject, body)
                for row in takers
            ]
        if rows:
            await connection.execute(
                statement("webhooks", "plan"), *map(list, zip(*rows, strict=True))
            )
            self.planned += len(rows)
