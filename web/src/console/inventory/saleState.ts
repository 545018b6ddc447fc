/** Whether an item is on sale at an instant, with so much left of it. */
import type { Item } from "./items.ts";

export type SaleState = "upcoming" | "ended" | "draining" | "soldOut" | "onSale";

export function saleStateOf(item: Item, available: number, now: number): SaleState {
  if (item.sale_starts_at !== null && Date.parse(item.sale_starts_at) > now) return "upcoming";
  if (item.sale_ends_at !== null && Date.parse(item.sale_ends_at) <= now) return "ended";
  if (item.draining_to !== null) return "draining";
  return available < item.min_quantity ? "soldOut" : "onSale";
}

export const STATE_COLOURS = {
  upcoming: "blue",
  ended: "gray",
  draining: "orange",
  soldOut: "red",
  onSale: "green",
} as const satisfies Record<SaleState, string>;
