import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const reservationsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/reservations",
    component: lazyRouteComponent(() => import("./ReservationsPage.tsx"), "ReservationsPage"),
  }),
] as const;
