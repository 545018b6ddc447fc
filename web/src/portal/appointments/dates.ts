/**
 * Days and months of a zone, as `2026-11-30` and `2026-11`: days have no length here, since those on
 * which the clocks change are longer or shorter than others.
 */
import { type Locale, regional } from "@shared/i18n/i18n.tsx";

const DAY = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of a zone show at an instant, as if it were UTC, in milliseconds. */
function clocks(instant: number, zone: string): number {
  const parts = formatOf(zone).formatToParts(instant);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

/** The day that an instant is on, by the clocks of a zone. */
export function dateIn(instant: number, zone: string): string {
  return iso(clocks(instant, zone));
}

/** The first instant of a day in a zone, in milliseconds: midnight, or what comes instead of it. */
export function startOf(date: string, zone: string): number {
  const wanted = Date.parse(`${date}T00:00:00Z`);
  // The zone's offset is that of an hour nearby, unless the clocks change in between.
  const guesses = [-DAY, 0, DAY].map((away) => {
    const near = wanted + away;
    return wanted - (clocks(near, zone) - near);
  });
  const exact = guesses.filter((guess) => clocks(guess, zone) === wanted);
  if (exact.length > 0) return Math.min(...exact);
  // There is no midnight: the clocks go forward over it, to the first instant that is this day.
  return Math.min(...guesses.filter((guess) => dateIn(guess, zone) === date));
}

export function addDays(date: string, days: number): string {
  return iso(Date.parse(`${date}T00:00:00Z`) + days * DAY);
}

/** The same day of another month, or that month's last. */
export function addMonths(date: string, months: number): string {
  const [year = 0, month = 0, day = 0] = date.split("-").map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return iso(Date.UTC(first.getUTCFullYear(), first.getUTCMonth(), Math.min(day, last)));
}

export function monthOf(date: string): string {
  return date.slice(0, 7);
}

/** 0 for Monday to 6 for Sunday. */
export function weekday(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** The weeks of a month, from Monday; `null` where another month's days are. */
export function weeksOf(month: string): (string | null)[][] {
  const first = `${month}-01`;
  const weeks: (string | null)[][] = [];
  for (let day = addDays(first, -weekday(first)); monthOf(day) <= month; day = addDays(day, 7)) {
    const week = Array.from({ length: 7 }, (_, place) => addDays(day, place));
    weeks.push(week.map((date) => (monthOf(date) === month ? date : null)));
  }
  return weeks;
}

/** Where a day or a month has a name: at its noon in UTC, so that no zone makes another of it. */
export function nameOf(date: string, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  const day = date.length === 7 ? `${date}-01` : date;
  const format = new Intl.DateTimeFormat(regional(locale), { timeZone: "UTC", ...options });
  return format.format(Date.parse(`${day}T12:00:00Z`));
}

export function isDate(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  return Number.isFinite(time) && iso(time) === value;
}

function iso(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
