/** Times of a site in words. The formats are kept: a week has hundreds of times. */
import { type Locale, regional } from "@shared/i18n/i18n.tsx";
import { dateAt } from "./zone.ts";

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  const known = formats.get(key) ?? new Intl.DateTimeFormat(regional(locale), options);
  formats.set(key, known);
  return known;
}

/** `09:30`. Beside it the page says whose clocks are meant. */
export function clock(at: number, zone: string, locale: Locale): string {
  return format(locale, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: zone,
  }).format(at);
}

/** `Mon, 30 Nov`. */
export function shortDay(at: number, zone: string, locale: Locale): string {
  const options = { weekday: "short", day: "numeric", month: "short", timeZone: zone } as const;
  return format(locale, options).format(at);
}

/** `Monday, 30 November 2026`. */
export function longDay(at: number, zone: string, locale: Locale): string {
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return format(locale, { ...options, timeZone: zone }).format(at);
}

/** `Mon, 30 Nov, 09:30`. */
export function dayAndClock(at: number, zone: string, locale: Locale): string {
  return `${shortDay(at, zone, locale)}, ${clock(at, zone, locale)}`;
}

/** `Mon, 30 Nov, 09:30`, or the time alone if it is on the date of another. */
export function clockBeside(at: number, other: number, zone: string, locale: Locale): string {
  return dateAt(at, zone) === dateAt(other, zone)
    ? clock(at, zone, locale)
    : dayAndClock(at, zone, locale);
}

/** `29 Dec 2026`, of a date that is in no zone. */
export function plainDate(date: string, locale: Locale): string {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return format(locale, options).format(Date.parse(`${date}T12:00:00Z`));
}

/** `GMT+1`, as it is at an instant. */
export function offset(at: number, zone: string, locale: Locale): string {
  const parts = format(locale, { timeZoneName: "shortOffset", timeZone: zone }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone;
}
