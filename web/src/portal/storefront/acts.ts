/** What can be done with a hold. Nothing is shown as done before the server has said so. */

import { api, done, type Schemas } from "@shared/api/client.ts";
import type { Problem } from "@shared/api/problem.ts";
import { type Intent, useIntent } from "@shared/api/useIntent.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useQueryClient } from "@tanstack/react-query";
import { addGuestHold } from "./guestHolds.ts";
import { refreshReservations } from "./refresh.ts";
import { bearer, type Own, type Reservation } from "./reservations.ts";

export interface HoldInput {
  sku: string;
  quantity: number;
  /** A guest's e-mail address. */
  email: string | null;
}

type Held = Schemas["ReserveAnswer"];

export function useHold(onDone?: (held: Held) => void): Intent<HoldInput, Held> {
  const client = useQueryClient();
  return useIntent<HoldInput, Held>({
    run: (key, { email, quantity, sku }) =>
      done(
        api.POST("/api/v1/inventory/reserve", {
          params: { header: { "Idempotency-Key": key } },
          body: { sku, quantity, ...(email === null ? {} : { email }) },
        }),
      ),
    onDone: (held) => {
      const { hold_token: token, reservation_id: reservation } = held;
      if (token !== undefined) addGuestHold({ reservation, token });
      refreshReservations(client);
      onDone?.(held);
    },
  });
}

/** `reacquire`: confirm what has expired, if it is still free. */
export type Act = "confirm" | "reacquire" | "release" | "extend";

interface ActOptions {
  onDone?: (reservation: Reservation, act: Act) => void;
  onProblem?: (problem: Problem) => void;
}

export function useAct(own: Own, options: ActOptions = {}): Intent<Act, Reservation> {
  const client = useQueryClient();
  const { reservation, token } = own;
  const refresh = () => refreshReservations(client);
  return useIntent<Act, Reservation>({
    run: (key, act) => carryOut(act, key, reservation, token),
    onDone: (now, act) => {
      refresh();
      options.onDone?.(now, act);
    },
    onProblem: (problem) => {
      // What it says may be news: that the hold has expired, for one.
      refresh();
      options.onProblem?.(problem);
    },
  });
}

function carryOut(
  act: Act,
  key: string,
  reservation: Reservation,
  token: string | null,
): Promise<Reservation> {
  const path = { reservation: reservation.id };
  const common = {
    params: { path, header: { "Idempotency-Key": key } },
    headers: bearer(token),
  };
  if (act === "extend") {
    const body = { ttl_seconds: longer(reservation, serverClock.now()) };
    return done(api.POST("/v1/reservations/{reservation}/extend", { ...common, body }));
  }
  if (act === "release")
    return done(api.POST("/v1/reservations/{reservation}/release", { ...common, body: {} }));
  const body = { reacquire: act === "reacquire" };
  return done(api.POST("/v1/reservations/{reservation}/confirm", { ...common, body }));
}

/** Seconds from now that an extension asks for: two minutes more, within what is allowed. */
export function longer({ expires_at, extend_until }: Reservation, now: number): number {
  const left = expires_at === null ? 0 : (Date.parse(expires_at) - now) / 1000;
  const most = extend_until === null ? left : (Date.parse(extend_until) - now) / 1000;
  return Math.max(1, Math.floor(Math.min(left + 120, most)));
}

/** Whether an extension would give at least a few seconds. */
export function extendable({ expires_at, extend_until }: Reservation): boolean {
  if (expires_at === null || extend_until === null) return false;
  return Date.parse(extend_until) - Date.parse(expires_at) > 5_000;
}
