import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.tsx";

export const storefrontRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyRouteComponent(() => import("./SalePage.tsx"), "SalePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sale",
    component: lazyRouteComponent(() => import("./SalePage.tsx"), "SalePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sale/$product",
    component: lazyRouteComponent(() => import("./ProductPage.tsx"), "ProductPage"),
  }),
] as const;
