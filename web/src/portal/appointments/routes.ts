import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.tsx";

export const appointmentRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/appointments",
    component: lazyRouteComponent(() => import("./AppointmentsPage.tsx"), "AppointmentsPage"),
  }),
] as const;
