import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.tsx";
import { pickSearch } from "./search.ts";

export const appointmentRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/appointments",
    validateSearch: pickSearch,
    component: lazyRouteComponent(() => import("./AppointmentsPage.tsx"), "AppointmentsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/appointments/$slot",
    component: lazyRouteComponent(() => import("./SlotPage.tsx"), "SlotPage"),
  }),
] as const;
