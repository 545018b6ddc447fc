import { expect, test } from "vitest";
import { pieces } from "./exporting.ts";
import type { Reservation } from "./queries.ts";

function reservation(id: string, more: Partial<Reservation>): Reservation {
  const line = { offering: "item_1", sku: "A,1", quantity: 2, held: 2, confirmed: 0 };
  return {
    id,
    status: "held",
    customer: "ada@example.org",
    lines: [{ ...line, starts_at: null, ends_at: null, unit_price: null }],
    reason: null,
    notes: null,
    ...more,
  } as Reservation;
}

async function* pages() {
  yield [reservation("rsv_1", { notes: '=HYPERLINK("http://x")' }), reservation("rsv_2", {})];
  yield [reservation("rsv_3", { customer: "@SUM(1)", reason: "rain, and wind" })];
}

test("each page is a piece, and nothing that somebody typed is a formula", async () => {
  const counts: number[] = [];
  const made: string[] = [];
  for await (const piece of pieces(pages(), (count) => counts.push(count))) made.push(piece);
  expect(made).toHaveLength(3);
  expect(made[0]).toMatch(/^reservation,status,customer/);
  expect(made[1]).toContain(`"'=HYPERLINK(""http://x"")"`);
  expect(made[1]).toContain('"A,1"');
  expect(made[2]).toContain("'@SUM(1)");
  expect(made[2]).toContain('"rain, and wind"');
  expect(counts).toEqual([2, 3]);
});
