/** Reservations as a file for a spreadsheet, made a page at a time. */
import { csv } from "@shared/ui/csv.ts";
import type { Line, Reservation } from "./queries.ts";

const HEAD = [
  "reservation",
  "status",
  "customer",
  "offering",
  "sku",
  "starts_at",
  "units",
  "held",
  "confirmed",
  "unit_price",
  "currency",
  "created_at",
  "expires_at",
  "confirmed_at",
  "ended_at",
  "reason",
  "notes",
  "created_by",
];

function row(it: Reservation, line: Line): (string | number | null)[] {
  return [
    it.id,
    it.status,
    it.customer,
    line.offering,
    line.sku,
    line.starts_at,
    line.quantity,
    line.held,
    line.confirmed,
    line.unit_price?.amount ?? null,
    line.unit_price?.currency ?? null,
    it.created_at,
    it.expires_at,
    it.confirmed_at,
    it.ended_at,
    it.reason,
    it.notes,
    it.created_by,
  ];
}

/** Pieces of the file, one for each page: a line of text for each line of each reservation. Prices
 * are in minor units, instants in RFC 3339. */
export async function* pieces(
  pages: AsyncIterable<Reservation[]>,
  onRows: (count: number) => void,
): AsyncGenerator<string> {
  yield csv([HEAD]);
  let count = 0;
  for await (const page of pages) {
    const rows = page.flatMap((it) => it.lines.map((line) => row(it, line)));
    count += page.length;
    if (rows.length > 0) yield csv(rows);
    onRows(count);
  }
}
