import { lazyRouteComponent } from "@tanstack/react-router";

/** What a screen is made of could not be loaded. */
export class NotLoaded extends Error {}

/**
 * A screen that is loaded when it is needed. If it cannot be, the router would load the page anew,
 * and whoever does that while the server is away has no page any more; so it is told of an error
 * that it does not know.
 */
export const lazyScreen: typeof lazyRouteComponent = (importer, name) =>
  lazyRouteComponent(
    () =>
      importer().catch((cause: unknown) => {
        throw new NotLoaded("A part of the page did not come.", { cause });
      }),
    name,
  );
