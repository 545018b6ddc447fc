/** What the server has on reservations, and under which keys it is kept. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { type QueryClient, useQuery } from "@tanstack/react-query";
import type { ListQuery } from "./search.ts";

export type Reservation = Schemas["ReservationView"];
export type Line = Schemas["LineView"];
type Entry = Schemas["EntryView"];

export interface Page<T> {
  data: T[];
  next: string | null;
}

/** Begins with nothing that live frames make old: rows change where they are, and do not jump. */
export const LIST = "reservation-list";

export const reservationKey = (id: string) => ["reservation", id, "console"] as const;

export async function loadPage(
  query: ListQuery & { cursor?: string; limit: number },
  signal?: AbortSignal,
): Promise<Page<Reservation>> {
  const { data, next } = await done(
    api.GET("/v1/reservations", { params: { query }, ...(signal ? { signal } : {}) }),
  );
  return { data, next: next ?? null };
}

/** All of them, a page at a time. */
export async function* everyPage(query: ListQuery, signal: AbortSignal, limit = 500) {
  let cursor: string | null | undefined;
  do {
    const page: Page<Reservation> = await loadPage(
      { ...query, limit, ...(cursor ? { cursor } : {}) },
      signal,
    );
    yield page.data;
    cursor = page.next;
  } while (cursor !== null);
}

export function getReservation(id: string): Promise<Reservation> {
  return done(api.GET("/v1/reservations/{reservation}", { params: { path: { reservation: id } } }));
}

export function putReservation(client: QueryClient, reservation: Reservation): void {
  client.setQueryData(reservationKey(reservation.id), reservation);
}

/** A row as it is now; frames about it ask for it anew. */
export function useRow(row: Reservation): Reservation {
  const { data } = useQuery({
    queryKey: reservationKey(row.id),
    queryFn: () => getReservation(row.id),
    initialData: row,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** The id of what somebody calls by its SKU or its id; `null` if there is no such item. */
export function useOfferingId(named: string | undefined) {
  const isId = named !== undefined && /^(item|slot)_/.test(named);
  const query = useQuery({
    queryKey: ["offerings", "by-sku", named],
    queryFn: () => findBySku(named ?? ""),
    enabled: named !== undefined && !isId,
  });
  if (named === undefined || isId) return { id: named, pending: false, error: null };
  return { id: query.data, pending: query.isPending, error: query.error };
}

async function findBySku(sku: string): Promise<string | null> {
  try {
    const { data } = await done(api.GET("/v1/items", { params: { query: { sku } } }));
    return data[0]?.id ?? null;
  } catch (error) {
    if (isProblem(error, "not_found", "malformed_request")) return null;
    throw error;
  }
}

interface Named {
  name: string;
  site?: string;
  zone?: string;
}

/** What an offering is called. */
export function useOfferingName(id: string): Named | undefined {
  const { data } = useQuery<Named>({
    queryKey: ["offerings", "name", id],
    queryFn: async () => {
      if (id.startsWith("item_")) {
        const { name } = await done(
          api.GET("/v1/items/{item}", { params: { path: { item: id } } }),
        );
        return { name };
      }
      const slot = await done(api.GET("/v1/slots/{slot}", { params: { path: { slot: id } } }));
      return { name: slot.title, site: slot.site_name, zone: slot.zone };
    },
    // While somebody types one, it is none yet.
    enabled: /^(item|slot)_[0-9a-f]{32}$/.test(id),
    staleTime: 300_000,
  });
  return data;
}

export interface HistoryEntry extends Entry {
  offering: string;
}

/** Everything that the ledger says of a reservation, the oldest first. */
export function useHistory(reservation: Reservation) {
  const offerings = reservation.lines.map(({ offering }) => offering);
  return useQuery({
    queryKey: ["reservation", reservation.id, "history", ...offerings],
    queryFn: async () => {
      const found = await Promise.all(offerings.map((it) => ledgerOf(it, reservation.id)));
      return found.flat().toSorted((one, other) => one.at.localeCompare(other.at));
    },
  });
}

async function ledgerOf(offering: string, reservation: string): Promise<HistoryEntry[]> {
  const { data } = await done(
    api.GET("/v1/offerings/{offering}/ledger", {
      params: { path: { offering }, query: { reservation, limit: 500 } },
    }),
  );
  return data.map((entry) => ({ ...entry, offering }));
}
