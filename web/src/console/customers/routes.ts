import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const customersRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/customers",
    component: lazyRouteComponent(() => import("./CustomersPage.tsx"), "CustomersPage"),
  }),
] as const;
