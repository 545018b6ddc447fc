/** Templates, and what can be named in them; the server has both in `notify/notices/template.py`. */
import type { Kind } from "./kinds.ts";
import type { Template } from "./queries.ts";

export interface Words {
  subject: string;
  text: string;
}

export const LONGEST_SUBJECT = 200;
export const LONGEST_TEXT = 10_000;

const COMMON = [
  "organization",
  "customer",
  "reservation",
  "title",
  "lines",
  "starts",
  "ends",
  "site",
  "address",
  "total",
] as const;

type Place = (typeof COMMON)[number] | "expires" | "reason";

export function placesOf(kind: Kind): readonly Place[] {
  if (kind === "cancellation") return [...COMMON, "reason"];
  return kind === "offer" || kind === "expiry" ? [...COMMON, "expires"] : COMMON;
}

/** Languages in which templates come with Firmhold. */
const SHIPPED = ["en", "de"];

export function isShipped(language: string): boolean {
  return SHIPPED.includes(language);
}

/** Those that there are, and those that are begun. */
export function languagesOf(templates: readonly Template[], begun: readonly string[]): string[] {
  return [...new Set([...SHIPPED, ...templates.map(({ language }) => language), ...begun])];
}

export function templateOf(
  templates: readonly Template[],
  kind: Kind,
  language: string,
): Template | undefined {
  return templates.find((it) => it.kind === kind && it.language === language);
}

/** What a template begins with where there is none: `de-AT` with `de`, and others with English. */
export function wordsFor(templates: readonly Template[], kind: Kind, language: string): Words {
  const [general = ""] = language.split("-");
  const found = [language, general, "en"]
    .map((it) => templateOf(templates, kind, it))
    .find((it) => it !== undefined);
  return { subject: found?.subject ?? "", text: found?.text ?? "" };
}
