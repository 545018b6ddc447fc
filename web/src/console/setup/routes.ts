import { session } from "@shared/auth/session.ts";
import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { root } from "../root.tsx";

/** The code from the link that a server prints as it starts. */
function search({ code }: Record<string, unknown>): { code?: string } {
  return typeof code === "string" && code !== "" ? { code } : {};
}

export const setUpRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/set-up",
    validateSearch: search,
    beforeLoad: () => {
      if (session.state().user !== null) throw redirect({ to: "/sale" });
    },
    component: lazyRouteComponent(() => import("./SetUpPage.tsx"), "SetUpPage"),
  }),
] as const;
