/** What became of a reservation, as far as it says itself. */
import type { Reservation } from "../storefront/reservations.ts";

export interface Step {
  what: "held" | "made" | "confirmed" | "ended";
  at: string;
}

/** In the order in which it happened. */
export function historyOf(reservation: Reservation): Step[] {
  const { confirmed_at: confirmed, created_at: created, ended_at: ended } = reservation;
  // Whatever was never held was confirmed as it was made.
  const atOnce = confirmed === created;
  return [
    { what: atOnce ? ("made" as const) : ("held" as const), at: created },
    ...(confirmed === null ? [] : [{ what: "confirmed" as const, at: confirmed }]),
    ...(ended === null ? [] : [{ what: "ended" as const, at: ended }]),
  ];
}
