import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { pickSearch } from "../appointments/search.ts";
import { root } from "../root.tsx";
import { listSearch } from "./search.ts";

export const reservationRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/reservations",
    validateSearch: listSearch,
    component: lazyRouteComponent(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/reservations/$reservation",
    component: lazyRouteComponent(() => import("./ReservationPage.tsx"), "ReservationPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/reservations/$reservation/move",
    validateSearch: pickSearch,
    component: lazyRouteComponent(() => import("./MovePage.tsx"), "MovePage"),
  }),
] as const;
