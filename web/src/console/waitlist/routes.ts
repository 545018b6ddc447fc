import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const STATUSES = [
  "waiting",
  "offered",
  "accepted",
  "declined",
  "lapsed",
  "withdrawn",
  "closed",
] as const;
type WaitStatus = (typeof STATUSES)[number];

export interface WaitlistSearch {
  /** All of them: `any`. Without it those that wait. */
  status?: WaitStatus | "any";
  offering?: string;
  customer?: string;
}

function waitlistSearch(search: Record<string, unknown>): WaitlistSearch {
  const { customer, offering, status } = search;
  const found: WaitlistSearch = {};
  const known = [...STATUSES, "any" as const].find((it) => it === status);
  if (known !== undefined) found.status = known;
  if (typeof offering === "string" && offering !== "") found.offering = offering;
  if (typeof customer === "string" && customer !== "") found.customer = customer;
  return found;
}

export const waitlistRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/waitlist",
    validateSearch: waitlistSearch,
    component: lazyScreen(() => import("./WaitlistPage.tsx"), "WaitlistPage"),
  }),
] as const;
