import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute, redirect } from "@tanstack/react-router";
import { inside } from "../root.tsx";
import { readFilters } from "./filters.ts";
import { isReport } from "./shapes.ts";

export const reportsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/reports",
    beforeLoad: () => {
      throw redirect({ to: "/reports/$report", params: { report: "holds" }, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/reports/$report",
    validateSearch: readFilters,
    beforeLoad: ({ params }) => {
      if (!isReport(params.report))
        throw redirect({ to: "/reports/$report", params: { report: "holds" }, replace: true });
    },
    component: lazyScreen(() => import("./ReportsPage.tsx"), "ReportsPage"),
  }),
] as const;
