import { expect, test } from "vitest";
import { listQuery, parseSearch } from "./search.ts";

test("an address says what is looked for, and nothing that is not known", () => {
  expect(
    parseSearch({ status: "held", offering: "SKU-1", from: "2026-12-24", to: "x", other: 1 }),
  ).toEqual({ status: "held", offering: "SKU-1", from: "2026-12-24" });
  expect(parseSearch({ status: "gone", customer: 42, from: "2026-99-99x" })).toEqual({
    customer: "42",
  });
});

test("days are those of the reader's clocks, and the last one counts", () => {
  const query = listQuery({ from: "2026-12-24", to: "2026-12-24" }, "item_1");
  expect(query.offering).toBe("item_1");
  expect(Date.parse(query.from ?? "")).toBe(new Date(2026, 11, 24).getTime());
  expect(Date.parse(query.to ?? "")).toBe(new Date(2026, 11, 25).getTime());
});
