import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";
import { parseSearch } from "./search.ts";

export const auditRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/audit",
    validateSearch: parseSearch,
    component: lazyRouteComponent(() => import("./AuditPage.tsx"), "AuditPage"),
  }),
] as const;
