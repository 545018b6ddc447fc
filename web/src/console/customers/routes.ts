import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { textIn } from "../parts/search.ts";
import { inside } from "../root.tsx";

export const customersRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/customers",
    validateSearch: (search: Record<string, unknown>): { find?: string } => ({
      find: textIn(search, "find"),
    }),
    component: lazyScreen(() => import("./CustomersPage.tsx"), "CustomersPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/customers/$customer",
    component: lazyScreen(() => import("./CustomerPage.tsx"), "CustomerPage"),
  }),
] as const;
