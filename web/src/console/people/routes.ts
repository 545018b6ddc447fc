import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const peopleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/people",
    component: lazyRouteComponent(() => import("./PeoplePage.tsx"), "PeoplePage"),
  }),
] as const;
