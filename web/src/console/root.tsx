/** The routes that all others of the console are below. */
import { createRootRoute, createRoute } from "@tanstack/react-router";
import { Gate } from "./Gate.tsx";
import { NotFound } from "./NotFound.tsx";
import { Shell } from "./Shell.tsx";

export const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });

/** With the navigation around it, for those who work here. */
export const inside = createRoute({ getParentRoute: () => root, id: "inside", component: Shell });
