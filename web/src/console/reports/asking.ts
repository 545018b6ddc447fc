import { api, done } from "@shared/api/client.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { download } from "@shared/ui/csv.ts";
import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { type Filters, queryOf } from "./filters.ts";
import type { ReportName, Reports } from "./shapes.ts";

type Query = Record<string, string | number>;

/** The client does not know a path whose last word varies; `Reports` has what each of them answers. */
type Ask = (
  path: string,
  options: { params: { query: Query }; parseAs?: "text" },
) => Promise<{ data?: unknown; error?: unknown; response: Response }>;

const ask = api.GET as unknown as Ask;

export function askReport<Name extends ReportName>(
  report: Name,
  query: Query,
): Promise<Reports[Name]> {
  const path = `/v1/reports/${report}`;
  return done(ask(path, { params: { query } })) as Promise<Reports[Name]>;
}

export function useReport<Name extends ReportName>(
  report: Name,
  filters: Filters,
): UseQueryResult<Reports[Name]> {
  const query = queryOf(report, filters, serverClock.now());
  return useQuery({
    queryKey: ["reports", report, query],
    queryFn: () => askReport(report, query),
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
