/** What can be booked: sites, and the slots of a month. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { addMonths, startOf } from "./dates.ts";
import { type Slot, useFallback } from "./slot.ts";

export type Site = Schemas["SiteView"];

/** Most pages of 500 that a month is asked for in. */
const MOST_PAGES = 10;

export function useSites(): UseQueryResult<Site[]> {
  return useQuery({
    queryKey: ["offerings", "sites"],
    queryFn: async () =>
      (await done(api.GET("/v1/sites", { params: { query: { limit: 500 } } }))).data,
    staleTime: 60_000,
  });
}

/** Why a slot cannot be had, with who or what is taken. */
export function useAvailability(
  slot: string,
  enabled: boolean,
): UseQueryResult<Schemas["AvailabilityView"]> {
  return useQuery({
    queryKey: ["offerings", "slot", slot, "availability"],
    queryFn: async () => {
      const params = { path: { offering: slot } };
      const said = await done(api.GET("/v1/offerings/{offering}/availability", { params }));
      return said as Schemas["AvailabilityView"];
    },
    enabled,
  });
}

interface Month {
  site: string;
  month: string;
  zone: string;
  practitioner: string | undefined;
}

/** All slots of a site that begin in a month, by the clocks of a zone. */
export function useMonth({ month, practitioner, site, zone }: Month): UseQueryResult<Slot[]> {
  return useQuery({
    queryKey: ["offerings", "slots", site, month, zone, practitioner],
    queryFn: () => {
      const first = `${month}-01`;
      return allOf({
        site,
        from: new Date(startOf(first, zone)).toISOString(),
        to: new Date(startOf(addMonths(first, 1), zone)).toISOString(),
        ...(practitioner === undefined ? {} : { pool: practitioner }),
      });
    },
    placeholderData: keepPreviousData,
    refetchInterval: useFallback(),
  });
}

/** The next slots of a site: what there is to choose from, and which is free first. */
export function useNext(site: string): UseQueryResult<Slot[]> {
  return useQuery({
    queryKey: ["offerings", "slots", site, "next"],
    queryFn: async () => {
      const query = { site, limit: 500, from: new Date(serverClock.now()).toISOString() };
      return (await done(api.GET("/v1/slots", { params: { query } }))).data;
    },
    staleTime: 60_000,
  });
}

interface SlotsQuery {
  site: string;
  from: string;
  to: string;
  pool?: string;
}

async function allOf(query: SlotsQuery): Promise<Slot[]> {
  const found: Slot[] = [];
  let cursor: string | null | undefined;
  for (let pages = 0; pages < MOST_PAGES && cursor !== null; pages += 1) {
    const more = cursor === undefined ? {} : { cursor };
    const params = { query: { ...query, ...more, limit: 500 } };
    // One after the other: each page says where the next one begins.
    // oxlint-disable-next-line no-await-in-loop
    const page = await done(api.GET("/v1/slots", { params }));
    found.push(...page.data);
    cursor = page.next;
  }
  return found;
}
