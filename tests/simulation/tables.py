"""The rows of the simulated database, and what PostgreSQL refuses of them.

Each class is a table. Organizations and ids are 32 hex digits, as the engine passes them. What is
refused here raises the error that PostgreSQL raises, and is a violation as well: nothing that the
engine writes may ever need refusing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple


class Id(str):
    """An id as it comes out of a column: the driver makes UUIDs of them."""

    __slots__ = ()

    @property
    def hex(self) -> str:
        return self


class Organization(NamedTuple):
    id: str
    hold_ttl_seconds: int = 300
    max_live_holds: int | None = None
    offer_ttl_seconds: int = 600
    horizon_days: int = 90
    notice_minutes: int = 0
    cutoff_minutes: int = 0


class Site(NamedTuple):
    organization: str
    id: str
    horizon_days: int | None = None
    notice_minutes: int | None = None
    cutoff_minutes: int | None = None
    customer_limit: int | None = None
    customer_days: int | None = None


class Pool(NamedTuple):
    organization: str
    id: str
    name: str
    units: int
    exclusive: bool
    before_minutes: int = 0
    after_minutes: int = 0


class Offering(NamedTuple):
    organization: str
    id: str
    kind: str
    capacity: int
    held: int = 0
    confirmed: int = 0
    seq: int = 1
    drain_to: int | None = None
    sale_starts_at: datetime | None = None
    sale_ends_at: datetime | None = None
    min_quantity: int = 1
    max_quantity: int | None = None
    max_per_customer: int | None = None
    hold_ttl_seconds: int | None = None
    unit_price: int | None = None
    currency: str | None = None
    waiting: int = 0
    open: bool = True
    lends: bool = False
    site: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


class Requirement(NamedTuple):
    organization: str
    slot: str
    pool: str
    units: int
    per: str


class Reservation(NamedTuple):
    organization: str
    id: str
    status: str
    customer: str | None
    actor: str
    created_at: datetime
    expires_at: datetime | None
    extend_until: datetime | None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    notes: str | None = None
    guest_count: int | None = None
    metadata: str | None = None
    reacquired: bool = False


class Line(NamedTuple):
    organization: str
    reservation: str
    offering: str
    position: int
    quantity: int
    held: int
    confirmed: int
    unit_price: int | None
    currency: str | None
    status: str
    expires_at: datetime | None
    customer: str | None


class Entry(NamedTuple):
    """Of the ledger."""

    organization: str
    offering: str
    seq: int
    kind: str
    reservation: str | None
    capacity_delta: int
    held_delta: int
    confirmed_delta: int
    capacity: int
    held: int
    confirmed: int
    at: datetime
    actor: str
    reason: str | None
    hold_expires_at: datetime | None
    xid: int


class Answer(NamedTuple):
    """Under an idempotency key."""

    organization: str
    key: str
    fingerprint: str
    status: int
    body: bytes
    subject: str
    created_at: datetime


class Loan(NamedTuple):
    organization: str
    pool: str
    slot: str
    units: int
    starts_at: datetime
    ends_at: datetime
    exclusive: bool


class Wait(NamedTuple):
    """A waitlist entry."""

    organization: str
    id: str
    offering: str
    customer: str
    actor: str
    quantity: int
    place: int
    status: str
    created_at: datetime
    reservation: str | None
    offered_at: datetime | None
    ended_at: datetime | None


TABLES: dict[type, int] = {
    Organization: 1, Site: 2, Pool: 2, Offering: 2, Requirement: 3, Reservation: 2, Line: 3,
    Entry: 3, Answer: 2, Loan: 3, Wait: 2,
}  # fmt: skip
"""The tables, and of how many columns, the first ones, their primary keys consist."""

Rows = dict[Any, Any]


def key_of(row: Any) -> Any:
    """A row's primary key."""
    return row[: TABLES[type(row)]]


class Tables:
    """What is committed."""

    def __init__(self) -> None:
        self.rows: dict[type, Rows] = {table: {} for table in TABLES}

    def put(self, *rows: Any) -> None:
        """Let there be these rows, as somebody nothing can stop."""
        for row in rows:
            self.rows[type(row)][key_of(row)] = row

    def of(self, table: type) -> Rows:
        return self.rows[table]


class View:
    """What one transaction sees: what is committed, and its own changes upon it."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.changes: dict[type, Rows] = {}
        """Row by key; `None` for one that was deleted."""

    def get(self, table: type, *key: Any) -> Any:
        changed = self.changes.get(table)
        if changed is not None and key in changed:
            return changed[key]
        return self._tables.rows[table].get(key)

    def all(self, table: type) -> Iterator[Any]:
        """In the order in which they were written, which is as good as any."""
        changed = self.changes.get(table)
        if not changed:
            return iter(self._tables.rows[table].values())
        merged = {**self._tables.rows[table], **changed}
        return (row for row in merged.values() if row is not None)

    def put(self, row: Any) -> None:
        self.changes.setdefault(type(row), {})[key_of(row)] = row

    def delete(self, row: Any) -> None:
        self.changes.setdefault(type(row), {})[key_of(row)] = None

    def before(self, table: type, key: Any) -> Any:
        """The committed row with this key."""
        return self._tables.rows[table].get(key)


class Record(tuple[Any, ...]):
    """A row of a result: by name, by position, or as a slice, like the driver's."""

    __slots__ = ()
    names: Mapping[str, int] = {}

    def __getitem__(self, key: Any) -> Any:
        if type(key) is str:
            return tuple.__getitem__(self, self.names[key])
        return tuple.__getitem__(self, key)


def record(names: str) -> type[Record]:
    """The class of results with these columns."""
    # Of columns with the same name the first one is found, like in the driver's records.
    positions: dict[str, int] = {}
    for position, name in enumerate(names.split()):
        positions.setdefault(name, position)
    return type("Record", (Record,), {"__slots__": (), "names": positions})
