/** What of these slots is one's own already. */
import { serverClock } from "@shared/clock/serverClock.ts";
import { useMemo } from "react";
import { type Own, useOwnReservations } from "../storefront/reservations.ts";

export type Mine = ReadonlyMap<string, Own>;

/** By slot: what whoever uses this browser holds, or has booked. */
export function useMine(): Mine {
  const { own } = useOwnReservations();
  return useMemo(() => mineOf(own), [own]);
}

export function mineOf(own: Own[]): Mine {
  const found = new Map<string, Own>();
  for (const it of own) {
    const { lines, status } = it.reservation;
    if (status !== "held" && status !== "confirmed") continue;
    for (const line of lines) {
      // A hold comes before what is booked: it runs out.
      if (line.held + line.confirmed > 0 && (status === "held" || !found.has(line.offering)))
        found.set(line.offering, it);
    }
  }
  return found;
}

/** So long after its end a hold can be taken up again by one click. */
const LATELY = 3_600_000;

/** The hold of this slot that has run out a short while ago, unless there is a newer one. */
export function useLost(slot: string): Own | null {
  const { own } = useOwnReservations();
  const newest = own.find(({ reservation }) =>
    reservation.lines.some(({ offering }) => offering === slot),
  );
  if (newest === undefined) return null;
  const { expires_at: expiresAt, status } = newest.reservation;
  if (status !== "expired" || expiresAt === null) return null;
  return serverClock.now() - Date.parse(expiresAt) < LATELY ? newest : null;
}
