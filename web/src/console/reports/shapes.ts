/** What `/v1/reports` answers; docs/reports.md says what the figures mean. */

export const REPORTS = ["holds", "sell-through", "sell-outs", "utilisation", "no-shows"] as const;

export type ReportName = (typeof REPORTS)[number];

export function isReport(name: string): name is ReportName {
  return (REPORTS as readonly string[]).includes(name);
}

/** What every report says of itself. */
export interface Head {
  from: string;
  to: string;
  zone: string;
  /** It tells all that happened before; `null`: nothing is counted yet. */
  as_of: string | null;
  complete: boolean;
}

interface HoldsFigures {
  holds: number;
  ended: number;
  confirmed: number;
  released: number;
  expired: number;
  expiry_rate: number | null;
  conversion: number | null;
  median_seconds_to_confirm: number | null;
}

interface Span {
  from: string;
  to: string;
}

export interface HoldsReport extends Head {
  totals: HoldsFigures;
  data: (HoldsFigures & Span)[];
}

export interface SellThroughReport extends Head {
  data: (Span & {
    units_confirmed: number;
    capacity: number | null;
    held: number | null;
    confirmed: number | null;
    sell_through: number | null;
  })[];
}

export interface SellOut {
  offering: string;
  sku: string | null;
  name: string | null;
  opened_at: string;
  sold_out_at: string | null;
  seconds_to_sell_out: number | null;
  is_sold_out: boolean;
  times_sold_out: number;
  opened_again_at: string | null;
  times_opened_again: number;
}

export interface SellOutsReport extends Head {
  data: SellOut[];
  next: string | null;
}

export interface UseStep extends Span {
  pool: string;
  kind: "room" | "practitioner" | "equipment";
  name: string;
  seconds_taken: number;
  seconds_in_slots: number;
  seconds_booked: number;
  seconds_open: number | null;
  seconds_owned: number;
}

export interface UtilisationReport extends Head {
  data: UseStep[];
}

export interface NoShowsGroup {
  group: string;
  name: string;
  slots: number;
  capacity: number;
  units_confirmed: number;
  filled: number | null;
  expected: number;
  came: number;
  no_shows: number;
  unrecorded: number;
  no_show_rate: number | null;
}

export interface NoShowsReport extends Head {
  data: NoShowsGroup[];
  is_all: boolean;
}
