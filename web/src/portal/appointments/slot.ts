/** One slot: by itself, since the bar at the foot of every page needs no more. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useLiveStatus } from "@shared/live/live.ts";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";

export type Slot = Schemas["SlotView"];

/** Live, the end of booking times alone passes unnoticed; else everything does. */
export function useFallback(): number {
  return useLiveStatus() === "live" ? 60_000 : 10_000;
}

/** One slot, by its id. */
export function useSlot(slot: string, enabled = true): UseQueryResult<Slot> {
  return useQuery({
    queryKey: ["offerings", "slot", slot],
    queryFn: () => done(api.GET("/v1/slots/{slot}", { params: { path: { slot } } })),
    refetchInterval: useFallback(),
    enabled,
  });
}
