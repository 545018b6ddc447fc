import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { root } from "../root.tsx";
import { pickSearch } from "./search.ts";

export const appointmentRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/appointments",
    validateSearch: pickSearch,
    component: lazyScreen(() => import("./AppointmentsPage.tsx"), "AppointmentsPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/appointments/$slot",
    component: lazyScreen(() => import("./SlotPage.tsx"), "SlotPage"),
  }),
] as const;
