import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const waitlistRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/waitlist",
    component: lazyRouteComponent(() => import("./WaitlistPage.tsx"), "WaitlistPage"),
  }),
] as const;
