import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { oneOf } from "../parts/search.ts";
import { inside } from "../root.tsx";
import { DELIVERY_STATUSES, type DeliveryStatus } from "./types.ts";

export const webhooksRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/webhooks",
    component: lazyScreen(() => import("./WebhooksPage.tsx"), "WebhooksPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/webhooks/$webhook",
    validateSearch: (search: Record<string, unknown>): { status?: DeliveryStatus } => ({
      status: oneOf(search, "status", DELIVERY_STATUSES),
    }),
    component: lazyScreen(() => import("./WebhookPage.tsx"), "WebhookPage"),
  }),
] as const;
