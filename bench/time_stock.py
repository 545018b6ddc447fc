"""Owns: places, slots and their past in Firmhold's own tables, written by SQL before a measurement.

What is written here is what the engine itself would have left: ``firmhold verify`` holds. Slot
number k belongs to lane k % lanes (a room with its practitioner) and is the (k / lanes)-th there,
so that who has what at any time is known without looking.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from bench.firmhold_stock import CHUNK, TTL_SECONDS


@dataclass(frozen=True, slots=True)
class Place:
    """How the slots of some sites lie in time, and what they take from pools."""

    sites: int
    lanes: int  # dealt out to the sites in turn; as many to each
    opens: int  # o'clock
    a_day: int  # slots of each lane
    minutes: int
    equipment: int  # units at each site, of which each reservation takes one; 0: nothing is taken
    per: str = "reservation"  # room and practitioner: or "slot", for which they are taken at once

    @property
    def side_by_side(self) -> int:
        """Slots at one site at the same time."""
        return self.lanes // self.sites

    def days(self, slots: int) -> int:
        """How many days so many slots take."""
        return -(-slots // (self.lanes * self.a_day))


# Rooms and practitioners exist whatever the slots take of them, so that nothing else differs.
ADD_PLACES = """
WITH sites AS (
    INSERT INTO site (organization_id, id, name, zone, slot_minutes, created_at, updated_at)
    SELECT $1, uuidv7(), 'Site ' || n, 'UTC', $4, now(), now()
    FROM generate_series(0, $2::int - 1) AS n
    RETURNING id, name
)
INSERT INTO pool (organization_id, id, site_id, kind, name, units, created_at, updated_at)
SELECT $1, uuidv7(), sites.id, wanted.kind, wanted.kind || ' ' || wanted.n, wanted.units, now(),
       now()
FROM (
    SELECT kind, n, n % $2 AS site, 1 AS units
    FROM generate_series(0, $3::int - 1) AS n
    CROSS JOIN unnest('{room,practitioner}'::text[]) AS kind
    UNION ALL
    SELECT 'equipment', n, n, $5::int FROM generate_series(0, $2 - 1) AS n
) AS wanted
JOIN sites ON sites.name = 'Site ' || wanted.site
"""

# Who has booked: of the slots side by side at a site as many as there is equipment for, until the
# end of what is booked up, and later none, one, two and so on in turn; a fifth of these are live
# holds. Names become ids once for each lane, so that no plan can make this slow.
NEW_SLOTS = """
CREATE TEMPORARY TABLE new_slot ON COMMIT DROP AS
WITH lane AS MATERIALIZED (
    SELECT n AS number, site.id AS site_id, room.id AS room_id, room.name AS room,
           practitioner.id AS practitioner_id, equipment.id AS equipment_id
    FROM generate_series(0, {lanes} - 1) AS n
    JOIN site ON site.organization_id = $1 AND site.name = 'Site ' || n % {sites}
    JOIN pool AS room ON room.organization_id = $1 AND room.name = 'room ' || n
    JOIN pool AS practitioner
      ON practitioner.organization_id = $1 AND practitioner.name = 'practitioner ' || n
    JOIN pool AS equipment
      ON equipment.organization_id = $1 AND equipment.name = 'equipment ' || n % {sites}
)
SELECT uuidv7(at.created_at - now()) AS id, uuidv7(at.booked_at - now()) AS reservation_id,
       lane.site_id, lane.room_id, lane.practitioner_id, lane.equipment_id,
       at.starts_at, at.starts_at + interval '{minutes} minutes' AS ends_at,
       at.created_at, at.booked_at, at.state,
       'customer-' || at.k % 1000 AS customer, 'Slot of ' || lane.room AS title
FROM (
    SELECT *, least(now() - interval '1 hour', starts_at - interval '40 days') AS created_at,
           CASE state WHEN 'held' THEN now() - interval '1 minute'
                      ELSE starts_at - interval '35 days' END AS booked_at
    FROM (
        SELECT *, CASE WHEN (nth + k % {lanes} / {sites}) % {side_by_side} >= booked THEN NULL
                       WHEN starts_at >= $5 AND nth % 5 = 0 THEN 'held'
                       ELSE 'confirmed' END AS state
        FROM (
            SELECT *, CASE WHEN starts_at < $5 THEN {equipment}
                           WHEN $6::boolean THEN nth % ({equipment} + 1)
                           ELSE 0 END AS booked
            FROM (
                SELECT k, k / {lanes} AS nth,
                       $4::timestamptz + make_interval(
                           hours => 24 * (k / {lanes} / {a_day})::int + {opens},
                           mins => (k / {lanes} % {a_day})::int * {minutes}) AS starts_at
                FROM generate_series($2::bigint, $3::bigint - 1) AS k
            ) AS numbered
        ) AS placed
    ) AS taken
) AS at
JOIN lane ON lane.number = at.k % {lanes}
"""
OFFERINGS = """
INSERT INTO offering (organization_id, id, kind, capacity, held, confirmed, seq, site_id, starts_at,
                      ends_at, lends, hold_ttl_seconds)
SELECT $1, id, 'slot', 1, (state IS NOT DISTINCT FROM 'held')::int,
       (state IS NOT DISTINCT FROM 'confirmed')::int,
       CASE state WHEN 'held' THEN 2 WHEN 'confirmed' THEN 3 ELSE 1 END,
       site_id, starts_at, ends_at, $2, $3
FROM new_slot
"""
SLOTS = """
INSERT INTO slot (organization_id, id, title, created_at, updated_at)
SELECT $1, id, title, created_at, created_at FROM new_slot
"""
REQUIREMENTS = """
INSERT INTO requirement (organization_id, slot_id, pool_id, units, per)
SELECT $1, n.id, pool.id, 1, pool.per
FROM new_slot AS n
CROSS JOIN LATERAL (VALUES (n.room_id, $2::text), (n.practitioner_id, $2),
                           (n.equipment_id, 'reservation')) AS pool (id, per)
"""
# What is required per slot is taken whether or not anybody has booked.
LOANS = """
INSERT INTO loan (organization_id, pool_id, slot_id, units, during, exclusive)
SELECT $1, r.pool_id, n.id, r.units, tstzrange(n.starts_at, n.ends_at),
       r.pool_id <> n.equipment_id
FROM new_slot AS n
JOIN requirement AS r ON r.organization_id = $1 AND r.slot_id = n.id
WHERE n.state IS NOT NULL OR r.per = 'slot'
"""
RESERVATIONS = """
INSERT INTO reservation (organization_id, id, status, customer, actor, created_at, expires_at,
                         extend_until, confirmed_at)
SELECT $1, reservation_id, state, customer, 'bench', booked_at,
       booked_at + make_interval(secs => $2), booked_at + make_interval(secs => 3 * $2),
       CASE state WHEN 'confirmed' THEN booked_at + interval '60 s' END
FROM new_slot WHERE state IS NOT NULL
"""
LINES = """
INSERT INTO reservation_line (organization_id, reservation_id, offering_id, position, quantity,
                              held, confirmed, status, expires_at, customer)
SELECT $1, reservation_id, id, 0, 1, (state = 'held')::int, (state = 'confirmed')::int, state,
       booked_at + make_interval(secs => $2), customer
FROM new_slot WHERE state IS NOT NULL
"""
LEDGER = """
INSERT INTO ledger (organization_id, offering_id, seq, kind, reservation_id, capacity_delta,
                    held_delta, confirmed_delta, capacity, held, confirmed, at, actor,
                    hold_expires_at)
SELECT $1::uuid, id, 1, 'created', NULL::uuid, 1, 0, 0, 1, 0, 0, created_at, 'bench',
       NULL::timestamptz
FROM new_slot
UNION ALL
SELECT $1, id, 2, 'held', reservation_id, 0, 1, 0, 1, 1, 0, booked_at, 'bench',
       booked_at + make_interval(secs => $2)
FROM new_slot WHERE state IS NOT NULL
UNION ALL
SELECT $1, id, 3, 'confirmed', reservation_id, 0, -1, 1, 1, 0, 1, booked_at + interval '60 s',
       'bench', booked_at + make_interval(secs => $2)
FROM new_slot WHERE state = 'confirmed'
"""

# At any instant, the past included. What comes back makes room for what is taken at that instant.
OVERLENT = """
SELECT pool.name, lent.at, lent.units, pool.units AS owned
FROM (
    SELECT pool_id, at, sum(sum(units)) OVER (PARTITION BY pool_id ORDER BY at) AS units
    FROM (SELECT pool_id, lower(during) AS at, units FROM loan
          UNION ALL SELECT pool_id, upper(during), -units FROM loan) AS change
    GROUP BY pool_id, at
) AS lent
JOIN pool ON pool.id = lent.pool_id
WHERE lent.units > pool.units
ORDER BY lent.at LIMIT 1
"""


def tomorrow() -> datetime:
    """The beginning of the first day of which nothing is over or will be while we measure."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


async def add_places(connection: asyncpg.Connection[Any], organization: str, place: Place) -> None:
    """Sites with their rooms, practitioners and equipment."""
    units = max(place.equipment, 1)  # a pool of none would be another case
    await connection.execute(
        ADD_PLACES, organization, place.sites, place.lanes, place.minutes, units
    )


async def add_slots(
    connection: asyncpg.Connection[Any],
    organization: str,
    place: Place,
    count: int,
    since: datetime,
    booked_until: datetime | None = None,
) -> None:
    """``count`` slots from a day on: booked up until an instant and partly after it, or not at all.

    Their loans, reservations and ledger come with them.
    """
    new = NEW_SLOTS.format(
        lanes=place.lanes, sites=place.sites, side_by_side=place.side_by_side,
        opens=place.opens, a_day=place.a_day, minutes=place.minutes, equipment=place.equipment,
    )  # fmt: skip
    booked = booked_until is not None
    for start in range(0, count, CHUNK):
        end = min(start + CHUNK, count)
        if count > CHUNK:
            sys.stderr.write(f"writing slots: {start:,} of {count:,}\n")
        async with connection.transaction():
            await connection.execute(
                new, organization, start, end, since, booked_until or since, booked
            )
            await connection.execute("ANALYZE new_slot")
            await connection.execute(OFFERINGS, organization, place.equipment > 0, TTL_SECONDS)
            await connection.execute(SLOTS, organization)
            if place.equipment:
                await connection.execute(REQUIREMENTS, organization, place.per)
            await connection.execute(LOANS, organization)
            await connection.execute(RESERVATIONS, organization, TTL_SECONDS)
            await connection.execute(LINES, organization, TTL_SECONDS)
            await connection.execute(LEDGER, organization, TTL_SECONDS)


async def add_past_slots(
    connection: asyncpg.Connection[Any],
    organization: str,
    place: Place,
    count: int,
    month: datetime,
) -> None:
    """``count`` slots that are over, booked up, the last of them two days before the month.

    Needs a superuser: the foreign keys, which hold by construction, are not checked one by one.
    """
    await connection.execute("SET session_replication_role = replica")
    await connection.execute("SET synchronous_commit = off")
    today = month - timedelta(days=1)
    first = today - timedelta(days=place.days(count))
    await add_slots(connection, organization, place, count, first, booked_until=today)


async def overlent(connection: asyncpg.Connection[Any]) -> str:
    """What a pool has lent beyond its units at some instant; nothing if none ever has."""
    row = await connection.fetchrow(OVERLENT)
    if row is None:
        return ""
    return f"{row['name']} lends {row['units']} of its {row['owned']} units at {row['at']}"
