/**
 * Where everything is. A feature brings its routes in a file of its own and loads its screens when
 * they are needed; its first segment must be in src/firmhold/doors/console/places.json.
 */

import { basePath } from "@shared/config.ts";
import { Crashed } from "@shared/ui/Crashed.tsx";
import { createRouter } from "@tanstack/react-router";
import { accountRoutes } from "./account/routes.ts";
import { appointmentRoutes } from "./appointments/routes.ts";
import { reservationRoutes } from "./reservations/routes.ts";
import { root } from "./root.tsx";
import { storefrontRoutes } from "./storefront/routes.ts";

export const portalRoutes = root.addChildren([
  ...storefrontRoutes,
  ...appointmentRoutes,
  ...reservationRoutes,
  ...accountRoutes,
]);

export function makePortalRouter() {
  return createRouter({
    routeTree: portalRoutes,
    basepath: basePath(),
    defaultPreload: "intent",
    defaultErrorComponent: Crashed,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makePortalRouter>;
  }
}
