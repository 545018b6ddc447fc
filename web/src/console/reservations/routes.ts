import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { textIn } from "../parts/search.ts";
import { inside } from "../root.tsx";
import { parseSearch } from "./search.ts";

export const reservationsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations",
    validateSearch: parseSearch,
    component: lazyRouteComponent(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations/new",
    validateSearch: (search: Record<string, unknown>): { customer?: string } => ({
      customer: textIn(search, "customer"),
    }),
    component: lazyRouteComponent(() => import("./NewReservationPage.tsx"), "NewReservationPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations/$reservation",
    component: lazyRouteComponent(() => import("./ReservationPage.tsx"), "ReservationPage"),
  }),
] as const;
