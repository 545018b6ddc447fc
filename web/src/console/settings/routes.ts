import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/settings",
    component: lazyScreen(() => import("./SettingsPage.tsx"), "SettingsPage"),
  }),
] as const;
