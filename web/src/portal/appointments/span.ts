/** From when to when, with the zone. */
import { type Locale, regional } from "@shared/i18n/i18n.tsx";
import { dateIn } from "./dates.ts";

const TIME = { hour: "2-digit", minute: "2-digit" } as const;

interface Times {
  starts_at: string;
  ends_at: string;
}

/** `10:00 – 10:30 AM GMT`; the end has its weekday if it is on another day. */
export function span(times: Times, locale: Locale, zone: string): string {
  const [start, end] = [Date.parse(times.starts_at), Date.parse(times.ends_at)];
  const zoned = { ...TIME, timeZone: zone, timeZoneName: "short" } as const;
  const format = new Intl.DateTimeFormat(regional(locale), zoned);
  // The clocks change in between: each time says by which of them it is.
  if (zoneName(format, start) !== zoneName(format, end))
    return `${format.format(start)} – ${format.format(end)}`;
  if (dateIn(start, zone) === dateIn(end, zone)) return format.formatRange(start, end);
  const first = new Intl.DateTimeFormat(regional(locale), { ...TIME, timeZone: zone }).format(
    start,
  );
  const last = new Intl.DateTimeFormat(regional(locale), { ...zoned, weekday: "short" }).format(
    end,
  );
  return `${first} – ${last}`;
}

function zoneName(format: Intl.DateTimeFormat, instant: number): string | undefined {
  return format.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value;
}

/** `Monday, 30 November 2026, 10:00 – 10:30 AM GMT` */
export function dayAndSpan(times: Times, locale: Locale, zone: string): string {
  const day = new Intl.DateTimeFormat(regional(locale), {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: zone,
  }).format(Date.parse(times.starts_at));
  return `${day}, ${span(times, locale, zone)}`;
}
