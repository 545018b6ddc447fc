import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { root } from "../root.tsx";

export const storefrontRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/",
    component: lazyScreen(() => import("./SalePage.tsx"), "SalePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sale",
    component: lazyScreen(() => import("./SalePage.tsx"), "SalePage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/sale/$product",
    component: lazyScreen(() => import("./ProductPage.tsx"), "ProductPage"),
  }),
] as const;
