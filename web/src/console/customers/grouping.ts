import type { Reservation } from "../reservations/queries.ts";

export interface Recent {
  customer: string;
  count: number;
  held: number;
  newest: string;
}

/** Who these reservations are for, whoever has the newest first. */
export function byCustomer(reservations: readonly Reservation[]): Recent[] {
  const found = new Map<string, Recent>();
  for (const { created_at, customer, status } of reservations) {
    if (customer === null) continue;
    const known = found.get(customer) ?? { customer, count: 0, held: 0, newest: created_at };
    known.count += 1;
    known.held += status === "held" ? 1 : 0;
    if (created_at > known.newest) known.newest = created_at;
    found.set(customer, known);
  }
  return [...found.values()].toSorted((one, other) => other.newest.localeCompare(one.newest));
}
