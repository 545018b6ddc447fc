/**
 * Instants as people read them, in the order and by the clock of where they live. A time always says
 * in which zone it is.
 */
import { type Locale, regional } from "../i18n/i18n.tsx";

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** `Sat, 12 Dec 2026, 18:30 CET`, in `en-GB`. */
export function dateTime(instant: string, locale: Locale, zone = ownZone()): string {
  return new Intl.DateTimeFormat(regional(locale), {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(Date.parse(instant));
}

/** With seconds, where much happens in a minute: `12 Dec 2026, 18:30:05 CET`. */
export function moment(instant: string, locale: Locale, zone = ownZone()): string {
  return new Intl.DateTimeFormat(regional(locale), {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(Date.parse(instant));
}

export function timeOfDay(instant: string, locale: Locale, zone = ownZone()): string {
  return new Intl.DateTimeFormat(regional(locale), {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone: zone,
  }).format(Date.parse(instant));
}
