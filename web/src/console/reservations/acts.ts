/** What those who work here can do with somebody's reservation. */
import { api, done } from "@shared/api/client.ts";
import type { Problem } from "@shared/api/problem.ts";
import { type Intent, useIntent } from "@shared/api/useIntent.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useQueryClient } from "@tanstack/react-query";
import type { Target } from "./bulk.ts";
import { LIST, putReservation, type Reservation } from "./queries.ts";

export interface LineInput {
  /** A SKU, or the id of an item or a slot. */
  offering: string;
  quantity: number;
}

export type Act =
  | { act: "confirm" | "reacquire" | "extend" | "release" | "came" | "no_show" }
  | { act: "cancel"; reason: string }
  | { act: "move"; lines: LineInput[] };

interface Options {
  onDone?: (now: Reservation, act: Act) => void;
  onProblem?: (problem: Problem) => void;
}

export function useAct(reservation: Reservation, options: Options = {}): Intent<Act, Reservation> {
  const client = useQueryClient();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["reservation", reservation.id] });
    void client.invalidateQueries({ queryKey: ["reservations"] });
    void client.invalidateQueries({ queryKey: [LIST] });
  };
  return useIntent<Act, Reservation>({
    run: (key, act) => carryOut(reservation, act, key),
    onDone: (now, act) => {
      putReservation(client, now);
      refresh();
      options.onDone?.(now, act);
    },
    onProblem: (problem) => {
      // What it says may be news: that somebody else was faster, for one.
      refresh();
      options.onProblem?.(problem);
    },
  });
}

/** As the server wants lines named. */
export function lineBody({ offering, quantity }: LineInput) {
  const name = offering.trim();
  if (name.startsWith("slot_")) return { slot: name, quantity };
  return name.startsWith("item_") ? { item: name, quantity } : { sku: name, quantity };
}

function carryOut(reservation: Reservation, act: Act, key: string): Promise<Reservation> {
  const params = {
    path: { reservation: reservation.id },
    header: { "Idempotency-Key": key },
  };
  switch (act.act) {
    case "confirm":
      return done(api.POST("/v1/reservations/{reservation}/confirm", { params, body: {} }));
    case "reacquire":
      return done(
        api.POST("/v1/reservations/{reservation}/confirm", { params, body: { reacquire: true } }),
      );
    case "extend": {
      const body = { ttl_seconds: longer(reservation, serverClock.now()) };
      return done(api.POST("/v1/reservations/{reservation}/extend", { params, body }));
    }
    case "release":
      return done(api.POST("/v1/reservations/{reservation}/release", { params, body: {} }));
    case "cancel": {
      const body = { reason: act.reason.trim() || null };
      return done(api.POST("/v1/reservations/{reservation}/cancel", { params, body }));
    }
    case "move": {
      const body = { lines: act.lines.map(lineBody) };
      return done(api.POST("/v1/reservations/{reservation}/move", { params, body }));
    }
    case "came":
    case "no_show": {
      const body = { outcome: act.act === "came" ? ("fulfilled" as const) : ("no_show" as const) };
      return done(api.POST("/v1/reservations/{reservation}/check-in", { params, body }));
    }
  }
}

/** Of a bulk: holds are released, what is confirmed is cancelled. */
export async function endOne({ id, status }: Target, reason: string, key: string): Promise<void> {
  const params = { path: { reservation: id }, header: { "Idempotency-Key": key } };
  if (status === "held")
    await done(api.POST("/v1/reservations/{reservation}/release", { params, body: {} }));
  else {
    const body = { reason: reason.trim() || null };
    await done(api.POST("/v1/reservations/{reservation}/cancel", { params, body }));
  }
}

/** Seconds from now that an extension asks for: two minutes more, within what is allowed. */
export function longer({ expires_at, extend_until }: Reservation, now: number): number {
  const left = expires_at === null ? 0 : (Date.parse(expires_at) - now) / 1000;
  const most = extend_until === null ? left : (Date.parse(extend_until) - now) / 1000;
  return Math.max(1, Math.floor(Math.min(left + 120, most)));
}

export function extendable({ expires_at, extend_until }: Reservation): boolean {
  if (expires_at === null || extend_until === null) return false;
  return Date.parse(extend_until) - Date.parse(expires_at) > 5_000;
}
