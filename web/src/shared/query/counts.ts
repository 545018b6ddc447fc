/** Counts of offerings, from the live door alone: the higher number is newer. */
import { type QueryClient, skipToken, useQuery } from "@tanstack/react-query";
import type { Counts } from "../live/frames.ts";
import { useLiveStatus } from "../live/live.ts";

export const countsKey = (offering: string) => ["counts", offering] as const;

export function newer(known: Counts | undefined, heard: Counts): Counts {
  return known !== undefined && known.seq > heard.seq ? known : heard;
}

export function putCounts(client: QueryClient, heard: Counts): void {
  client.setQueryData<Counts>(countsKey(heard.offering), (known) => newer(known, heard));
}

/**
 * What is left of an offering: as the live door says, if it does; otherwise whichever was heard
 * later. `useLive` it as well.
 */
export function useLeft(offering: string, asked: number, askedAt: number): number {
  const status = useLiveStatus();
  const { data, dataUpdatedAt } = useQuery<Counts>({
    queryKey: countsKey(offering),
    queryFn: skipToken,
  });
  if (data === undefined) return asked;
  return status === "live" || dataUpdatedAt > askedAt ? data.available : asked;
}
