import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const auditRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/audit",
    component: lazyRouteComponent(() => import("./AuditPage.tsx"), "AuditPage"),
  }),
] as const;
