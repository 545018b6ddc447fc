import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const reportsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/reports",
    component: lazyRouteComponent(() => import("./ReportsPage.tsx"), "ReportsPage"),
  }),
] as const;
