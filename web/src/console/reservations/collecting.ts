/** What a bulk is about: those that were chosen, or all that are found now. */
import { canEnd, type Target } from "./bulk.ts";
import { everyPage, type Reservation } from "./queries.ts";
import type { ListQuery } from "./search.ts";

export async function collect(
  of: readonly Reservation[] | ListQuery,
  signal: AbortSignal,
  onCount: (count: number) => void,
): Promise<Target[]> {
  if (isChosen(of)) return of.filter(canEnd).map(({ id, status }) => ({ id, status }));
  const found: Target[] = [];
  for await (const page of everyPage(of, signal)) {
    for (const it of page) if (canEnd(it)) found.push({ id: it.id, status: it.status });
    onCount(found.length);
  }
  return found;
}

function isChosen(of: readonly Reservation[] | ListQuery): of is readonly Reservation[] {
  return Array.isArray(of);
}
