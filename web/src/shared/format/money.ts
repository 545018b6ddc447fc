import type { Locale } from "../i18n/i18n.tsx";

export interface Amount {
  /** Minor units: 1999 EUR is 19.99 €. */
  amount: number;
  currency: string;
}

export function money({ amount, currency }: Amount, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

export function times({ amount, currency }: Amount, quantity: number): Amount {
  return { amount: amount * quantity, currency };
}
