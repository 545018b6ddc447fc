/** What somebody wants to be told, as it is chosen: the server keeps what they do without. */
import type { Schemas } from "@shared/api/client.ts";

export const KINDS = ["confirmation", "reminder", "cancellation", "offer", "expiry"] as const;
export const WAYS = ["email", "sms"] as const;

export interface Draft {
  /** Empty: as the organization does. */
  language: string;
  phone: string;
  kinds: string[];
  ways: string[];
}

export function draftOf(preferences: Schemas["PreferencesView"]): Draft {
  const { channels_off: waysOff, kinds_off: kindsOff, language, phone } = preferences;
  return {
    language: language ?? "",
    phone: phone ?? "",
    kinds: KINDS.filter((it) => !kindsOff.includes(it)),
    ways: WAYS.filter((it) => !waysOff.includes(it)),
  };
}

export function requestOf({ kinds, language, phone, ways }: Draft): Schemas["PreferencesRequest"] {
  return {
    language: language === "" ? null : language,
    phone: phoneOf(phone),
    kinds_off: KINDS.filter((it) => !kinds.includes(it)),
    channels_off: WAYS.filter((it) => !ways.includes(it)),
  };
}

/** `0049 (30) 123-456` is +4930123456. What is no number goes to the server, which says so. */
export function phoneOf(typed: string): string | null {
  const digits = typed.replace(/[\s()/.\-–]/g, "").replace(/^00/, "+");
  return digits === "" ? null : digits;
}

/** Whether nothing would come, whatever the organization tells. */
export function isSilent({ kinds, phone, ways }: Draft): boolean {
  const hasPhone = ways.includes("sms") && phoneOf(phone) !== null;
  return kinds.length === 0 || !(ways.includes("email") || hasPhone);
}

const LANGUAGES = [
  ..."bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split(" "),
  ..."ar no tr uk".split(" "),
];

interface Language {
  value: string;
  label: string;
}

/** Languages by their own names, and one's own if it is another. */
export function languages(own: string): Language[] {
  const codes = own === "" || LANGUAGES.includes(own) ? LANGUAGES : [...LANGUAGES, own];
  return codes
    .map((value) => ({
      value,
      label: new Intl.DisplayNames([value], { type: "language" }).of(value) ?? value,
    }))
    .sort((one, other) => one.label.localeCompare(other.label));
}
