import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
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
    component: lazyRouteComponent(() => import("./ReportsPage.tsx"), "ReportsPage"),
  }),
] as const;
