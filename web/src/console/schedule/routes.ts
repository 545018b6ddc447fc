import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const scheduleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/schedule",
    component: lazyRouteComponent(() => import("./SchedulePage.tsx"), "SchedulePage"),
  }),
] as const;
