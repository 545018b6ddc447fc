/** A slot as somebody types it, and the requests that it comes to. */
import type { Schemas } from "@shared/api/client.ts";
import type { Slot } from "../queries.ts";
import { dateAt, instantOf, type Meant, meant, rfc3339, timeAt } from "../time/zone.ts";
import { minorUnits, typedAmount } from "./amounts.ts";
import type { Need } from "./conflicts.ts";

/** A wall-clock time as it is typed. `second`: the later of two that are called the same. */
export interface Moment {
  date: string;
  time: string;
  second: boolean;
}

export interface Terms {
  title: string;
  description: string;
  capacity: number | string;
  /** Seconds; empty for the organization's. */
  ttl: number | string;
  amount: string;
  currency: string;
  perCustomer: number | string;
  room: string;
  practitioner: string;
  needs: Need[];
}

export interface Draft extends Terms {
  start: Moment;
  end: Moment;
  open: boolean;
}

export const NO_TERMS: Terms = {
  title: "",
  description: "",
  capacity: 1,
  ttl: "",
  amount: "",
  currency: "EUR",
  perCustomer: "",
  room: "",
  practitioner: "",
  needs: [],
};

export function momentOf(at: number, zone: string): Moment {
  const [date, time] = [dateAt(at, zone), timeAt(at, zone)];
  const meaning = meant(date, time, zone);
  return { date, time, second: meaning?.kind === "two" && meaning.second === at };
}

export function meaningOf(moment: Moment, zone: string): Meant | null {
  return meant(moment.date, moment.time, zone);
}

export function atOf(moment: Moment, zone: string): number | null {
  return instantOf(meaningOf(moment, zone), moment.second);
}

type Seen = Pick<
  Slot,
  | "title"
  | "description"
  | "capacity"
  | "hold_ttl_seconds"
  | "price"
  | "max_per_customer"
  | "room"
  | "practitioner"
  | "requirements"
>;

export function termsOf(seen: Seen): Terms {
  return {
    title: seen.title,
    description: seen.description ?? "",
    capacity: seen.capacity,
    ttl: seen.hold_ttl_seconds ?? "",
    amount: seen.price === null ? "" : typedAmount(seen.price),
    currency: seen.price?.currency ?? NO_TERMS.currency,
    perCustomer: seen.max_per_customer ?? "",
    room: seen.room?.id ?? "",
    practitioner: seen.practitioner?.id ?? "",
    needs: seen.requirements.map(({ per, pool, units }) => ({ per, pool, units })),
  };
}

export function draftOf(slot: Slot): Draft {
  return {
    ...termsOf(slot),
    start: momentOf(Date.parse(slot.starts_at), slot.zone),
    end: momentOf(Date.parse(slot.ends_at), slot.zone),
    open: slot.open,
  };
}

/** What it needs from pools, the room and the practitioner among them. */
export function needsOf(terms: Terms): Need[] {
  return [
    ...[terms.room, terms.practitioner]
      .filter((pool) => pool !== "")
      .map((pool) => ({ pool, units: 1, per: "slot" as const })),
    ...terms.needs.filter(({ pool }) => pool !== ""),
  ];
}

/** The members that a slot and a schedule have in common, but for the capacity. */
export function termsRequest(terms: Terms) {
  const optional = (value: number | string) => (value === "" ? null : Number(value));
  const price: Schemas["Price"] | null =
    terms.amount.trim() === ""
      ? null
      : { amount: minorUnits(terms.amount, terms.currency) ?? -1, currency: terms.currency };
  return {
    title: terms.title.trim(),
    description: terms.description.trim() || null,
    price,
    hold_ttl_seconds: optional(terms.ttl),
    max_per_customer: optional(terms.perCustomer),
    room: terms.room || null,
    practitioner: terms.practitioner || null,
    requirements: terms.needs,
  };
}

export function slotRequest(draft: Draft, site: { id: string; zone: string }) {
  const [start, end] = [atOf(draft.start, site.zone) ?? 0, atOf(draft.end, site.zone) ?? 0];
  return {
    ...termsRequest(draft),
    site: site.id,
    starts_at: rfc3339(start, site.zone),
    ends_at: rfc3339(end, site.zone),
    capacity: Number(draft.capacity),
    open: draft.open,
  };
}
