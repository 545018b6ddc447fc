import { begin } from "@shared/ui/Page.tsx";
import { RouterProvider } from "@tanstack/react-router";
import { makeConsoleRouter } from "./routes.tsx";

const router = makeConsoleRouter();

void begin("dense", () => <RouterProvider router={router} />);
