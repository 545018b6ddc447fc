/** Holding a slot. What is done with the hold afterwards is the same as in the shop. */
import { api, done } from "@shared/api/client.ts";
import { type Intent, useIntent } from "@shared/api/useIntent.ts";
import { useQueryClient } from "@tanstack/react-query";
import { refreshReservations } from "../storefront/refresh.ts";
import type { Reservation } from "../storefront/reservations.ts";

export interface SlotHold {
  slot: string;
  quantity: number;
  guests: number | null;
  notes: string | null;
}

export function useHoldSlot(onDone: () => void): Intent<SlotHold, Reservation> {
  const client = useQueryClient();
  const refresh = () => refreshReservations(client);
  return useIntent<SlotHold, Reservation>({
    run: (key, { guests, notes, quantity, slot }) =>
      done(
        api.POST("/v1/reservations", {
          params: { header: { "Idempotency-Key": key } },
          body: { lines: [{ slot, quantity }], guest_count: guests, notes, confirm: false },
        }),
      ),
    onDone: () => {
      refresh();
      onDone();
    },
    // Why not is news about the slot.
    onProblem: refresh,
  });
}
