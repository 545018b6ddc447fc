/** What would be in the way of a slot, before it is saved. */
import { api, done } from "@shared/api/client.ts";
import { useQueries } from "@tanstack/react-query";
import { usePools } from "../queries.ts";
import { type Conflict, conflictOf, type Need, takenFrom } from "./conflicts.ts";

interface Asked {
  needs: readonly Need[];
  start: number | null;
  end: number | null;
  /** The slot itself, if it is there already. */
  own: string | null;
}

export function useConflicts({ end, needs, own, start }: Asked): {
  conflicts: Conflict[];
  checking: boolean;
} {
  const { data: pools } = usePools();
  const isTime = start !== null && end !== null && start < end;
  const wanted = isTime
    ? needs.flatMap((need) => {
        const pool = pools?.find(({ id }) => id === need.pool);
        return pool === undefined ? [] : [{ need, pool, time: takenFrom(pool, start, end) }];
      })
    : [];
  const found = useQueries({
    queries: wanted.map(({ pool, time }) => ({
      // Loans change with the slots and with what is reserved.
      queryKey: ["offerings", "loans", pool.id, time.from, time.to],
      queryFn: () =>
        done(
          api.GET("/v1/pools/{pool}/loans", {
            params: {
              path: { pool: pool.id },
              query: {
                from: new Date(time.from).toISOString(),
                to: new Date(time.to).toISOString(),
                limit: 500,
              },
            },
          }),
        ),
    })),
  });
  const conflicts = wanted.flatMap(({ need, pool, time }, index) => {
    const loans = found[index]?.data?.data;
    const conflict = loans === undefined ? null : conflictOf(pool, need, loans, time, own);
    return conflict === null ? [] : [conflict];
  });
  return { conflicts, checking: found.some(({ isFetching }) => isFetching) };
}
