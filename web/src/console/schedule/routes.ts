import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const KINDS = ["room", "practitioner", "equipment"] as const;
export type Kind = (typeof KINDS)[number];

export interface ScheduleSearch {
  site?: string;
  view?: "day";
  date?: string;
  kind?: Kind;
  pool?: string;
  /** A slot whose details are open. */
  slot?: string;
}

interface PlaceSearch {
  /** What is being edited: an id, or `new`. */
  edit?: string;
}

interface RecurringSearch {
  site?: string;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Only what is there: what is left out is not in the address either. */
function filled<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(values).filter(([, it]) => it !== undefined)) as T;
}

function scheduleSearch(search: Record<string, unknown>): ScheduleSearch {
  const date = text(search.date);
  return filled<ScheduleSearch>({
    site: text(search.site),
    view: search.view === "day" ? "day" : undefined,
    date: date !== undefined && /^\d{4}-\d\d-\d\d$/.test(date) ? date : undefined,
    kind: KINDS.find((kind) => kind === search.kind),
    pool: text(search.pool),
    slot: text(search.slot),
  });
}

const placeSearch = (search: Record<string, unknown>) =>
  filled<PlaceSearch>({ edit: text(search.edit) });

const recurringSearch = (search: Record<string, unknown>) =>
  filled<RecurringSearch>({ site: text(search.site) });

export const scheduleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule",
    validateSearch: scheduleSearch,
    component: lazyScreen(() => import("./SchedulePage.tsx"), "SchedulePage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule/recurring",
    validateSearch: recurringSearch,
    component: lazyScreen(() => import("./recurring/RecurringPage.tsx"), "RecurringPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule/recurring/$schedule",
    validateSearch: recurringSearch,
    component: lazyScreen(() => import("./recurring/PlanPage.tsx"), "PlanPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule/pools",
    validateSearch: placeSearch,
    component: lazyScreen(() => import("./places/PoolsPage.tsx"), "PoolsPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule/sites",
    validateSearch: placeSearch,
    component: lazyScreen(() => import("./places/SitesPage.tsx"), "SitesPage"),
  }),
] as const;
