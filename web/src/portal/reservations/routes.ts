import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { pickSearch } from "../appointments/search.ts";
import { root } from "../root.tsx";
import { listSearch } from "./search.ts";

export const reservationRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/reservations",
    validateSearch: listSearch,
    component: lazyScreen(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/reservations/$reservation",
    component: lazyScreen(() => import("./ReservationPage.tsx"), "ReservationPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/reservations/$reservation/move",
    validateSearch: pickSearch,
    component: lazyScreen(() => import("./MovePage.tsx"), "MovePage"),
  }),
] as const;
