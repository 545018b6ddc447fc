import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/settings",
    component: lazyRouteComponent(() => import("./SettingsPage.tsx"), "SettingsPage"),
  }),
] as const;
