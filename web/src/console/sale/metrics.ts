/** The numbers of a sale. What happens is heard live; what fails is not, so it is asked for too. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { live, useLive, useLiveStatus } from "@shared/live/live.ts";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { SPANS, type Span } from "./spans.ts";

export type Metrics = Schemas["MetricsAnswer"];

/** Counting takes the server something: during a rush once in so many milliseconds at most. */
const AT_MOST_EVERY = 2_000;
/** Requests that fail leave nothing in the ledger. */
const ANYWAY_EVERY = 15_000;

export function useMetrics(item: string | undefined, span: Span): UseQueryResult<Metrics> {
  const client = useQueryClient();
  const status = useLiveStatus();
  useLive({ feed: true });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = 0;
    const stop = live.onFrame((frame) => {
      const happened = (frame.events ?? []).length > 0 || frame.type === "subscribed";
      if (!happened || timer !== undefined) return;
      const wait = Math.max(0, asked + AT_MOST_EVERY - performance.now());
      timer = setTimeout(() => {
        timer = undefined;
        asked = performance.now();
        void client.invalidateQueries({ queryKey: ["metrics"] });
      }, wait);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [client]);
  return useQuery({
    queryKey: ["metrics", item ?? null, span],
    queryFn: () =>
      done(
        api.GET("/api/admin/metrics", {
          params: {
            query: {
              minutes: span,
              step_seconds: SPANS[span],
              ...(item === undefined ? {} : { item }),
            },
          },
        }),
      ),
    refetchInterval: status === "live" ? ANYWAY_EVERY : ANYWAY_EVERY / 2,
    // While another span is asked for, not under the name of another item.
    placeholderData: (before, query) =>
      query?.queryKey[1] === (item ?? null) ? before : undefined,
  });
}
