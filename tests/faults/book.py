"""What clients were told, and whether it is so: their book, and its comparison with the tables.

The book is kept by the clients and nowhere else: what counts as acknowledged is what came over the
wire. The comparison asks the database and never the product.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple, TypeAlias

import asyncpg

from firmhold.store.verify import Report
from tests.databases import looking

Connection: TypeAlias = "asyncpg.Connection[Any]"

MORE_THAN_THERE_IS = frozenset(
    {
        *("counters_within_bounds", "drain_sells_nothing", "entries_within_bounds"),
        *("pools_within_units", "exclusive_never_twice"),
    }
)
"""The checks of `firmhold verify` that find units which were given away twice."""

OVERSOLD = """
SELECT o.kind || '_' || replace(o.id::text, '-', ''), o.capacity, sum(l.held + l.confirmed)
FROM offering AS o JOIN reservation_line AS l ON l.offering_id = o.id
GROUP BY o.kind, o.id, o.capacity HAVING sum(l.held + l.confirmed) > o.capacity
"""

RESERVATIONS = """
SELECT 'rsv_' || replace(r.id::text, '-', '') AS id, r.status, r.expires_at,
       array_agg(o.kind || '_' || replace(o.id::text, '-', '')) AS offerings,
       array_agg(ARRAY[l.quantity, l.held, l.confirmed]) AS units
FROM reservation AS r
LEFT JOIN reservation_line AS l ON l.reservation_id = r.id
LEFT JOIN offering AS o ON o.id = l.offering_id
GROUP BY r.id, r.status, r.expires_at
"""


class Wrong(NamedTuple):
    """One thing that is not as it must be."""

    kind: Literal["lost", "oversold", "otherwise"]
    """`lost`: it was acknowledged and is not so; `oversold`: more is given away than there is."""
    what: str


def numbers(wrong: Iterable[Wrong]) -> dict[str, int]:
    """How many things of each kind are wrong, under the names that reports have for them."""
    kinds = Counter(it.kind for it in wrong)
    return {
        "lost": kinds["lost"],
        "oversold": kinds["oversold"],
        "otherwise_wrong": kinds["otherwise"],
    }


class Units(NamedTuple):
    """A line of a reservation."""

    quantity: int
    held: int
    confirmed: int


Lines: TypeAlias = tuple[tuple[str, Units], ...]
"""All of them with their offerings, in the order of these."""


class Waiting(NamedTuple):
    """A place in line."""

    offering: str
    customer: str
    quantity: int
    status: str
    reservation: str | None
    """Its offer."""

    @property
    def is_open(self) -> bool:
        return self.status in {"waiting", "offered"}


@dataclass
class Book:
    """What was acknowledged, and what was seen on the way."""

    status: dict[str, str] = field(default_factory=dict)
    """Reservation to the last status that was acknowledged."""
    lines: dict[str, Lines] = field(default_factory=dict)
    """Reservation to its lines in the last answer about it."""
    ends: dict[str, datetime | None] = field(default_factory=dict)
    """Reservation to the end of its hold in the last answer about it."""
    waits: dict[str, Waiting] = field(default_factory=dict)
    """Waitlist entry to what was last said about it."""
    planned: dict[str, str] = field(default_factory=dict)
    """Schedule to the date up to which its slots were said to be there."""
    keys: dict[str, str] = field(default_factory=dict)
    """Idempotency key of a hold to the reservation it was answered with."""
    answers: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    """Sentences about what was acknowledged and is not so."""
    longest: float = 0.0
    """Seconds that the slowest answer took."""
    _known: dict[Lines, Lines] = field(default_factory=dict)
    """There are millions of reservations in a long run, and few different lines."""

    @property
    def acknowledged(self) -> int:
        return sum(n for name, n in self.answers.items() if name.startswith("done "))

    def note(self, answer: Any) -> None:
        """Enter a reservation as an answer shows it."""
        id = answer["id"]
        self.status[id] = sys.intern(answer["status"])
        self._have(
            id,
            (
                (line["offering"], Units(line["quantity"], line["held"], line["confirmed"]))
                for line in answer["lines"]
            ),
        )
        ends = answer["expires_at"]
        self.ends[id] = None if ends is None else datetime.fromisoformat(ends)

    def note_wait(self, answer: Any) -> Waiting:
        """Enter a place in line as an answer shows it, and the hold that is its offer."""
        names = ("offering", "customer", "quantity", "status", "reservation")
        told = self.waits[answer["id"]] = Waiting(*(answer[name] for name in names))
        offer = told.reservation
        if offer is not None and offer not in self.status:
            self.status[offer] = "held"
            self._have(offer, [(told.offering, Units(told.quantity, told.quantity, 0))])
            self.ends[offer] = datetime.fromisoformat(answer["offer_expires_at"])
        return told

    def expire(self, id: str) -> None:
        """Enter that a hold has ended by itself."""
        self.end(id, "expired")

    def end(self, id: str, status: str) -> None:
        """Enter that nothing of a hold is left."""
        self.status[id] = status
        self._have(id, ((offering, Units(it.quantity, 0, 0)) for offering, it in self.lines[id]))

    def _have(self, id: str, lines: Iterable[tuple[str, Units]]) -> None:
        ordered = tuple(sorted(lines))
        self.lines[id] = self._known.setdefault(ordered, ordered)


async def audit(dsn: str, book: Book) -> list[Wrong]:
    """Compare the book with the database; all that is wrong."""
    wrong = [Wrong("lost", what) for what in book.lost]
    there: set[str] = set()
    untold: set[str] = set()
    connection = await looking(dsn)
    try:
        oversold = await connection.fetch(OVERSOLD)
        async with connection.transaction(readonly=True):
            async for row in connection.cursor(RESERVATIONS, prefetch=1000):
                id = row["id"]
                if id in book.status:
                    there.add(id)
                    wrong += [Wrong("lost", what) for what in _differences(book, row)]
                else:
                    untold.add(id)
    finally:
        await connection.close()
    for id in book.status.keys() - there:
        wrong.append(Wrong("lost", f"{id} was acknowledged as {book.status[id]} and is not there"))
    if untold:
        what = f"{len(untold)} reservations that nobody was told of, e.g. {min(untold)}"
        wrong.append(Wrong("otherwise", what))
    for offering, capacity, sold in oversold:
        wrong.append(Wrong("oversold", f"{sold} of {offering} are given away, of {capacity}"))
    return wrong


def _differences(book: Book, row: Any) -> Iterator[str]:
    id, status, ends = row["id"], row["status"], row["expires_at"]
    if status != book.status[id]:
        yield f"{id} was acknowledged as {book.status[id]} and is {status}"
    if id not in book.lines:
        return
    lines = zip(row["offerings"], row["units"], strict=True)
    has = tuple(sorted((it, Units(*units)) for it, units in lines if it is not None))
    if has != book.lines[id]:
        yield f"{id} was acknowledged with {dict(book.lines[id])} and has {dict(has)}"
    if ends != book.ends[id]:
        yield f"{id} was acknowledged until {book.ends[id]} and ends at {ends}"


def unbalanced(report: Report) -> list[Wrong]:
    """What `firmhold verify` has found."""
    return [
        Wrong("oversold" if it.check in MORE_THAN_THERE_IS else "otherwise", it.what)
        for it in report.findings
    ]
