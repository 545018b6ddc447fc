import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";
import { parseSearch } from "./search.ts";

export const notificationsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/notifications",
    validateSearch: parseSearch,
    component: lazyScreen(() => import("./NotificationsPage.tsx"), "NotificationsPage"),
  }),
] as const;
