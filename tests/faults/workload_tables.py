"""What the database has written down: every effect in its order, and how things stand at the end.

Owns the reading of the tables and the comparison of the last state with the model's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeAlias

import asyncpg

from firmhold.engine.ticket import Key
from tests.faults.workload_answers import DAY, Json
from tests.faults.workload_model import Model
from tests.faults.workload_things import TAKEN_FOR_GOOD, Claim
from tests.faults.workload_traffic import Request

Connection: TypeAlias = "asyncpg.Connection[Any]"

OPERATIONS = {
    "hold": "place_hold",
    "confirm": "confirm_reservation",
    "extend": "extend_reservation",
    "release": "release_reservation",
    "cancel": "cancel_reservation",
    "move": "move_reservation",
    "check-in": "check_in_reservation",
}

NUMBER_ENTRIES = "ALTER TABLE ledger ADD COLUMN written bigint GENERATED ALWAYS AS IDENTITY"
"""The numbers of entries are the offerings' own. So that it can be told in which order a batch
wrote those of several offerings, which share nothing but a pool, the table counts too."""


@dataclass(frozen=True)
class Entry:
    """One line of the ledger about a reservation."""

    at: datetime
    xid: int
    written: int
    offering: str
    seq: int
    kind: str
    reservation: str
    held: int
    confirmed: int
    hold_ends: datetime | None


@dataclass(frozen=True)
class Stored:
    """An answer that is kept under a key."""

    subject: str
    at: datetime
    status: int
    body: bytes

    @property
    def answer(self) -> Json:
        found: Json = json.loads(self.body)
        return found


async def read_batches(connection: Connection) -> list[list[Entry]]:
    """Every entry about a reservation, transaction by transaction, in the order of their times."""
    found = await connection.fetch(
        "SELECT l.at, l.xid, l.written, o.kind || '_' || replace(o.id::text, '-', ''), l.seq, "
        "l.kind, 'rsv_' || replace(l.reservation_id::text, '-', ''), l.held_delta, "
        "l.confirmed_delta, l.hold_expires_at "
        "FROM ledger AS l JOIN offering AS o ON o.id = l.offering_id "
        "WHERE l.reservation_id IS NOT NULL ORDER BY l.at, l.xid, l.written"
    )
    entries = (Entry(*row) for row in found)
    return [list(batch) for _, batch in groupby(entries, lambda entry: (entry.at, entry.xid))]


def misnumbered(batches: list[list[Entry]]) -> Iterator[str]:
    """Sentences about entries that are not the next of their offering where they stand: times that
    contradict the numbers."""
    last: dict[str, int] = {}
    for batch in batches:
        for entry in batch:
            if entry.seq != last.get(entry.offering, entry.seq - 1) + 1:
                yield f"{entry} follows number {last[entry.offering]}"
            last[entry.offering] = entry.seq


class Answers:
    """The answers that are kept, by the requests that they were given to."""

    def __init__(self, actor: str, rows: dict[str, Stored]) -> None:
        self._actor = actor
        self._rows = rows

    @classmethod
    async def read(cls, connection: Connection) -> Answers:
        actor = await connection.fetchval("SELECT actor FROM ledger WHERE kind = 'held' LIMIT 1")
        found = await connection.fetch(
            "SELECT key, subject, created_at, status, body FROM idempotency"
        )
        rows = {
            key.hex: Stored(f"rsv_{subject.hex}", at, status, body)
            for key, subject, at, status, body in found
        }
        return cls(actor, rows)

    def of(self, request: Request) -> Stored | None:
        """The one under the request's key."""
        if request.key is None:
            return None
        scope = Key.of(self._actor, OPERATIONS[request.verb], request.key, b"").scope
        return self._rows.get(scope)

    def __len__(self) -> int:
        return len(self._rows)


async def differences(connection: Connection, model: Model) -> list[str]:
    """Sentences about whatever is in the tables and not in the model, or the other way round."""
    kinds = (
        ("counters", await _counters(connection), _model_counters(model)),
        ("loans", await _loans(connection), _model_loans(model)),
        ("reservations", await _reservations(connection), _model_reservations(model)),
    )
    return [
        f"{what}: {name} is {seen.get(name)} in the tables and {thought.get(name)} in the model"
        for what, seen, thought in kinds
        for name in sorted(seen.keys() | thought.keys(), key=str)
        if seen.get(name) != thought.get(name)
    ]


async def _counters(connection: Connection) -> dict[Any, Any]:
    found = await connection.fetch(
        "SELECT kind || '_' || replace(id::text, '-', ''), capacity, held, confirmed FROM offering"
    )
    return {id: tuple(counts) for id, *counts in found}


def _model_counters(model: Model) -> dict[Any, Any]:
    held, confirmed = Counter[str](), Counter[str]()
    for claim in model.claims.values():
        held.update(claim.unnoticed)
        if claim.status == "held":
            held.update(claim.units)
        elif claim.status in TAKEN_FOR_GOOD:
            confirmed.update(claim.units)
    return {id: (it.capacity, held[id], confirmed[id]) for id, it in model.offerings.items()}


async def _loans(connection: Connection) -> dict[Any, Any]:
    found = await connection.fetch(
        "SELECT 'slot_' || replace(slot_id::text, '-', ''), "
        "'pool_' || replace(pool_id::text, '-', ''), units, lower(during), upper(during) FROM loan"
    )
    return {(slot, pool): tuple(rest) for slot, pool, *rest in found}


def _model_loans(model: Model) -> dict[Any, Any]:
    reserved = Counter(
        offering for claim in model.claims.values() for offering in (*claim.units, *claim.unnoticed)
    )
    loans: dict[Any, Any] = {}
    for id, it in model.offerings.items():
        needs = [(need, 1) for need in it.own] + [(need, reserved[id]) for need in it.each]
        for (pool, units), times in needs:
            begins = DAY + timedelta(minutes=it.begins - model.pools[pool].before)
            ends = DAY + timedelta(minutes=it.ends + model.pools[pool].after)
            if times:
                loans[id, pool] = (units * times, begins, ends)
    return loans


async def _reservations(connection: Connection) -> dict[Any, Any]:
    found = await connection.fetch(
        "SELECT 'rsv_' || replace(r.id::text, '-', '') AS id, r.status, r.customer, r.expires_at, "
        "r.extend_until, array_agg(o.kind || '_' || replace(o.id::text, '-', '')) AS offerings, "
        "array_agg(l.quantity) AS quantities, array_agg(l.held) AS held, "
        "array_agg(l.confirmed) AS confirmed FROM reservation AS r "
        "JOIN reservation_line AS l ON l.reservation_id = r.id "
        "JOIN offering AS o ON o.id = l.offering_id "
        "GROUP BY r.id, r.status, r.customer, r.expires_at, r.extend_until"
    )
    return {
        id: (*rest, dict(zip(offerings, zip(*units, strict=True), strict=True)))
        for id, *rest, offerings, quantities, held, confirmed in found
        for units in [(quantities, held, confirmed)]
    }


def _model_reservations(model: Model) -> dict[Any, Any]:
    return {
        id: (_written(claim), claim.customer, claim.ends, claim.reach, _lines(claim))
        for id, claim in model.claims.items()
    }


def _written(claim: Claim) -> str:
    """A hold that has ended stands there as held until somebody notices."""
    return "held" if claim.unnoticed else claim.status


def _lines(claim: Claim) -> dict[str, tuple[int, int, int]]:
    lines = {}
    for offering in claim.asked:
        asked, held, confirmed = claim.shown(offering)
        lines[offering] = (asked, held + claim.unnoticed.get(offering, 0), confirmed)
    return lines
