import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";
import { isSpan, type Span } from "./spans.ts";

/** Of one item or of all, and how far back the charts go. */
interface SaleSearch {
  item?: string;
  minutes?: Span;
}

function search({ item, minutes }: Record<string, unknown>): SaleSearch {
  return {
    ...(typeof item === "string" ? { item } : {}),
    ...(isSpan(minutes) ? { minutes } : {}),
  };
}

export const saleRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/sale",
    validateSearch: search,
    component: lazyScreen(() => import("./SalePage.tsx"), "SalePage"),
  }),
] as const;
