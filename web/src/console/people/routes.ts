import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { oneOf, textIn } from "../parts/search.ts";
import { inside } from "../root.tsx";
import { ROLES, type Role } from "./roles.ts";

export const peopleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/people",
    validateSearch: (search: Record<string, unknown>): { role?: Role; email?: string } => ({
      role: oneOf(search, "role", ROLES),
      email: textIn(search, "email"),
    }),
    component: lazyScreen(() => import("./PeoplePage.tsx"), "PeoplePage"),
  }),
] as const;
