import { given, oneOf, textIn } from "../parts/search.ts";

export const VIEWS = ["acts", "ledger", "verify"] as const;
export type View = (typeof VIEWS)[number];

export interface AuditSearch {
  /** Acts unless given. */
  view?: View;
  kind?: string;
  actor?: string;
  subject?: string;
  offering?: string;
  reservation?: string;
}

export function parseSearch(search: Record<string, unknown>): AuditSearch {
  return given({
    view: oneOf(search, "view", VIEWS),
    kind: textIn(search, "kind"),
    actor: textIn(search, "actor"),
    subject: textIn(search, "subject"),
    offering: textIn(search, "offering"),
    reservation: textIn(search, "reservation"),
  });
}
