/** How customers are told, as it is typed. Everything is sent together. */
import type { Schemas } from "@shared/api/client.ts";
import { CHANNELS, type Channel, KINDS, type Kind } from "./kinds.ts";
import type { Settings } from "./queries.ts";

type SettingsRequest = Schemas["NotificationSettingsRequest"];

export const MOST_REMINDERS = 5;

export interface Draft {
  channels: Channel[];
  kinds: Kind[];
  language: string;
  /** Numbers, and what is typed until it is one. */
  minutes: (number | string)[];
  expiry: number | string;
}

export function draftOf(settings: Settings): Draft {
  return {
    channels: CHANNELS.filter((it) => settings.channels.includes(it)),
    kinds: KINDS.filter((it) => settings.kinds.includes(it)),
    language: settings.language,
    minutes: [...settings.reminder_minutes],
    expiry: settings.expiry_seconds,
  };
}

export function requestOf(draft: Draft): SettingsRequest {
  return {
    // In one order, so that what was turned off and on again is as it was.
    channels: CHANNELS.filter((it) => draft.channels.includes(it)),
    kinds: KINDS.filter((it) => draft.kinds.includes(it)),
    language: draft.language.trim(),
    reminder_minutes: draft.minutes.map(Number),
    expiry_seconds: Number(draft.expiry),
  };
}

export function isSame(one: Draft, other: Draft): boolean {
  return JSON.stringify(requestOf(one)) === JSON.stringify(requestOf(other));
}

const USUAL = [1440, 60, 10_080, 180, 15, 2880];

/** What one more reminder begins with: two at the same time are refused. */
export function oneMore(minutes: readonly (number | string)[]): number | "" {
  return USUAL.find((it) => !minutes.map(Number).includes(it)) ?? "";
}
