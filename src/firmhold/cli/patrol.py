"""Looks after connections that hold a place and do not get on, and closes them.

A client that sends nothing, or a letter now and then, or reads nothing of its answer, costs a file
descriptor for as long as it likes, and a thousand of them cost the service. The web server minds
only those that have been answered and ask nothing more. Never closes a connection while it is our
turn: while a request that has arrived is carried out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from firmhold.cli.sockets import Sockets

PATIENCE = 30.0
"""Seconds for a request's header to arrive, and for a reader to read on. As long as an idle
connection is kept."""

BODY_PATIENCE = 120.0
"""Seconds for a body to arrive: the largest there are, four megabytes, on a slow line."""

EVERY = 5.0
"""Seconds between two looks."""


BODY = "has sent no body"

Place = tuple[object, ...]
"""Where a connection stands; equal to where it stood as long as nothing moves."""


class Patrol:
    """Remembers where connections stood at the last look."""

    def __init__(self, connections: Collection[Any]) -> None:
        """`connections` are the web server's, as they come and go."""
        self._connections = connections
        self._seen: dict[Any, tuple[Place, float]] = {}
        self.closed = 0

    def look(self, now: float) -> None:
        """Close those that have stood at the same place for too long. `now` is in seconds, on any
        clock that only goes forward."""
        seen: dict[Any, tuple[Place, float]] = {}
        for connection in list(self._connections):
            place = _place(connection)
            if place is None:
                continue
            before, since = self._seen.get(connection, (place, now))
            if before != place:
                since = now
            if now - since >= (BODY_PATIENCE if BODY in place else PATIENCE):
                self.closed += 1
                connection.transport.abort()
            else:
                seen[connection] = (place, since)
        self._seen = seen


def _place(connection: Any) -> Place | None:
    """Where a connection stands that waits for its client; None if it is not the client's turn, or
    if somebody else minds it."""
    if isinstance(connection, Sockets):
        # Asked now and then whether it is there; but what has been closed for not answering, or for
        # not reading, waits for what was written to be taken, and that may be never.
        waiting = connection.transport.get_write_buffer_size()
        return (id(connection), waiting) if waiting else None
    cycle: RequestResponseCycle | None = connection.cycle
    if cycle is None:
        return ("has sent no request",)
    if connection.flow.write_paused:
        # Also one that the web server has closed: it waits for what was written to be taken.
        return (id(cycle), connection.transport.get_write_buffer_size())
    if cycle.response_complete:
        # Kept alive, unless the first letters of another request have come.
        return None if connection.timeout_keep_alive_task is not None else (id(cycle), "answered")
    return (id(cycle), BODY) if cycle.more_body else None
