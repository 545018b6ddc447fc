import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";

export const keysRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/keys",
    component: lazyScreen(() => import("./KeysPage.tsx"), "KeysPage"),
  }),
] as const;
