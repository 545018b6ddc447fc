/** Amounts of money as they are typed, and as minor units. */
import type { Amount } from "@shared/format/money.ts";

function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** `19,99` or `19.99` as 1999; `null` if it is no amount, or finer than the currency. */
export function minorUnits(typed: string, currency: string): number | null {
  const found = /^(\d+)(?:[.,](\d+))?$/.exec(typed.trim());
  const digits = digitsOf(currency);
  const part = found?.[2] ?? "";
  if (found === null || part.length > digits) return null;
  return Number(found[1] + part.padEnd(digits, "0"));
}

export function typedAmount({ amount, currency }: Amount): string {
  const digits = digitsOf(currency);
  return (amount / 10 ** digits).toFixed(digits);
}
