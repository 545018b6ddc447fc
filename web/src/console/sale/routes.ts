import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const saleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/sale",
    component: lazyRouteComponent(() => import("./SalePage.tsx"), "SalePage"),
  }),
] as const;
