/** Items and their counts: asked for once, and then as the live door says. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import type { Counts } from "@shared/live/frames.ts";
import { useLive } from "@shared/live/live.ts";
import { countsKey } from "@shared/query/counts.ts";
import { skipToken, type UseQueryResult, useQuery } from "@tanstack/react-query";

export type Item = Schemas["ItemView"];
export type Availability = Schemas["AvailabilityView"];

export function useItem(item: string | undefined): UseQueryResult<Item> {
  return useQuery({
    queryKey: ["offerings", "item", item],
    queryFn:
      item === undefined
        ? skipToken
        : () => done(api.GET("/v1/items/{item}", { params: { path: { item } } })),
  });
}

/** Why nobody can have it, if so. */
export function useAvailability(item: string): UseQueryResult<Availability> {
  return useQuery({
    queryKey: ["offerings", "availability", item],
    queryFn: async () => {
      const params = { path: { offering: item }, query: {} };
      const found = await done(api.GET("/v1/offerings/{offering}/availability", { params }));
      return found as Availability;
    },
    refetchInterval: 30_000,
  });
}

/** The counts that came with the item, or those that were heard since. */
export function useCounts(item: Item): Pick<Item, "capacity" | "held" | "confirmed" | "available"> {
  useLive({ offerings: [item.id] });
  const { data } = useQuery<Counts>({ queryKey: countsKey(item.id), queryFn: skipToken });
  return data !== undefined && data.seq >= item.version ? data : item;
}
