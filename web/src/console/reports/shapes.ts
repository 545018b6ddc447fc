/** What `/v1/reports` answers; docs/reports.md says what the figures mean. */
import type { Schemas } from "@shared/api/client.ts";

export const REPORTS = ["holds", "sell-through", "sell-outs", "utilisation", "no-shows"] as const;

export type ReportName = (typeof REPORTS)[number];

export function isReport(name: string): name is ReportName {
  return (REPORTS as readonly string[]).includes(name);
}

/** By their names, which are the last words of their paths. */
export interface Reports {
  holds: Schemas["HoldsReport"];
  "sell-through": Schemas["SellThroughReport"];
  "sell-outs": Schemas["SellOutsReport"];
  utilisation: Schemas["UtilisationReport"];
  "no-shows": Schemas["NoShowsReport"];
}

/** What every report says of itself. */
export type Head = Pick<Reports["holds"], "from" | "to" | "zone" | "as_of" | "complete">;

export type SellOut = Schemas["SellOut"];
export type UseStep = Reports["utilisation"]["data"][number];
export type NoShowsGroup = Schemas["NoShowsGroup"];
