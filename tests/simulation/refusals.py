"""Nobody is told that there is too little of something of which there was enough all the while.

Whoever is refused was refused at some instant between question and answer, so at one of them too
few units were free. What has ended is free, whether or not somebody has written that down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Reply
from tests.simulation.server import Server, Transaction
from tests.simulation.tables import Entry, Line, Offering
from tests.simulation.violations import Violation

Free: TypeAlias = dict[tuple[str, str], int]
"""Units that can be had, by organization and offering."""


class Room:
    """The fewest units that were free of each offering while somebody was asking."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._fewest: list[Free] = []

    @contextmanager
    def watched(self, organization: str) -> Iterator[Callable[[Reply], None]]:
        """While somebody asks. What is yielded takes the reply; raises `Violation` if it is
        untrue."""
        fewest = self._free(self._server.tables.of(Offering))
        self._fewest.append(fewest)

        def heard(reply: Reply) -> None:
            if not isinstance(reply, Refusal) or reply.code is not Code.INSUFFICIENT_CAPACITY:
                return
            free = fewest[organization, reply.facts["offering"][-32:]]
            if reply.facts["requested"] <= free:
                raise Violation("somebody is refused what was free all the while", str(reply))

        try:
            yield heard
        finally:
            self._fewest = [it for it in self._fewest if it is not fewest]

    def committing(self, transaction: Transaction) -> None:
        """Nothing yet: it may still fail."""

    def committed(self, transaction: Transaction) -> None:
        """Look at what a commit has left, and at what there was between its steps."""
        free = self._free(transaction.changes.get(Offering, {}))
        for entry in transaction.changes.get(Entry, {}).values():
            free[entry[:2]] = min(free[entry[:2]], entry.capacity - entry.held - entry.confirmed)
        for fewest in self._fewest:
            for key, units in free.items():
                fewest[key] = min(fewest[key], units)

    def _free(self, keys: Iterable[tuple[str, str]]) -> Free:
        """What can be had now of each. Of what others wait for, nothing."""
        offerings = self._server.tables.of(Offering)
        free = {}
        for key in keys:
            row = offerings[key]
            free[key] = 0 if row.waiting else row.capacity - row.confirmed
        for line in self._server.tables.of(Line).values():
            key = (line.organization, line.offering)
            is_live = line.expires_at is None or line.expires_at > self._server.now
            if is_live and key in free:
                free[key] -= line.held
        return free
