"""Nobody is told that there is too little of something of which there was enough all the while.

Whoever is refused was refused at some instant between question and answer, so at one of them too
few units were free, or too little of a pool. What has ended is free, whether or not somebody has
written that down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from firmhold.domain.errors import Code, Refusal
from firmhold.engine.ticket import Reply
from tests.simulation.constraints import most_lent
from tests.simulation.server import Server, Transaction
from tests.simulation.tables import Entry, Line, Loan, Offering, Pool, Requirement
from tests.simulation.violations import Violation

Key: TypeAlias = tuple[str, str]
"""Organization and offering."""


class Room(NamedTuple):
    """What there was to be had while somebody was asking."""

    fewest: dict[Key, int]
    """Units of each offering, when there were fewest."""
    busy: set[tuple[Key, str]]
    """Slots for which a pool had too little at some time."""


class Rooms:
    """Watches what there is while people ask."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rooms: list[Room] = []

    @contextmanager
    def watched(self, organization: str) -> Iterator[Callable[[Reply], None]]:
        """While somebody asks. What is yielded takes the reply; raises `Violation` if it is
        untrue."""
        room = Room(self._free(self._server.tables.of(Offering)), set(self._busy()))
        self._rooms.append(room)

        def heard(reply: Reply) -> None:
            if isinstance(reply, Refusal) and not _is_true(reply, organization, room):
                raise Violation("somebody is refused what was free all the while", str(reply))

        try:
            yield heard
        finally:
            self._rooms = [it for it in self._rooms if it is not room]

    def committing(self, transaction: Transaction) -> None:
        """Nothing yet: it may still fail."""

    def committed(self, transaction: Transaction) -> None:
        """Look at what a commit has left, and at what there was between its steps."""
        if not self._rooms:
            return
        free = self._free(transaction.changes.get(Offering, {}))
        for entry in transaction.changes.get(Entry, {}).values():
            free[entry[:2]] = min(free[entry[:2]], entry.capacity - entry.held - entry.confirmed)
        busy = set(self._busy())
        if loans := transaction.changes.get(Loan):
            # Between its steps there may have been less of these pools than before and after.
            pools = {key[1] for key in loans}
            busy |= {(slot, pool) for slot, pool in self._slots() if pool in pools}
        for room in self._rooms:
            for key, units in free.items():
                room.fewest[key] = min(room.fewest[key], units)
            room.busy.update(busy)

    def _free(self, keys: Iterable[Key]) -> dict[Key, int]:
        """What can be had now of each. Of what others wait for, nothing."""
        offerings = self._server.tables.of(Offering)
        free = {}
        for key in keys:
            row = offerings[key]
            free[key] = 0 if row.waiting else row.capacity - row.confirmed
        for line in self._server.tables.of(Line).values():
            key = (line.organization, line.offering)
            if key in free and not self._has_ended(line):
                free[key] -= line.held
        return free

    def _busy(self) -> Iterator[tuple[Key, str]]:
        """Slots and pools of which one more reservation could not have what it requires."""
        tables = self._server.tables
        if not tables.of(Pool):
            return
        live: dict[Key, int] = {}
        for line in tables.of(Line).values():
            if line.confirmed or (line.held and not self._has_ended(line)):
                key = (line.organization, line.offering)
                live[key] = live.get(key, 0) + 1
        waited_for = {key for key, row in tables.of(Offering).items() if row.waiting}
        lent: dict[str, list[Loan]] = {}
        for loan in tables.of(Loan).values():
            r = tables.of(Requirement)[loan.organization, loan.slot, loan.pool]
            units = r.units
            if r.per == "reservation":
                units *= live.get((loan.organization, loan.slot), 0)
            if units:
                lent.setdefault(loan.pool, []).append(loan._replace(units=units))
        for slot, id in self._slots():
            r = tables.of(Requirement)[*slot, id]
            pool = tables.of(Pool)[slot[0], id]
            row = tables.of(Offering)[slot]
            begins = row.starts_at - timedelta(minutes=pool.before_minutes)
            ends = row.ends_at + timedelta(minutes=pool.after_minutes)
            near = [
                it._replace(starts_at=max(it.starts_at, begins))
                for it in lent.get(id, ())
                if it.starts_at < ends and begins < it.ends_at
            ]
            if waited_for or most_lent(near) + r.units > pool.units:
                yield slot, id

    def _slots(self) -> Iterator[tuple[Key, str]]:
        """Slots, each with a pool that its reservations take from."""
        for r in self._server.tables.of(Requirement).values():
            if r.per == "reservation":
                yield (r.organization, r.slot), r.pool

    def _has_ended(self, line: Line) -> bool:
        return line.expires_at is not None and line.expires_at <= self._server.now


def _is_true(refusal: Refusal, organization: str, room: Room) -> bool:
    """Whether somebody may have been refused so."""
    facts = refusal.facts
    if refusal.code is Code.INSUFFICIENT_CAPACITY:
        return bool(room.fewest[organization, facts["offering"][-32:]] < facts["requested"])
    if refusal.code is Code.POOL_BUSY:
        slot = (organization, facts["offering"][-32:])
        return (slot, facts["pool"][-32:]) in room.busy
    return True
