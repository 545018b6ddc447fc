"""Reads reports: what has been counted, and with it what is newer, in one snapshot.

So a report is always of now, however far the counting has come; unless that is so far behind that
adding up the rest would keep others waiting. Then it is of an earlier time, and says so.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from firmhold.domain.errors import Refused, malformed
from firmhold.planning.zones import zone_of
from firmhold.reports.counting import Now, Progress
from firmhold.reports.opening import open_seconds
from firmhold.reports.steps import Period
from firmhold.store.database import Database
from firmhold.store.sql import statement

MOST_NEWER = 50_000
"""Entries that a reader adds up: more than come in between two rounds of counting."""

MOST_SLOTS = 50_000
"""That one report looks through, slot by slot: half a year of a large hospital."""

MOST_CELLS = 20_000
"""Pools times steps."""

MOST_POOLS = 500

MOST_GROUPS = 1000

ITEMS, SLOTS = 2, 3
"""Scopes of an organization, as `report_count` has them."""


class Freshness(NamedTuple):
    """What a report knows."""

    as_of: datetime | None
    """It tells everything until then; `None`: nothing has been counted yet."""
    complete: bool
    """Whether that is now."""


class Subject(NamedTuple):
    """What a report is about. Everything if nothing is named."""

    site: str | None = None
    offering: str | None = None
    pool: str | None = None
    kind: str | None = None
    """`item` or `slot`."""


class Step(NamedTuple):
    """What happened in a step; of the first one of a state, what was before."""

    counts: Mapping[str, int]
    waits: Mapping[int, int]
    """Reservations that were confirmed, by for how long they had been held."""


class Use(NamedTuple):
    """How a pool was used in a step, in seconds times units."""

    with_buffers: float
    without: float
    booked: float
    open: float | None
    owned: float


class _Newer(NamedTuple):
    low: int
    high: int
    late: list[int]


COUNTS = (
    *("holds", "confirmed", "released", "expired", "direct", "reacquired", "cancelled"),
    *("units_held", "units_confirmed", "units_expired", "capacity", "held", "confirmed_units"),
)


class Reports:
    """Looks at one organization's counts and ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self, organization: str) -> datetime:
        """By the clock that decides."""
        async with self._database.read(organization) as connection:
            now: datetime = await connection.fetchval("SELECT now()")
            return now

    async def series(
        self, organization: str, subject: Subject, period: Period, *, state: bool = False
    ) -> tuple[list[Step], Freshness]:
        """What happened in each step of a period; before it what happened until then, if `state`
        is wanted, and nothing otherwise."""
        async with self._looking(organization) as (connection, fresh, newer):
            scopes, ids = await self._scope(connection, organization, subject)
            about = (organization[-32:], scopes, ids, newer.low, newer.late, period.quarters)
            rows = await connection.fetch(statement("reports", "series"), *about, state, newer.high)
            waits = await connection.fetch(statement("reports", "waits"), *about, newer.high)
        counts = {row["step"]: {name: row[name] for name in COUNTS} for row in rows}
        classes: dict[int, dict[int, int]] = defaultdict(dict)
        for row in waits:
            classes[row["step"]][row["class"]] = row["reservations"]
        nothing = dict.fromkeys(COUNTS, 0)
        steps = [
            Step(counts.get(step, nothing), classes.get(step, {}))
            for step in range(len(period.borders))
        ]
        return steps, fresh

    async def sales(
        self,
        organization: str,
        subject: Subject,
        period: Period,
        beyond: tuple[datetime, str] | None,
        limit: int,
    ) -> tuple[list[Any], Freshness]:
        """Sales that began in a period, the newest first, below a position: of an offering, of the
        slots of a pool, or of a kind; of items if nothing is named."""
        async with self._looking(organization) as (connection, fresh, newer):
            ids = None
            if subject.offering is not None or subject.pool is not None:
                _, ids = await self._scope(connection, organization, subject)
            await connection.execute(statement("reports", "by_hash"))
            rows = await connection.fetch(
                statement("reports", "sales"),
                organization[-32:],
                newer.low,
                newer.late,
                period.since,
                period.until,
                ids,
                None if beyond is None else beyond[0],
                _kind_of_sales(subject),
                limit,
                None if beyond is None else beyond[1][-32:],
                newer.high,
            )
        return rows, fresh

    async def use(
        self, organization: str, subject: Subject, kind: str | None, period: Period
    ) -> tuple[list[tuple[Any, list[Use]]], datetime]:
        """How pools are used in each step, by their names. Raises `Refused` if that is too much."""
        async with self._snapshot(organization) as connection:
            pools = await connection.fetch(
                statement("reports", "pools"),
                organization[-32:],
                None if subject.pool is None else subject.pool[-32:],
                None if subject.site is None else subject.site[-32:],
                MOST_POOLS + 1,
                kind,
            )
            steps = period.steps
            if len(pools) > MOST_POOLS or len(pools) * len(steps) > MOST_CELLS:
                raise Refused(
                    malformed(
                        "every",
                        f"makes {len(steps):,} steps of {len(pools):,} pools or more, and "
                        f"{MOST_CELLS:,} of {MOST_POOLS:,} can be told: name a site or a pool",
                    )
                )
            now = await connection.fetchval("SELECT now()")
            taken = await connection.fetch(
                statement("reports", "taken"),
                organization[-32:],
                [pool["id"] for pool in pools],
                [begins for begins, _ in steps],
                [ends for _, ends in steps],
            )
        cells = {(row["id"], row["step"]): row for row in taken}
        return [(pool, list(_uses(pool, cells, period))) for pool in pools], now

    async def attendance(
        self, organization: str, subject: Subject, by: str, period: Period
    ) -> tuple[list[Any], datetime]:
        """Who came to slots that began in a period, by groups. Raises `Refused` if they are too
        many."""
        site, pool, slot = (
            None if id is None else id[-32:]
            for id in (subject.site, subject.pool, subject.offering)
        )
        about = (organization[-32:], period.since, period.until, site, pool)
        async with self._snapshot(organization) as connection:
            await connection.execute(statement("reports", "by_key"))
            many = await connection.fetchval(
                statement("reports", "due_slots"), *about, MOST_SLOTS + 1
            )
            if many > MOST_SLOTS:
                raise Refused(
                    malformed(
                        "from",
                        f"more than {MOST_SLOTS:,} slots begin in this period; name a site or a "
                        "pool, or shorten it",
                    )
                )
            now = await connection.fetchval("SELECT now()")
            rows = await connection.fetch(
                statement("reports", "attendance"),
                *about,
                slot,
                by,
                list(period.borders),
                MOST_GROUPS + 1,
            )
        return rows, now

    @asynccontextmanager
    async def _snapshot(self, organization: str) -> AsyncIterator[Any]:
        async with (
            self._database.read(organization) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    @asynccontextmanager
    async def _looking(self, organization: str) -> AsyncIterator[tuple[Any, Freshness, _Newer]]:
        """One snapshot, how far the counts have come in it, and what is newer."""
        async with self._snapshot(organization) as connection:
            await connection.execute(statement("reports", "by_key"))
            row = await connection.fetchrow(statement("reports", "progress"))
            progress, now = Progress.of(row), Now.of(row)
            at = progress.position
            if progress.clearing or at is None or not progress.is_of(now):
                yield connection, Freshness(None, False), _Newer(0, 0, [])
                return
            late = [xid for xid in at.missing if xid not in now.running]
            many = MOST_NEWER + 1
            if progress.brought is None:
                many = await connection.fetchval(
                    statement("reports", "newer"), at.next, late, many, now.next
                )
            if many > MOST_NEWER:
                yield connection, Freshness(now.counted_at, False), _Newer(0, 0, [])
            else:
                yield connection, Freshness(now.now, True), _Newer(at.next, now.next, late)

    async def _scope(
        self, connection: Any, organization: str, subject: Subject
    ) -> tuple[list[int], list[str]]:
        """Of which counts the subject's are the sum."""
        if subject.offering is not None:
            return [0], [subject.offering[-32:]]
        if subject.site is not None:
            return [1], [subject.site[-32:]]
        if subject.pool is not None:
            rows = await connection.fetch(
                statement("reports", "slots_of_pool"),
                organization[-32:],
                subject.pool[-32:],
                MOST_SLOTS + 1,
            )
            if len(rows) > MOST_SLOTS:
                raise Refused(malformed("pool", f"more than {MOST_SLOTS:,} slots take from it"))
            return [0], [row["id"].hex for row in rows]
        scopes = {"item": [ITEMS], "slot": [SLOTS], None: [ITEMS, SLOTS]}
        return scopes[subject.kind], [organization[-32:]]


def _kind_of_sales(subject: Subject) -> str:
    if subject.offering is not None:
        return subject.offering.partition("_")[0]
    return "slot" if subject.pool is not None else subject.kind or "item"


def _uses(pool: Any, cells: Mapping[Any, Any], period: Period) -> Sequence[Use]:
    steps = period.steps
    opened: Sequence[float | None] = [None] * len(steps)
    if pool["zone"] is not None:
        hours, blackouts = (msgspec.json.decode(pool[it]) for it in ("opening_hours", "blackouts"))
        if hours:
            opened = open_seconds(hours, blackouts, zone_of(pool["zone"]), steps)
    uses = []
    for number, (begins, ends) in enumerate(steps, start=1):
        row, units = cells.get((pool["id"], number)), pool["units"]
        seconds = opened[number - 1]
        uses.append(
            Use(
                row["with_buffers"] if row else 0.0,
                row["without"] if row else 0.0,
                row["booked"] if row else 0.0,
                None if seconds is None else seconds * units,
                (ends - begins).total_seconds() * units,
            )
        )
    return uses
