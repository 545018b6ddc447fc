import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";
import { parseSearch } from "./search.ts";

export const auditRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/audit",
    validateSearch: parseSearch,
    component: lazyScreen(() => import("./AuditPage.tsx"), "AuditPage"),
  }),
] as const;
