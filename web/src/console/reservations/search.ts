/** Which reservations are looked for: what the address says, and how the server is asked. */
import { given, oneOf, textIn } from "../parts/search.ts";

export const STATUSES = [
  "held",
  "confirmed",
  "released",
  "expired",
  "cancelled",
  "fulfilled",
  "no_show",
] as const;
export type Status = (typeof STATUSES)[number];

export interface ReservationSearch {
  status?: Status;
  /** A SKU, or the id of an item or a slot. */
  offering?: string;
  customer?: string;
  /** Days by the reader's own clocks, as `2026-12-24`. Both are included. */
  from?: string;
  to?: string;
}

export function parseSearch(search: Record<string, unknown>): ReservationSearch {
  return given({
    status: oneOf(search, "status", STATUSES),
    offering: textIn(search, "offering"),
    customer: textIn(search, "customer"),
    from: dayIn(search, "from"),
    to: dayIn(search, "to"),
  }) as ReservationSearch;
}

function dayIn(search: Record<string, unknown>, name: string): string | undefined {
  const text = textIn(search, name);
  return text !== undefined && startOf(text) !== null ? text : undefined;
}

/** The instant at which a day begins by the reader's own clocks; `null` if it is no day. */
function startOf(day: string, more = 0): Date | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (parts === null) return null;
  const [year, month, date] = parts.slice(1).map(Number);
  const start = new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + more);
  return Number.isNaN(start.getTime()) ? null : start;
}

export interface ListQuery {
  status?: Status;
  offering?: string;
  customer?: string;
  from?: string;
  to?: string;
}

/** How the server is asked, once it is known which offering is meant. */
export function listQuery(search: ReservationSearch, offering: string | undefined): ListQuery {
  const { customer, from, status, to } = search;
  return given({
    status,
    offering,
    customer,
    from: from === undefined ? undefined : startOf(from)?.toISOString(),
    to: to === undefined ? undefined : startOf(to, 1)?.toISOString(),
  }) as ListQuery;
}
