/**
 * Where everything is. A feature brings its routes in a file of its own, and is named in
 * navigation.ts; nothing else is shared.
 */

import { basePath } from "@shared/config.ts";
import { Crashed } from "@shared/ui/Crashed.tsx";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { auditRoutes } from "./audit/routes.ts";
import { customersRoutes } from "./customers/routes.ts";
import { inventoryRoutes } from "./inventory/routes.ts";
import { keysRoutes } from "./keys/routes.ts";
import { notificationsRoutes } from "./notifications/routes.ts";
import { peopleRoutes } from "./people/routes.ts";
import { reportsRoutes } from "./reports/routes.ts";
import { reservationsRoutes } from "./reservations/routes.ts";
import { inside, root } from "./root.tsx";
import { saleRoutes } from "./sale/routes.ts";
import { scheduleRoutes } from "./schedule/routes.ts";
import { settingsRoutes } from "./settings/routes.ts";
import { setUpRoutes } from "./setup/routes.ts";
import { waitlistRoutes } from "./waitlist/routes.ts";
import { webhooksRoutes } from "./webhooks/routes.ts";

const start = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/sale" });
  },
});

const features = inside.addChildren([
  ...saleRoutes,
  ...inventoryRoutes,
  ...scheduleRoutes,
  ...reservationsRoutes,
  ...waitlistRoutes,
  ...customersRoutes,
  ...peopleRoutes,
  ...keysRoutes,
  ...webhooksRoutes,
  ...notificationsRoutes,
  ...auditRoutes,
  ...reportsRoutes,
  ...settingsRoutes,
]);

const consoleRoutes = root.addChildren([start, ...setUpRoutes, features]);

export function makeConsoleRouter() {
  return createRouter({
    routeTree: consoleRoutes,
    basepath: `${basePath()}/console`,
    defaultErrorComponent: Crashed,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeConsoleRouter>;
  }
}
