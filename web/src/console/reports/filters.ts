/** What a report is asked for: it stands in the address, so that it can be passed on. */
import { ownZone } from "@shared/format/time.ts";
import type { ReportName } from "./shapes.ts";

export const PRESETS = ["today", "week", "month", "quarter", "year", "own"] as const;
export const EVERY = ["hour", "day", "week", "month"] as const;
export const KINDS = ["room", "practitioner", "equipment"] as const;
export const BY = ["service", "pool", "site", "time"] as const;

export type Preset = (typeof PRESETS)[number];
export type Every = (typeof EVERY)[number];
type Kind = (typeof KINDS)[number];
export type By = (typeof BY)[number];

export interface Filters {
  period?: Preset;
  /** Dates, of a period of one's own; `to` is in it. */
  from?: string;
  to?: string;
  zone?: string;
  every?: Every;
  item?: string;
  site?: string;
  kind?: Kind;
  by?: By;
}

export function readFilters(given: Record<string, unknown>): Filters {
  const one = <T extends string>(name: string, of: readonly T[]): { [key: string]: T } => {
    const value = of.find((it) => it === given[name]);
    return value === undefined ? {} : { [name]: value };
  };
  const text = (name: string, form: RegExp) => {
    const value = given[name];
    return typeof value === "string" && form.test(value) ? { [name]: value } : {};
  };
  return {
    ...one("period", PRESETS),
    ...text("from", /^\d{4}-\d\d-\d\d$/),
    ...text("to", /^\d{4}-\d\d-\d\d$/),
    ...text("zone", /^[\w+\-/]{1,64}$/),
    ...one("every", EVERY),
    ...text("item", /^item_/),
    ...text("site", /^site_/),
    ...one("kind", KINDS),
    ...one("by", BY),
  };
}

const DAYS = { today: 1, week: 7, month: 30, quarter: 91, year: 365 } as const;
const USUAL = { today: "hour", week: "day", month: "day", quarter: "week", year: "month" } as const;

/** The dates of the period, both in it. */
export function datesOf(filters: Filters, now: number): { from: string; to: string } {
  const { from, period = "week", to } = filters;
  const zone = filters.zone ?? ownZone();
  const today = dateIn(zone, now);
  const preset = period === "own" ? "week" : period;
  const usual = { from: plusDays(today, 1 - DAYS[preset]), to: today };
  if (period !== "own") return usual;
  return { from: from ?? usual.from, to: to ?? usual.to };
}

export function everyOf({ every, period = "week" }: Filters): Every {
  return every ?? (period === "own" ? "day" : USUAL[period]);
}

/** What is sent of it. */
export function queryOf(report: ReportName, filters: Filters, now: number): Record<string, string> {
  const { from, to } = datesOf(filters, now);
  const { by = "service", item, kind, site } = filters;
  const has = (...names: ReportName[]) => names.includes(report);
  const query: Record<string, string | undefined> = {
    from,
    // Of the server what is at `to` is not in the period.
    to: plusDays(to, 1),
    zone: filters.zone ?? ownZone(),
    every: has("sell-outs") ? undefined : everyOf(filters),
    offering: has("holds", "sell-through", "sell-outs") ? item : undefined,
    site: has("utilisation", "no-shows") ? site : undefined,
    kind: has("utilisation") ? kind : undefined,
    by: has("no-shows") ? by : undefined,
  };
  return Object.fromEntries(
    Object.entries(query).filter((it): it is [string, string] => it[1] !== undefined),
  );
}

/** Without the steps that are yet to come, of which nothing can be told. */
export function begun<Step extends { from: string }>(
  steps: readonly Step[],
  asOf: string | null,
): Step[] {
  return steps.filter(({ from }) => asOf !== null && Date.parse(from) <= Date.parse(asOf));
}

export function dateIn(zone: string, at: number): string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  return format.format(at);
}

export function plusDays(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}
