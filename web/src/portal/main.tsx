import { begin } from "@shared/ui/Page.tsx";
import { RouterProvider } from "@tanstack/react-router";
import { makePortalRouter } from "./routes.tsx";

const router = makePortalRouter();

void begin("airy", () => <RouterProvider router={router} />);
