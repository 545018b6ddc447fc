"""What must be so of slots, pools and waitlists, recomputed from the tables: nothing is lent twice,
nobody who waits is passed over, and whoever was told their place in line has it.

Reads one snapshot and asks the product nothing. Loans are believed no more than anything else: what
is lent is worked out from reservations and requirements a second time.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from tests.databases import looking
from tests.faults.book import Book, Connection, Waiting, Wrong

TAKING = frozenset({"held", "confirmed", "reacquired"})
"""Kinds of ledger entries by which somebody comes by units who had none. Whoever moves brings along
what pools have lent them, which others who wait do not have."""

POOLS = "SELECT id, name, units, before_minutes, after_minutes FROM pool"
SLOTS = """
SELECT o.id, o.starts_at, o.ends_at, o.capacity, s.withdrawn_at IS NOT NULL AS withdrawn,
       coalesce(sum(l.held + l.confirmed), 0) AS taken,
       count(*) FILTER (WHERE l.held + l.confirmed > 0) AS reservations
FROM offering AS o JOIN slot AS s ON s.id = o.id
LEFT JOIN reservation_line AS l ON l.offering_id = o.id
GROUP BY o.id, o.starts_at, o.ends_at, o.capacity, s.withdrawn_at
"""
NEEDS = "SELECT slot_id, pool_id, units, per = 'reservation' AS each FROM requirement"
LOANS = "SELECT pool_id, units, lower(during), upper(during) FROM loan"
WAITS = """
SELECT 'wait_' || replace(w.id::text, '-', '') AS name,
       o.kind || '_' || replace(o.id::text, '-', '') AS offering,
       'rsv_' || replace(w.reservation_id::text, '-', '') AS reservation,
       w.customer, w.quantity, w.status, w.place, w.ended_at, w.offering_id, w.reservation_id
FROM waitlist_entry AS w JOIN offering AS o ON o.id = w.offering_id
"""
ENTRIES = """
SELECT offering_id, seq, kind, reservation_id, reason, at, held_delta + confirmed_delta AS units
FROM ledger WHERE offering_id IN (SELECT offering_id FROM waitlist_entry)
ORDER BY offering_id, seq
"""
SCHEDULED = """
SELECT 'sched_' || replace(s.schedule_id::text, '-', '') AS schedule,
       o.starts_at AT TIME ZONE site.zone AS at
FROM slot AS s JOIN offering AS o ON o.id = s.id JOIN site ON site.id = o.site_id
WHERE s.schedule_id IS NOT NULL AND s.withdrawn_at IS NULL
"""


class Loan(NamedTuple):
    """Units that a pool is without for a while."""

    begins: datetime
    ends: datetime
    units: int


@dataclass(frozen=True)
class Tables:
    """All that this is about, at one instant. Rows as the statements above have them."""

    pools: dict[Any, Any]
    slots: dict[Any, Any]
    needs: list[Any]
    loans: list[Any]
    waits: dict[str, Any]
    """By the entry's id in answers."""
    entries: list[Any]
    scheduled: list[Any]

    @classmethod
    async def read(cls, connection: Connection) -> Tables:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return cls(
                {row["id"]: row for row in await connection.fetch(POOLS)},
                {row["id"]: row for row in await connection.fetch(SLOTS)},
                await connection.fetch(NEEDS),
                await connection.fetch(LOANS),
                {row["name"]: row for row in await connection.fetch(WAITS)},
                await connection.fetch(ENTRIES),
                await connection.fetch(SCHEDULED),
            )

    def needed(self) -> dict[Any, list[Loan]]:
        """By pool, what slots and their reservations have to have of it."""
        found: dict[Any, list[Loan]] = defaultdict(list)
        for need in self.needs:
            slot = self.slots[need["slot_id"]]
            times = slot["reservations"] if need["each"] else int(not slot["withdrawn"])
            if times:
                begins, ends = self.time_of(need)
                found[need["pool_id"]].append(Loan(begins, ends, times * need["units"]))
        return found

    def time_of(self, need: Any) -> tuple[datetime, datetime]:
        """When a slot has what it needs of a pool, buffers included."""
        pool, slot = self.pools[need["pool_id"]], self.slots[need["slot_id"]]
        return (
            slot["starts_at"] - timedelta(minutes=pool["before_minutes"]),
            slot["ends_at"] + timedelta(minutes=pool["after_minutes"]),
        )


def most(loans: Iterable[Loan]) -> int:
    """Units that are lent at the busiest instant. What comes back then is there again."""
    changes = Counter[datetime]()
    for loan in loans:
        changes[loan.begins] += loan.units
        changes[loan.ends] -= loan.units
    lent = busiest = 0
    for at in sorted(changes):
        lent += changes[at]
        busiest = max(busiest, lent)
    return busiest


async def audit_of_time(dsn: str, book: Book) -> list[Wrong]:
    """Compare the tables with the book and with themselves; all that is wrong."""
    connection = await looking(dsn)
    try:
        tables = await Tables.read(connection)
    finally:
        await connection.close()
    return [
        *(Wrong("oversold", what) for what in lent_too_often(tables)),
        *(Wrong("lost", what) for what in lost_places(tables, book)),
        *(Wrong("lost", what) for what in lost_days(tables, book)),
        *(Wrong("otherwise", what) for what in untold_places(tables, book)),
        *(Wrong("otherwise", what) for what in waiting_for_what_is_free(tables)),
        *(Wrong("otherwise", what) for what in passed_over(tables)),
        *(Wrong("otherwise", what) for what in uneven_days(tables)),
    ]


# --- pools ---


def lent_too_often(tables: Tables) -> Iterator[str]:
    """Pools that lend more than they have at some instant, by the loans or by what was reserved."""
    lent: dict[Any, list[Loan]] = defaultdict(list)
    for pool, units, begins, ends in tables.loans:
        lent[pool].append(Loan(begins, ends, units))
    for how, loans in (("lends", lent), ("has to lend", tables.needed())):
        for id, of in loans.items():
            pool = tables.pools[id]
            if (units := most(of)) > pool["units"]:
                yield f"{pool['name']} has {pool['units']} units and {how} {units} at a time"


# --- the line ---


def lost_places(tables: Tables, book: Book) -> Iterator[str]:
    """Places in line that are not what was said about them last."""
    for id, told in book.waits.items():
        row = tables.waits.get(id)
        found = None if row is None else Waiting(*(row[name] for name in Waiting._fields))
        if found != told:
            yield f"{id} was acknowledged as {told} and is {found}"


def untold_places(tables: Tables, book: Book) -> Iterator[str]:
    """Places in line that nobody was told of."""
    if untold := tables.waits.keys() - book.waits.keys():
        yield f"{len(untold)} places in line that nobody was told of, e.g. {min(untold)}"


def waiting_for_what_is_free(tables: Tables) -> Iterator[str]:
    """Those who wait for a slot that has enough for them, as have the pools it takes from."""
    needed = tables.needed()
    for id, wait in tables.waits.items():
        slot = tables.slots.get(wait["offering_id"])
        if wait["status"] != "waiting" or slot is None or slot["withdrawn"]:
            continue
        enough = wait["quantity"] <= slot["capacity"] - slot["taken"]
        if enough and all(_can_lend(tables, it, needed) for it in _needs_of(tables, wait)):
            yield f"{id} waits for {wait['quantity']} of {wait['offering']}, which are free"


def _needs_of(tables: Tables, wait: Any) -> Iterator[Any]:
    return (it for it in tables.needs if it["slot_id"] == wait["offering_id"] and it["each"])


def _can_lend(tables: Tables, need: Any, needed: dict[Any, list[Loan]]) -> bool:
    begins, ends = tables.time_of(need)
    meanwhile = (
        Loan(max(it.begins, begins), min(it.ends, ends), it.units)
        for it in needed[need["pool_id"]]
        if it.begins < ends and begins < it.ends
    )
    units: int = tables.pools[need["pool_id"]]["units"]
    return most(meanwhile) + int(need["units"]) <= units


def passed_over(tables: Tables) -> Iterator[str]:
    """Entries of the ledger by which somebody got units, while somebody waited before them who
    wanted no more. What a slot takes from pools is the same for both."""
    by_place = {(it["offering_id"], it["place"]): id for id, it in tables.waits.items()}
    by_offer = {it["reservation_id"]: id for id, it in tables.waits.items() if it["reservation_id"]}
    for _, entries in groupby(tables.entries, lambda entry: entry["offering_id"]):
        waiting: dict[str, Any] = {}
        for entry in entries:
            if entry["kind"] == "waitlisted":
                id = by_place[entry["offering_id"], entry["seq"]]
                waiting[id] = tables.waits[id]
            elif entry["kind"] == "unlisted" and entry["reason"] == "withdrawn":
                # Whose it was is told by the time; of one batch, all are gone with the first.
                waiting = {
                    id: it
                    for id, it in waiting.items()
                    if (it["status"], it["ended_at"]) != ("withdrawn", entry["at"])
                }
            elif entry["kind"] in TAKING and entry["units"] > 0:
                served = by_offer.get(entry["reservation_id"])
                place = waiting.pop(served)["place"] if served in waiting else entry["seq"]
                yield from (
                    f"{id} waits for {it['quantity']} and is passed over by entry {entry['seq']} "
                    f"of {it['offering']}, which takes {entry['units']}"
                    for id, it in waiting.items()
                    if it["place"] < place and it["quantity"] <= entry["units"]
                )


# --- schedules ---


def lost_days(tables: Tables, book: Book) -> Iterator[str]:
    """Schedules that have no slots as far ahead as was said."""
    last: dict[str, date] = {}
    for schedule, at in tables.scheduled:
        last[schedule] = max(at.date(), last.get(schedule, at.date()))
    for schedule, told in book.planned.items():
        if schedule not in last or last[schedule] < date.fromisoformat(told):
            yield f"{schedule} was said to reach {told} and ends on {last.get(schedule)}"


def uneven_days(tables: Tables) -> Iterator[str]:
    """Days of a schedule that have not the slots that its last day has: too few, or one twice. Its
    first may have begun when it was made."""
    days: dict[str, dict[date, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for schedule, at in tables.scheduled:
        days[schedule][at.date()].append(at.time())
    for schedule, times in days.items():
        first, last = min(times), max(times)
        for n in range(1, (last - first).days + 1):
            day = first + timedelta(days=n)
            if sorted(times[day]) != sorted(set(times[last])):
                yield f"{schedule} has slots on {day} at {[f'{it:%H:%M}' for it in times[day]]}"
