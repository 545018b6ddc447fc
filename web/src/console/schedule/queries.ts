/** What the screens about time read. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useMay } from "@shared/auth/useSession.ts";
import type { Counts } from "@shared/live/frames.ts";
import { useLiveStatus } from "@shared/live/live.ts";
import { countsKey } from "@shared/query/counts.ts";
import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import type { Pool } from "./slot/conflicts.ts";

export type Site = Schemas["SiteView"];
export type Slot = Schemas["SlotView"];
export type Schedule = Schemas["ScheduleView"];

const PAGE = 500;
/** More than anybody can look at; beyond it the page says that there are more. */
const MOST = 3_000;

interface Page<T> {
  data: T[];
  next?: string | null;
}

async function every<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const { data, next } = await read(cursor);
    found.push(...data);
    cursor = next ?? undefined;
  } while (cursor !== undefined && found.length < MOST);
  return found;
}

const from = (cursor: string | undefined) => (cursor === undefined ? {} : { cursor });

export function useSites() {
  return useQuery({
    queryKey: ["sites"],
    queryFn: () =>
      every<Site>((cursor) =>
        done(api.GET("/v1/sites", { params: { query: { limit: PAGE, ...from(cursor) } } })),
      ),
  });
}

export function usePools() {
  const may = useMay("stock:read");
  return useQuery({
    queryKey: ["pools"],
    queryFn: () =>
      every<Pool>((cursor) =>
        done(api.GET("/v1/pools", { params: { query: { limit: PAGE, ...from(cursor) } } })),
      ),
    enabled: may,
  });
}

export function useSchedules(site: string | undefined) {
  return useQuery({
    queryKey: ["offerings", "schedules", site],
    queryFn: () =>
      every<Schedule>((cursor) => {
        const query = { limit: PAGE, ...from(cursor), ...(site === undefined ? {} : { site }) };
        return done(api.GET("/v1/schedules", { params: { query } }));
      }),
    placeholderData: keepPreviousData,
  });
}

interface Stretch {
  site: string | undefined;
  pool: string | undefined;
  from: string;
  to: string;
}

export function useSlots({ site, pool, ...stretch }: Stretch) {
  return useQuery({
    queryKey: ["offerings", "slots", site, pool, stretch.from, stretch.to],
    queryFn:
      site === undefined
        ? skipToken
        : () =>
            every<Slot>((cursor) => {
              const query = {
                ...stretch,
                site,
                limit: PAGE,
                ...from(cursor),
                ...(pool === undefined ? {} : { pool }),
              };
              return done(api.GET("/v1/slots", { params: { query } }));
            }),
    placeholderData: (before, query) =>
      // Another week of the same site takes the place of this one when it is there.
      query?.queryKey[2] === site ? before : undefined,
  });
}

export function useSlot(id: string | undefined) {
  return useQuery({
    queryKey: ["offerings", "slot", id],
    queryFn:
      id === undefined
        ? skipToken
        : () => done(api.GET("/v1/slots/{slot}", { params: { path: { slot: id } } })),
  });
}

/** A slot's counts, as they are told live if they are. */
export function useCounts(slot: Slot): Pick<Slot, "capacity" | "held" | "confirmed" | "available"> {
  const status = useLiveStatus();
  const { data } = useQuery<Counts>({ queryKey: countsKey(slot.id), queryFn: skipToken });
  // Each change of the counts is an entry of the ledger, and has a higher number.
  return data !== undefined && status === "live" && data.seq >= slot.version ? data : slot;
}
