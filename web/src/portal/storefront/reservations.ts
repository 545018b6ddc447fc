/** What somebody has reserved: a customer's from the server's list, a guest's by their tokens. */

import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { useLive } from "@shared/live/live.ts";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useSyncExternalStore } from "react";
import { dropGuestHold, type GuestHold, guestHolds, subscribeGuestHolds } from "./guestHolds.ts";

export type Reservation = Schemas["ReservationView"];

/** A reservation, and what proves that it is one's own; `null`: the session does. */
export interface Own {
  reservation: Reservation;
  token: string | null;
}

export interface OwnList {
  own: Own[];
  pending: boolean;
  error: Error | null;
  refetch: () => void;
}

export function bearer(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}

/** The newest reservations of whoever uses this browser. */
export function useOwnReservations(): OwnList {
  const { user } = useSession();
  const client = useQueryClient();
  const tokens = useSyncExternalStore(subscribeGuestHolds, guestHolds);
  const mine = useQuery({
    queryKey: ["reservations", "own", user?.id],
    queryFn: () => {
      const query = user === null ? {} : { customer: user.id, limit: 50 };
      return done(api.GET("/v1/reservations", { params: { query } }));
    },
    enabled: user !== null,
  });
  const guests = useQueries({
    queries: tokens.map((hold) => ({
      queryKey: ["reservation", hold.reservation, "guest"],
      queryFn: () => ofGuest(hold),
    })),
  });
  const fromServer = (mine.data?.data ?? []).map((reservation) => ({ reservation, token: null }));
  const fromTokens = guests.flatMap(({ data }, index) => {
    const token = tokens[index]?.token;
    return data && token !== undefined ? [{ reservation: data, token }] : [];
  });
  const own = [...fromServer, ...fromTokens].toSorted((one, other) =>
    other.reservation.created_at.localeCompare(one.reservation.created_at),
  );
  const held = fromServer.filter(({ reservation }) => reservation.status === "held");
  useLive({ reservations: held.map(({ reservation }) => reservation.id) });
  const refetch = useCallback(() => {
    void client.invalidateQueries({ queryKey: ["reservations"] });
    void client.invalidateQueries({ queryKey: ["reservation"] });
  }, [client]);
  return {
    own,
    pending: user !== null && mine.isPending,
    error: mine.error ?? guests.find(({ error }) => error !== null)?.error ?? null,
    refetch,
  };
}

async function ofGuest(hold: GuestHold): Promise<Reservation | null> {
  const params = { path: { reservation: hold.reservation } };
  try {
    return await done(
      api.GET("/v1/reservations/{reservation}", { params, headers: bearer(hold.token) }),
    );
  } catch (error) {
    if (!isProblem(error, "unauthenticated", "not_found", "forbidden")) throw error;
    dropGuestHold(hold.reservation);
    return null;
  }
}
