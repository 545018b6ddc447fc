import { session } from "@shared/auth/session.ts";
import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute, redirect } from "@tanstack/react-router";
import { root } from "../root.tsx";

export const setUpRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/set-up",
    beforeLoad: () => {
      if (session.state().user !== null) throw redirect({ to: "/sale" });
    },
    component: lazyScreen(() => import("./SetUpPage.tsx"), "SetUpPage"),
  }),
] as const;
