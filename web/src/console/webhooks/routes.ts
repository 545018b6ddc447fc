import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const webhooksRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/webhooks",
    component: lazyRouteComponent(() => import("./WebhooksPage.tsx"), "WebhooksPage"),
  }),
] as const;
