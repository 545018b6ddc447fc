import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const inventoryRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory",
    component: lazyRouteComponent(() => import("./InventoryPage.tsx"), "InventoryPage"),
  }),
] as const;
