import { lazyScreen } from "@shared/ui/lazyScreen.ts";
import { createRoute } from "@tanstack/react-router";
import { inside } from "../root.tsx";

/** What items are looked for by. */
function listSearch({ search }: Record<string, unknown>): { search?: string } {
  // What looks like a number in the address comes as one.
  const text = typeof search === "number" ? String(search) : search;
  return typeof text === "string" && text !== "" ? { search: text } : {};
}

/** The instant at which an item's counts are looked at (RFC 3339). */
function itemSearch({ at }: Record<string, unknown>): { at?: string } {
  return typeof at === "string" && !Number.isNaN(Date.parse(at)) ? { at } : {};
}

export const inventoryRoutes = [
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory",
    validateSearch: listSearch,
    component: lazyScreen(() => import("./InventoryPage.tsx"), "InventoryPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory/new",
    component: lazyScreen(() => import("./NewItemPage.tsx"), "NewItemPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory/import",
    component: lazyScreen(() => import("./ImportPage.tsx"), "ImportPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory/$item",
    validateSearch: itemSearch,
    component: lazyScreen(() => import("./ItemPage.tsx"), "ItemPage"),
  }),
  createRoute({
    getParentRoute: () => inside,
    path: "/inventory/$item/edit",
    component: lazyScreen(() => import("./EditItemPage.tsx"), "EditItemPage"),
  }),
] as const;
