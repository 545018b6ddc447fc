"""What the simulated database is held against the real one with: scripts of commands that mean the
same in both, and everything that either has to show afterwards, in words that both share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from random import Random
from typing import Any, NamedTuple

import asyncpg

from firmhold.domain.commands import (
    AdjustCapacity,
    Asked,
    Cancel,
    CheckIn,
    Command,
    Confirm,
    Expire,
    Extend,
    Hold,
    Join,
    Leave,
    Move,
    Reconsider,
    Release,
    SetCapacity,
)
from firmhold.domain.desk import CLOCK
from firmhold.domain.errors import Refusal
from firmhold.domain.model import Actor, Status
from firmhold.domain.state import Accepted
from firmhold.engine.ticket import Key, Reply
from tests.simulation.tables import (
    Answer,
    Entry,
    Line,
    Loan,
    Offering,
    Organization,
    Pool,
    Requirement,
    Reservation,
    Site,
    Tables,
    Wait,
)
from tests.simulation.told import render

OPERATOR = Actor("user:operator", operator=True)
SLACK = 50
"""Seconds: more than a script takes, and what all times to live here are multiples of."""

CUSTOMERS = ("ann", "ben", "cleo")

Offers = Mapping[str, str]
"""The reservations that waitlist entries have led to, by the entries' ids."""


class Step(NamedTuple):
    """Commands that are sent at once, or a hold that ends."""

    commands: tuple[tuple[Command, Key | None], ...] = ()
    due: str | None = None


class Author:
    """Writes scripts. What was held before may be named again, whatever has become of it; `offer:`
    and an entry's id stand for the reservation by which units were held for that entry."""

    def __init__(self, seed: int, offerings: Iterable[str]) -> None:
        self._random = Random(seed)
        self._offerings = list(offerings)
        self._reservations: list[str] = []
        self._entries: list[str] = []
        self._sent: list[tuple[Command, Key]] = []
        self._number = seed << 32

    def script(self, steps: int) -> list[Step]:
        return [self._step() for _ in range(steps)]

    def _step(self) -> Step:
        random = self._random
        if self._reservations and random.random() < 0.15:
            return Step(due=random.choice(self._held()))
        number = random.choice((1, 1, 1, 2, 3, 6))
        return Step(tuple(self._sending() for _ in range(number)))

    def _sending(self) -> tuple[Command, Key | None]:
        random = self._random
        if self._sent and random.random() < 0.1:
            return random.choice(self._sent)
        command = random.choice(self._ways())()
        if random.random() < 0.4:
            return command, None
        key = Key.of("somebody", "does", str(self._new("key")), repr(command).encode())
        self._sent.append((command, key))
        return command, key

    def _new(self, prefix: str) -> str:
        self._number += 1
        return f"{prefix}_{self._number:032x}"

    def _held(self) -> list[str]:
        return [*self._reservations, *(f"offer:{entry}" for entry in self._entries)]

    def _ways(self) -> list[Callable[[], Command]]:
        ways: list[Callable[[], Command]] = [
            *[self._hold] * 6,
            *[self._join] * 3,
            self._capacity,
            lambda: Reconsider(self._random.choice(self._offerings), OPERATOR),
        ]
        if self._reservations:
            ways += [*[self._change] * 9, self._move]
        if self._entries:
            ways.append(lambda: Leave(self._random.choice(self._entries), OPERATOR))
        return ways

    def _lines(self) -> tuple[Asked, ...]:
        number = self._random.choice((1, 1, 2, 3))
        return tuple(
            Asked(self._random.choice(self._offerings), self._random.randint(1, 3))
            for _ in range(number)
        )

    def _who(self) -> Actor:
        name = self._random.choice(CUSTOMERS)
        return self._random.choice((OPERATOR, Actor(f"user:{name}", name)))

    def _hold(self) -> Command:
        random, id, who = self._random, self._new("rsv"), self._who()
        customer = who.customer or random.choice((*CUSTOMERS, None))
        self._reservations.append(id)
        ttl, confirm = random.choice((None, 100)), random.random() < 0.15
        return Hold(id, who, customer, self._lines(), ttl, confirm, notes=random.choice((None, id)))

    def _join(self) -> Command:
        entry, customer = self._new("wait"), self._random.choice(CUSTOMERS)
        self._entries.append(entry)
        offering, quantity = self._random.choice(self._offerings), self._random.randint(1, 3)
        return Join(entry, self._new("rsv"), OPERATOR, customer, offering, quantity)

    def _capacity(self) -> Command:
        random, offering = self._random, self._random.choice(self._offerings)
        drain = random.random() < 0.5
        if random.random() < 0.5:
            return AdjustCapacity(offering, OPERATOR, random.randint(-2, 2) or 3, "counted", drain)
        return SetCapacity(
            offering, OPERATOR, random.randint(0, 6), random.choice((None, 3)), drain
        )

    def _change(self) -> Command:
        random, id, who = self._random, self._random.choice(self._held()), self._who()
        part = random.choice((None, None, self._lines()[:1]))
        ways: tuple[Command, ...] = (
            Confirm(id, who, part),
            Confirm(id, who, part, reacquire=True),
            Release(id, who, part),
            Cancel(id, who, "changed my mind", part),
            Extend(id, who, random.choice((100, 400))),
            Expire(id, CLOCK),
            CheckIn(id, OPERATOR, random.choice((Status.FULFILLED, Status.NO_SHOW))),
        )
        return random.choice(ways)

    def _move(self) -> Command:
        return Move(self._random.choice(self._held()), self._who(), self._lines())


def resolved(command: Command, offers: Offers) -> Command | None:
    """The command with the ids of this world; `None` if it names an offer that was never made."""
    id = getattr(command, "reservation", "")
    if not id.startswith("offer:"):
        return command
    found = offers.get(id.removeprefix("offer:"))
    return None if found is None else command._replace(reservation=found)  # type: ignore[call-arg]


def told(reply: Reply, offers: Offers) -> Any:
    """What a caller has been told, without ids that chance has made."""
    if isinstance(reply, Refusal):
        facts = {name: value for name, value in reply.facts.items() if _is_the_same(value)}
        return reply.code.value, reply.detail, _renamed(str(sorted(facts.items())), offers)
    return reply.replayed, _renamed(reply.body.decode(), offers)


def render_without_times(accepted: Accepted, now: datetime) -> tuple[int, bytes]:
    """As the simulation's door, but two worlds have clocks of their own."""
    status, body = render(accepted, now)
    words = body.split(b" ")
    return status, b" ".join((*words[:3], *words[4:]))


def _is_the_same(value: Any) -> bool:
    return not isinstance(value, datetime)


def _renamed(text: str, offers: Offers) -> str:
    for entry, reservation in offers.items():
        text = text.replace(reservation[-32:], f"offer:{entry}")
    return text


def offers_in(tables: Tables) -> dict[str, str]:
    return {
        f"wait_{wait.id}": f"rsv_{wait.reservation}"
        for wait in tables.of(Wait).values()
        if wait.reservation is not None
    }


def shown(tables: Tables) -> dict[str, list[str]]:
    """All rows but what stands still. Times are told by their distance from another in their row,
    and transactions by which rows share them, for the two worlds have clocks and counters of their
    own."""
    offers = offers_in(tables)
    transactions: dict[int, int] = {}
    entries = sorted(tables.of(Entry).values(), key=lambda e: (e.offering, e.seq))
    for entry in entries:
        transactions.setdefault(entry.xid, len(transactions))
    rows: dict[str, list[Any]] = {
        "offering": [o[:20] for o in tables.of(Offering).values()],
        "reservation": [_since(r, r.created_at) for r in tables.of(Reservation).values()],
        "line": [
            _since(line, tables.of(Reservation)[line.organization, line.reservation].created_at)
            for line in tables.of(Line).values()
        ],
        "ledger": [_since(e._replace(xid=transactions[e.xid]), _began(tables, e)) for e in entries],
        "answer": [_since(a, a.created_at) for a in tables.of(Answer).values()],
        "loan": list(tables.of(Loan).values()),
        "wait": [_since(w, w.created_at) for w in tables.of(Wait).values()],
    }
    return {
        name: sorted(_renamed(str(list(row)), offers) for row in found)
        for name, found in rows.items()
    }


def _began(tables: Tables, entry: Entry) -> datetime | None:
    if entry.reservation is None:
        return None
    created: datetime = tables.of(Reservation)[entry.organization, entry.reservation].created_at
    return created


def _since(row: Any, begin: datetime | None) -> list[Any]:
    """The row with its times by their distance from `begin`, where that does not depend on how
    quickly a world goes on."""
    fixed = {"expires_at", "extend_until", "hold_expires_at"}
    return [
        _distance(value, begin, exact=name in fixed) if isinstance(value, datetime) else value
        for name, value in zip(row._fields, row, strict=True)
    ]


def _distance(at: datetime, begin: datetime | None, *, exact: bool) -> Any:
    if begin is None or not exact:
        return "some time"
    # What is extended ends so long after that, and the real world has taken its time until then.
    return round((at - begin).total_seconds() / SLACK)


async def copied(connection: asyncpg.Connection[Any]) -> Tables:
    """Everything in a real database, as the simulated one has it."""
    tables = Tables()

    async def copy(table: type, sql: str) -> None:
        for row in await connection.fetch(sql):
            values = (getattr(value, "hex", value) for value in row)
            tables.put(table(*(v if not callable(v) else row[i] for i, v in enumerate(values))))

    await copy(
        Organization,
        "SELECT id, hold_ttl_seconds, max_live_holds, offer_ttl_seconds, horizon_days, "
        "notice_minutes, cutoff_minutes FROM organization",
    )
    await copy(
        Site,
        "SELECT organization_id, id, horizon_days, notice_minutes, cutoff_minutes, customer_limit, "
        "customer_days FROM site",
    )
    await copy(
        Pool,
        "SELECT organization_id, id, name, units, exclusive, before_minutes, after_minutes "
        "FROM pool",
    )
    await copy(
        Offering,
        "SELECT organization_id, id, kind, capacity, held, confirmed, seq, drain_to, "
        "sale_starts_at, sale_ends_at, min_quantity, max_quantity, max_per_customer, "
        "hold_ttl_seconds, unit_price, currency, waiting, open, lends, site_id, starts_at, "
        "ends_at FROM offering",
    )
    await copy(Requirement, "SELECT organization_id, slot_id, pool_id, units, per FROM requirement")
    await copy(
        Reservation,
        "SELECT organization_id, id, status, customer, actor, created_at, expires_at, "
        "extend_until, confirmed_at, ended_at, reason, notes, guest_count, metadata, "
        "reacquired FROM reservation",
    )
    await copy(
        Line,
        "SELECT organization_id, reservation_id, offering_id, position, quantity, held, confirmed, "
        "unit_price, currency, status, expires_at, customer FROM reservation_line",
    )
    await copy(
        Entry,
        "SELECT organization_id, offering_id, seq, kind, reservation_id, capacity_delta, "
        "held_delta, confirmed_delta, capacity, held, confirmed, at, actor, reason, "
        "hold_expires_at, xid FROM ledger",
    )
    await copy(
        Answer,
        "SELECT organization_id, key, fingerprint, status, body, subject, created_at "
        "FROM idempotency",
    )
    await copy(
        Loan,
        "SELECT organization_id, pool_id, slot_id, units, lower(during), upper(during), exclusive "
        "FROM loan",
    )
    await copy(
        Wait,
        "SELECT organization_id, id, offering_id, customer, actor, quantity, place, status, "
        "created_at, reservation_id, offered_at, ended_at FROM waitlist_entry",
    )
    return tables


def make_due(tables: Tables, organization: str, reservation: str, now: datetime) -> None:
    """Let a hold have ended a moment ago, as `Shop.make_due` does it."""
    found = tables.of(Reservation).get((organization, reservation[-32:]))
    if found is None or found.status != "held":
        return
    by = found.expires_at - now
    tables.put(
        found._replace(
            created_at=found.created_at - by,
            expires_at=found.expires_at - by,
            extend_until=found.extend_until - by,
        )
    )
    for line in list(tables.of(Line).values()):
        if line.reservation == found.id and line.expires_at is not None:
            tables.put(line._replace(expires_at=line.expires_at - by))
    for entry in list(tables.of(Entry).values()):
        if entry.reservation == found.id:
            ends = entry.hold_expires_at
            tables.put(
                entry._replace(
                    at=entry.at - by, hold_expires_at=None if ends is None else ends - by
                )
            )
