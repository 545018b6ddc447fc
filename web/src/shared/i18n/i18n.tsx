/**
 * Texts in English and German. Each feature has a file of its own with both; a text that is missing
 * in one of them is a type error.
 */
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";

export const LOCALES = ["en", "de"] as const;
export type Locale = (typeof LOCALES)[number];

export const LOCALE_NAMES: Record<Locale, string> = { en: "English", de: "Deutsch" };

const KEPT = "firmhold.locale";

type Text = string | ((...values: never[]) => string);

type Like<T> = {
  [K in keyof T]: T[K] extends (...values: infer V) => string ? (...values: V) => string : string;
};

export interface Texts<T> {
  en: T;
  de: Like<T>;
}

/** `texts({ en: { left: (n: number) => … }, de: { … } })`; read them by `useTexts`. */
export function texts<T extends Record<string, Text>>(both: { en: T; de: Like<T> }): Texts<T> {
  return both;
}

export interface Forms {
  one: string;
  other: string;
}

/** The form that a number takes in a language. */
export function plural(locale: Locale, count: number, forms: Forms): string {
  const form = new Intl.PluralRules(locale).select(count) === "one" ? forms.one : forms.other;
  return form.replace("#", new Intl.NumberFormat(locale).format(count));
}

function preferred(): Locale {
  const wanted = [localStorage.getItem(KEPT), ...navigator.languages];
  for (const tag of wanted) {
    const found = LOCALES.find((locale) => tag?.toLowerCase().startsWith(locale));
    if (found !== undefined) return found;
  }
  return "en";
}

/** The language as it is written where the reader is: `en-GB` for whoever's browser says so. */
export function regional(locale: Locale): string {
  const own = navigator.languages.find((tag) => tag.toLowerCase().startsWith(`${locale}-`));
  return own !== undefined && isTag(own) ? own : locale;
}

/** Some browsers name what no formatter takes, such as `en-US@posix`. */
function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

const Context = createContext<{ locale: Locale; setLocale: (locale: Locale) => void }>({
  locale: "en",
  setLocale: () => undefined,
});

export function I18nProvider({
  children,
  locale: given,
}: {
  children: ReactNode;
  locale?: Locale;
}) {
  const [locale, setLocale] = useState<Locale>(given ?? preferred);
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const choose = (chosen: Locale) => {
    localStorage.setItem(KEPT, chosen);
    setLocale(chosen);
  };
  return <Context value={{ locale, setLocale: choose }}>{children}</Context>;
}

export function useLocale() {
  return useContext(Context);
}

export function useTexts<T>(both: Texts<T>): T {
  const { locale } = useContext(Context);
  return both[locale] as T;
}
