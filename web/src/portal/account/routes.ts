import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { root } from "../root.tsx";

/** Where to go on after signing in: a path of this page. */
function search(given: Record<string, unknown>): { next?: string } {
  const { next } = given;
  // Only below this page: `//elsewhere` would be another server.
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
}

/** A code from a letter, should the letter have led here. */
function withCode(given: Record<string, unknown>): { code?: string } {
  const { code } = given;
  return typeof code === "string" && code !== "" ? { code } : {};
}

export const accountRoutes = [
  createRoute({
    getParentRoute: () => root,
    path: "/account",
    component: lazyScreen(() => import("./AccountPage.tsx"), "AccountPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/sign-in",
    validateSearch: search,
    component: lazyScreen(() => import("./SignInPage.tsx"), "SignInPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/sign-up",
    validateSearch: search,
    component: lazyScreen(() => import("./SignUpPage.tsx"), "SignUpPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/verify",
    validateSearch: withCode,
    component: lazyScreen(() => import("./VerifyPage.tsx"), "VerifyPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/forgotten",
    component: lazyScreen(() => import("./ForgottenPage.tsx"), "ForgottenPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/account/reset",
    validateSearch: withCode,
    component: lazyScreen(() => import("./ResetPage.tsx"), "ResetPage"),
  }),
] as const;
