/** What the address says: which of the views, and what is looked for in it. */
import { given, oneOf, textIn } from "../parts/search.ts";
import { CHANNELS, type Channel, KINDS, type Kind, STATUSES, type Status } from "./kinds.ts";
import { isLanguage } from "./languages.ts";

export const VIEWS = ["sent", "settings", "templates"] as const;
export type View = (typeof VIEWS)[number];

export interface NotificationSearch {
  /** What was sent unless given. */
  view?: View;
  status?: Status;
  /** Among the templates, together with the language: the one that is written. */
  kind?: Kind;
  channel?: Channel;
  reservation?: string;
  language?: string;
}

export function parseSearch(search: Record<string, unknown>): NotificationSearch {
  const language = textIn(search, "language");
  return given({
    view: oneOf(search, "view", VIEWS),
    status: oneOf(search, "status", STATUSES),
    kind: oneOf(search, "kind", KINDS),
    channel: oneOf(search, "channel", CHANNELS),
    reservation: textIn(search, "reservation"),
    language: language !== undefined && isLanguage(language) ? language : undefined,
  });
}

interface ListQuery {
  status?: Status;
  kind?: Kind;
  channel?: Channel;
  reservation?: string;
}

/** How the server is asked. */
export function listQuery({ channel, kind, reservation, status }: NotificationSearch): ListQuery {
  return given({ status, kind, channel, reservation });
}

/** Anything else names no reservation, and the server says so of the whole list. */
export function isReservation(id: string): boolean {
  return /^rsv_[0-9a-f]{32}$/.test(id);
}
