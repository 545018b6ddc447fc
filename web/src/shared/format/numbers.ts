/** Numbers as people read them. */
import type { Locale } from "../i18n/i18n.tsx";

export function count(value: number, locale: Locale): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** Three digits that matter. */
export function rate(value: number, locale: Locale): string {
  const digits = value !== 0 && value < 10 ? 2 : value < 100 ? 1 : 0;
  return new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
}

export function percent(share: number, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 1 }).format(
    share,
  );
}

/** `34 ms`, `1.2 s`. */
export function short(seconds: number, locale: Locale): string {
  const [value, unit] =
    seconds < 1 ? [seconds * 1000, "millisecond"] : ([seconds, "second"] as const);
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: seconds < 0.01 || seconds >= 1 ? 1 : 0,
  }).format(value);
}

/** `3 min 20 sec`, `2 hr 5 min`, `4 days 2 hr`: the two largest parts. */
export function long(seconds: number, locale: Locale): string {
  if (seconds > 0 && seconds < 1) return short(seconds, locale);
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 86_400), "day"],
    [Math.floor(whole / 3600) % 24, "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  if (first === -1) return unitOf(0, "second", locale);
  return parts
    .slice(first, first + 2)
    .filter(([value], index) => index === 0 || value > 0)
    .map(([value, unit]) => unitOf(value, unit, locale))
    .join(" ");
}

function unitOf(value: number, unit: string, locale: Locale): string {
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
}
