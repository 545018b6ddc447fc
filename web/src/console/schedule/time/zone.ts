/**
 * Days and times by the clocks of a site. Days have 23 or 25 hours where the clocks are changed, and
 * some times of day then do not exist, or exist twice.
 */
import { Temporal } from "temporal-polyfill";

/** Minutes of one step of the grid. */
export const STEP = 30;
const MINUTE = 60_000;

export interface Step {
  /** Wall-clock time, with which time of its kind it is: `02:00#1` is the second 02:00. */
  key: string;
  start: number;
  end: number;
}

export interface ZonedDay {
  /** `2027-03-28`. */
  date: string;
  start: number;
  end: number;
  steps: Step[];
}

export function zonedDay(date: string, zone: string): ZonedDay {
  const plain = Temporal.PlainDate.from(date);
  const start = plain.toZonedDateTime(zone).epochMilliseconds;
  const end = plain.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
  const steps: Step[] = [];
  const seen = new Map<string, number>();
  for (let at = start; at < end; at += STEP * MINUTE) {
    const time = timeAt(at, zone);
    const times = seen.get(time) ?? 0;
    seen.set(time, times + 1);
    steps.push({ key: `${time}#${times}`, start: at, end: Math.min(end, at + STEP * MINUTE) });
  }
  return { date, start, end, steps };
}

function zoned(at: number, zone: string): Temporal.ZonedDateTime {
  // The server's clock is measured, and has parts of milliseconds.
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone);
}

/** `09:30`, by the clocks of a zone. */
export function timeAt(at: number, zone: string): string {
  return zoned(at, zone).toPlainTime().toString({ smallestUnit: "minute" });
}

export function dateAt(at: number, zone: string): string {
  return zoned(at, zone).toPlainDate().toString();
}

/** The seven days from a Monday on that a date is among. */
export function weekOf(date: string): string[] {
  const day = Temporal.PlainDate.from(date);
  const monday = day.subtract({ days: day.dayOfWeek - 1 });
  return Array.from({ length: 7 }, (_, days) => monday.add({ days }).toString());
}

export function daysLater(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

export function isDate(text: unknown): text is string {
  if (typeof text !== "string") return false;
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

/** What a wall-clock time means: one instant; two, where the clocks go back; or none. */
export type Meant =
  | { kind: "one"; at: number }
  | { kind: "two"; first: number; second: number }
  | { kind: "none"; next: number };

/** `null` if it is no date and time at all. */
export function meant(date: string, time: string, zone: string): Meant | null {
  let plain: Temporal.PlainDateTime;
  try {
    plain = Temporal.PlainDateTime.from(`${date}T${time}`);
  } catch {
    return null;
  }
  const first = plain.toZonedDateTime(zone, { disambiguation: "earlier" });
  const second = plain.toZonedDateTime(zone, { disambiguation: "later" });
  if (first.epochMilliseconds === second.epochMilliseconds)
    return { kind: "one", at: first.epochMilliseconds };
  if (!first.toPlainDateTime().equals(plain))
    return { kind: "none", next: second.epochMilliseconds };
  return { kind: "two", first: first.epochMilliseconds, second: second.epochMilliseconds };
}

/** Its instant, where there is one; `second`: the later of two. */
export function instantOf(meaning: Meant | null, second: boolean): number | null {
  if (meaning === null || meaning.kind === "none") return null;
  if (meaning.kind === "one") return meaning.at;
  return second ? meaning.second : meaning.first;
}

/** RFC 3339, with the offset of the zone then. */
export function rfc3339(at: number, zone: string): string {
  return zoned(at, zone).toString({ timeZoneName: "never", smallestUnit: "second" });
}

/** Hours from the first instant of a day to its last. */
export function hoursOf(day: ZonedDay): number {
  return (day.end - day.start) / 3_600_000;
}

/** The same wall-clock time on another date; what does not exist there is what comes after it. */
export function onDate(at: number, date: string, zone: string): number {
  const time = zoned(at, zone).toPlainTime();
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: time })
    .epochMilliseconds;
}
