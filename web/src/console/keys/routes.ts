import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const keysRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/keys",
    component: lazyRouteComponent(() => import("./KeysPage.tsx"), "KeysPage"),
  }),
] as const;
