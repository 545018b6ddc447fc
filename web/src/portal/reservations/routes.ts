import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.tsx";

export const reservationRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/reservations",
    component: lazyRouteComponent(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
] as const;
