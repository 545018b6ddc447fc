import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { textIn } from "../parts/search.ts";
import { inside } from "../root.tsx";
import { parseSearch } from "./search.ts";

export const reservationsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations",
    validateSearch: parseSearch,
    component: lazyScreen(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations/new",
    validateSearch: (search: Record<string, unknown>): { customer?: string } => ({
      customer: textIn(search, "customer"),
    }),
    component: lazyScreen(() => import("./NewReservationPage.tsx"), "NewReservationPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations/$reservation",
    component: lazyScreen(() => import("./ReservationPage.tsx"), "ReservationPage"),
  }),
] as const;
