import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { root } from "../root.tsx";

/** Where to go on after signing in: a path of this page. */
function search(given: Record<string, unknown>): { next?: string } {
  const { next } = given;
  // Only below this page: `//elsewhere` would be another server.
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
}

export const accountRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/account/sign-in",
    validateSearch: search,
    component: lazyRouteComponent(() => import("./SignInPage.tsx"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/sign-up",
    validateSearch: search,
    component: lazyRouteComponent(() => import("./SignUpPage.tsx"), "SignUpPage"),
  }),
] as const;
