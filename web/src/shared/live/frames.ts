/** What the live door says; see docs/live.md. */
import type { components } from "../api/schema.ts";

export type Counts = components["schemas"]["firmhold.doors.live.shapes.CountsView"];
type LiveEvent = components["schemas"]["CloudEvent"];

export interface Change {
  type: "subscribed" | "change" | "resync" | "alive";
  cursor: string;
  availability?: Counts[];
  events?: LiveEvent[];
}

export type Frame =
  | Change
  | { type: "authenticated" }
  | { type: "problem"; problem: { code: string; detail: string } };

export interface Topics {
  offerings: string[];
  sites: string[];
  reservations: string[];
  feed: boolean;
}

/** Most ids that one connection takes. */
export const MOST_TOPICS = 500;

export function isChange(frame: Frame): frame is Change {
  return "cursor" in frame;
}
