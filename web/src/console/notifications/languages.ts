import type { Locale } from "@shared/i18n/i18n.tsx";

/** `fr` or `de-AT`, as the server takes them. */
export function isLanguage(code: string): boolean {
  return /^[a-z]{2,3}(-[A-Z]{2})?$/.test(code);
}

/** `French`; the code itself where the browser knows no name for it. */
export function languageName(code: string, locale: Locale): string {
  return new Intl.DisplayNames([locale], { type: "language" }).of(code) ?? code;
}
