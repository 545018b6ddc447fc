import { api, done } from "@shared/api/client.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { download } from "@shared/ui/csv.ts";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Filters, queryOf } from "./filters.ts";
import type { ReportName } from "./shapes.ts";

type Query = Record<string, string | number>;

/** The paths of reports differ in their last word alone, and their answers are in shapes.ts. */
type Ask = (
  path: string,
  options: { params: { query: Query }; parseAs?: "text" },
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

const ask = api.GET as unknown as Ask;

export function askReport<T>(report: ReportName, query: Query): Promise<T> {
  return done(ask(`/v1/reports/${report}`, { params: { query } })) as Promise<T>;
}

export function useReport<T>(report: ReportName, filters: Filters): UseQueryResult<T> {
  const query = queryOf(report, filters, serverClock.now());
  return useQuery({
    queryKey: ["reports", report, query],
    queryFn: () => askReport<T>(report, query),
    // Groups of another kind have other names.
    placeholderData: report === "no-shows" ? undefined : keepPreviousData,
    // Counted once a second; nobody needs it by the second.
    refetchInterval: 60_000,
  });
}

/** The whole report as the server writes it for spreadsheets. */
export async function downloadReport(report: ReportName, filters: Filters): Promise<void> {
  const query = { ...queryOf(report, filters, serverClock.now()), format: "csv" };
  const path = `/v1/reports/${report}`;
  const text = await done(ask(path, { params: { query }, parseAs: "text" }));
  download(`${report}.csv`, String(text));
}
