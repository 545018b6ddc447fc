/** What stands side by side: days, or on one day the rooms or people of a site. */

import type { Site, Slot } from "../queries.ts";
import type { Pool } from "../slot/conflicts.ts";
import { type Meant, meant, type ZonedDay } from "../time/zone.ts";

interface Closed {
  start: number;
  end: number;
  reason: string | null;
}

export interface Column {
  key: string;
  day: ZonedDay;
  /** The pool that the column is of; what is made in it takes it. */
  pool: Pool | null;
  slots: Slot[];
  closed: Closed[];
}

export interface Wanted {
  days: ZonedDay[];
  slots: readonly Slot[];
  site: Site;
  /** Columns for each of these, if there is one day only. */
  pools: readonly Pool[];
}

export function columnsOf({ days, pools, site, slots }: Wanted): Column[] {
  const [only] = days;
  if (days.length !== 1 || only === undefined || pools.length === 0)
    return days.map((day) => ({
      key: day.date,
      day,
      pool: null,
      slots: during(slots, day),
      closed: closedOn(site, day),
    }));
  const ids = new Set(pools.map(({ id }) => id));
  const there = during(slots, only);
  const closed = closedOn(site, only);
  const columns: Column[] = pools.map((pool) => ({
    key: pool.id,
    day: only,
    pool,
    slots: there.filter((slot) => poolsOf(slot).includes(pool.id)),
    closed,
  }));
  const rest = there.filter((slot) => !poolsOf(slot).some((id) => ids.has(id)));
  return rest.length === 0
    ? columns
    : [...columns, { key: "rest", day: only, pool: null, slots: rest, closed }];
}

function during(slots: readonly Slot[], day: ZonedDay): Slot[] {
  return slots.filter(
    (slot) => Date.parse(slot.starts_at) < day.end && Date.parse(slot.ends_at) > day.start,
  );
}

export function poolsOf(slot: Slot): string[] {
  return [
    ...[slot.room?.id, slot.practitioner?.id].filter((id) => id !== undefined),
    ...slot.requirements.map(({ pool }) => pool),
  ];
}

function closedOn(site: Site, day: ZonedDay): Closed[] {
  return site.blackouts.flatMap(({ ends, reason, starts }) => {
    const [start, end] = [localInstant(starts, site.zone), localInstant(ends, site.zone)];
    if (start === null || end === null || start >= day.end || end <= day.start) return [];
    return [
      { start: Math.max(start, day.start), end: Math.min(end, day.end), reason: reason ?? null },
    ];
  });
}

/** A date is its midnight; what the clocks skip is what comes after it. */
function localInstant(local: string, zone: string): number | null {
  const [date = "", time = "00:00"] = local.split("T");
  const meaning: Meant | null = meant(date, time, zone);
  if (meaning === null) return null;
  if (meaning.kind === "one") return meaning.at;
  return meaning.kind === "two" ? meaning.first : meaning.next;
}
