/** How long something is, in words: minutes and seconds are what is typed. */
import type { Locale } from "@shared/i18n/i18n.tsx";

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** `1 day, 2 hours, 5 minutes`: every part, for it is to be checked. Empty for what is no length. */
export function inWords(seconds: number, locale: Locale): string {
  if (!Number.isSafeInteger(seconds) || seconds <= 0) return "";
  let left = seconds;
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(left / length);
    left -= count * length;
    if (count === 0) continue;
    const style = { style: "unit", unit, unitDisplay: "long" } as const;
    parts.push(new Intl.NumberFormat(locale, style).format(count));
  }
  return new Intl.ListFormat(locale, { style: "long", type: "unit" }).format(parts);
}
