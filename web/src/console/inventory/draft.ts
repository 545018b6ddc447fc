/** An item as a form has it, and what is sent of it. */
import type { Schemas } from "@shared/api/client.ts";
import { fromField, toField } from "./instants.ts";
import type { Item } from "./items.ts";

export interface Draft {
  sku: string;
  name: string;
  description: string;
  capacity: number | string;
  price: number | string;
  currency: string;
  sale_starts_at: string;
  sale_ends_at: string;
  min_quantity: number | string;
  max_quantity: number | string;
  max_per_customer: number | string;
  hold_ttl_seconds: number | string;
}

export type DraftField = keyof Draft;

export const EMPTY: Draft = {
  sku: "",
  name: "",
  description: "",
  capacity: "",
  price: "",
  currency: "EUR",
  sale_starts_at: "",
  sale_ends_at: "",
  min_quantity: 1,
  max_quantity: "",
  max_per_customer: "",
  hold_ttl_seconds: "",
};

export function draftOf(item: Item): Draft {
  return {
    sku: item.sku,
    name: item.name,
    description: item.description ?? "",
    capacity: item.capacity,
    price: item.price === null ? "" : item.price.amount / 10 ** digitsOf(item.price.currency),
    currency: item.price?.currency ?? EMPTY.currency,
    sale_starts_at: toField(item.sale_starts_at),
    sale_ends_at: toField(item.sale_ends_at),
    min_quantity: item.min_quantity,
    max_quantity: item.max_quantity ?? "",
    max_per_customer: item.max_per_customer ?? "",
    hold_ttl_seconds: item.hold_ttl_seconds ?? "",
  };
}

/** Digits after the point: two of most currencies, none of yen. */
export function digitsOf(currency: string): number {
  try {
    const format = new Intl.NumberFormat("en", { style: "currency", currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    // Not a whole one yet, while somebody types it.
    return 2;
  }
}

type Terms = Omit<Schemas["ItemRequest"], "sku" | "capacity" | "metadata">;

function termsOf(draft: Draft): Terms {
  const currency = draft.currency.trim().toUpperCase();
  const amount = Math.round(Number(draft.price) * 10 ** digitsOf(currency));
  return {
    name: draft.name.trim(),
    description: draft.description.trim() || null,
    price: draft.price === "" ? null : { amount, currency },
    sale_starts_at: fromField(draft.sale_starts_at),
    sale_ends_at: fromField(draft.sale_ends_at),
    min_quantity: draft.min_quantity === "" ? 1 : Number(draft.min_quantity),
    max_quantity: numberOf(draft.max_quantity),
    max_per_customer: numberOf(draft.max_per_customer),
    hold_ttl_seconds: numberOf(draft.hold_ttl_seconds),
  };
}

function numberOf(value: number | string): number | null {
  return value === "" ? null : Number(value);
}

export function requestOf(draft: Draft): Schemas["ItemRequest"] {
  return { sku: draft.sku.trim(), capacity: Number(draft.capacity), ...termsOf(draft) };
}

/** Only what is another than it was when the form was opened: somebody else may have changed the
 * rest since. */
export function changeOf(before: Draft, after: Draft): Schemas["ItemChange"] {
  const was = termsOf(before);
  return Object.fromEntries(
    Object.entries(termsOf(after)).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name as keyof Terms]),
    ),
  );
}

export type DraftProblem = "needed" | "endsFirst" | "lessThanMin";

/** What the server would refuse, said before it is asked. */
export function check(draft: Draft): Partial<Record<DraftField, DraftProblem>> {
  const found: Partial<Record<DraftField, DraftProblem>> = {};
  for (const field of ["sku", "name", "capacity"] as const)
    if (String(draft[field]).trim() === "") found[field] = "needed";
  const { max_per_customer, max_quantity, min_quantity, sale_ends_at, sale_starts_at } = draft;
  if (sale_starts_at !== "" && sale_ends_at !== "" && sale_ends_at <= sale_starts_at)
    found.sale_ends_at = "endsFirst";
  const least = Number(min_quantity || 1);
  if (max_quantity !== "" && Number(max_quantity) < least) found.max_quantity = "lessThanMin";
  if (max_per_customer !== "" && Number(max_per_customer) < least)
    found.max_per_customer = "lessThanMin";
  return found;
}

/** The field of the form that a field of the request stands in. */
export function fieldOf(said: unknown): DraftField | null {
  if (said === "price.currency") return "currency";
  const field = String(said).split(".")[0] ?? "";
  return field in EMPTY ? (field as DraftField) : null;
}
