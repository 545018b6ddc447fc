"""What reservations have been, entry by entry of the ledger: the rows have to say the same, and
whatever callers are told must have been so at some time."""

from __future__ import annotations

from collections import defaultdict
from typing import TypeAlias

from tests.simulation.server import Server, Transaction
from tests.simulation.tables import Entry, Line, Offering, Reservation
from tests.simulation.told import Units

Key: TypeAlias = tuple[str, str]
"""Organization and reservation."""


class Past:
    """The fold of the ledger, for each reservation, and what it has been on the way."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._units: dict[Key, Units] = defaultdict(dict)
        self._was: dict[Key, list[Units]] = defaultdict(list)

    def has_been(self, organization: str, id: str, units: Units) -> bool:
        """Whether a reservation has ever had just these units."""
        return units in self._was[organization, id]

    def committing(self, transaction: Transaction) -> None:
        """Nothing yet: it may still fail."""

    def committed(self, transaction: Transaction) -> None:
        """Go on with the fold, and hold the rows against it."""
        ends = {}
        for entry in transaction.changes.get(Entry, {}).values():
            if entry.reservation is None or not _is_of_a_reservation(entry):
                continue
            key = (entry.organization, entry.reservation)
            self._add(key, entry)
            ends[key] = entry.hold_expires_at
        changed = {line[:2] for line in transaction.changes.get(Line, {})}
        for key in changed | ends.keys():
            self._compare(key)
        for key, expires_at in ends.items():
            row = self._server.tables.of(Reservation)[key]
            if row.status == "held" and row.expires_at != expires_at:
                self._server.found("a hold ends at another time than its ledger says", str(row))

    def _add(self, key: Key, entry: Entry) -> None:
        kind = self._server.tables.of(Offering)[entry[:2]].kind
        offering = f"{kind}_{entry.offering}"
        units = dict(self._units[key])
        held, confirmed = units.pop(offering, (0, 0))
        held, confirmed = held + entry.held_delta, confirmed + entry.confirmed_delta
        if held or confirmed:
            units[offering] = held, confirmed
        self._units[key] = units
        self._was[key].append(units)

    def _compare(self, key: Key) -> None:
        rows = {}
        for line in self._server.tables.of(Line).values():
            if (line.organization, line.reservation) == key and line.held + line.confirmed:
                kind = self._server.tables.of(Offering)[line.organization, line.offering].kind
                rows[f"{kind}_{line.offering}"] = line.held, line.confirmed
        if rows != self._units[key]:
            self._server.found("a reservation is not the fold of its ledger", f"{key[1]}: {rows}")


def _is_of_a_reservation(entry: Entry) -> bool:
    return entry.kind not in ("waitlisted", "unlisted")
