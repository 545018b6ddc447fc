/** Giving back what is confirmed, and moving it. */
import { api, done } from "@shared/api/client.ts";
import type { Problem } from "@shared/api/problem.ts";
import { type Intent, useIntent } from "@shared/api/useIntent.ts";
import { useQueryClient } from "@tanstack/react-query";
import { refreshReservations } from "../storefront/refresh.ts";
import { bearer, type Own, type Reservation } from "../storefront/reservations.ts";

function common({ reservation, token }: Own, key: string) {
  const path = { reservation: reservation.id };
  return { params: { path, header: { "Idempotency-Key": key } }, headers: bearer(token) };
}

interface Options {
  onDone: () => void;
  onProblem?: (problem: Problem) => void;
}

/** Cancel; what is given is the reason, if there is one. */
export function useCancel(own: Own, options: Options): Intent<string | null, Reservation> {
  const client = useQueryClient();
  const refresh = () => refreshReservations(client);
  return useIntent<string | null, Reservation>({
    run: (key, reason) =>
      done(
        api.POST("/v1/reservations/{reservation}/cancel", {
          ...common(own, key),
          body: { reason },
        }),
      ),
    onDone: () => {
      refresh();
      options.onDone();
    },
    onProblem: (problem) => {
      refresh();
      options.onProblem?.(problem);
    },
  });
}

export interface Move {
  from: string;
  to: string;
}

/** Let a reservation be for another slot; whatever else is in it stays. */
export function useMove(own: Own | null, options: Options): Intent<Move, Reservation> {
  const client = useQueryClient();
  const refresh = () => refreshReservations(client);
  return useIntent<Move, Reservation>({
    run: (key, move) => {
      if (own === null) throw new Error("There is nothing to move yet.");
      const lines = movedLines(own.reservation, move);
      return done(
        api.POST("/v1/reservations/{reservation}/move", { ...common(own, key), body: { lines } }),
      );
    },
    onDone: () => {
      refresh();
      options.onDone();
    },
    onProblem: refresh,
  });
}

/** All that it is to be for: what is not named would be given back. */
export function movedLines(reservation: Reservation, { from, to }: Move) {
  return reservation.lines
    .filter(({ confirmed, held }) => held + confirmed > 0)
    .map(({ confirmed, held, offering }) => {
      const quantity = held + confirmed;
      if (offering === from) return { slot: to, quantity };
      return offering.startsWith("slot_")
        ? { slot: offering, quantity }
        : { item: offering, quantity };
    });
}
