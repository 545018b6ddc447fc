/** The route that all others of the portal are below, so that features need not know each other. */
import { createRootRoute } from "@tanstack/react-router";
import { NotFound } from "./NotFound.tsx";
import { Shell } from "./Shell.tsx";

export const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
