/**
 * Slots in the cache, kept as new as the live door's counts. What it says of a slot is set at once;
 * what follows from it for others, such as shared equipment, is asked for a moment later.
 */
import type { Counts } from "@shared/live/frames.ts";
import { useLive } from "@shared/live/live.ts";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Slot } from "./slot.ts";

/** Many may look at the same month: they do not all ask in the same instant. */
const SOON = 400;

export function useFreshSlots(site: string): void {
  const client = useQueryClient();
  useLive({ sites: [site] });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = client.getQueryCache().subscribe(({ query, type }) => {
      if (type !== "updated" || query.queryKey[0] !== "counts") return;
      const counts = query.state.data as Counts | undefined;
      if (counts === undefined || !patch(client, counts)) return;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          void client.invalidateQueries({ queryKey: ["offerings", "slots"] });
        },
        SOON * (1 + Math.random()),
      );
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
}

/** Whether anything that is shown was older than these counts. */
function patch(client: QueryClient, counts: Counts): boolean {
  let changed = false;
  const now = (slot: Slot) => {
    const patched = withCounts(slot, counts);
    changed ||= patched !== slot;
    return patched;
  };
  const months = { queryKey: ["offerings", "slots"] };
  for (const [key, slots] of client.getQueriesData<Slot[]>(months)) {
    if (slots?.some((slot) => withCounts(slot, counts) !== slot))
      client.setQueryData(key, slots.map(now));
  }
  const own = ["offerings", "slot", counts.offering];
  const slot = client.getQueryData<Slot>(own);
  if (slot !== undefined && withCounts(slot, counts) !== slot) client.setQueryData(own, now(slot));
  return changed;
}

/** The slot with these counts, if they are of it and newer. */
export function withCounts(slot: Slot, counts: Counts): Slot {
  if (slot.id !== counts.offering || counts.seq <= slot.version) return slot;
  const enough = counts.available >= slot.min_quantity;
  const fresh = { ...slot, available: counts.available, version: counts.seq };
  if (slot.bookable && !enough) return { ...fresh, bookable: false, reason: "sold_out" };
  if (slot.reason === "sold_out" && enough) return { ...fresh, bookable: true, reason: null };
  return fresh;
}
