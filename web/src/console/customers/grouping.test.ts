import { expect, test } from "vitest";
import type { Reservation } from "../reservations/queries.ts";
import { byCustomer } from "./grouping.ts";

test("reservations are counted for each customer, the newest first", () => {
  const made = (customer: string | null, status: string, created_at: string) =>
    ({ customer, status, created_at }) as Reservation;
  expect(
    byCustomer([
      made("ada", "held", "2026-01-03T00:00:00Z"),
      made(null, "held", "2026-01-05T00:00:00Z"),
      made("bob", "confirmed", "2026-01-04T00:00:00Z"),
      made("ada", "expired", "2026-01-01T00:00:00Z"),
    ]),
  ).toEqual([
    { customer: "bob", count: 1, held: 0, newest: "2026-01-04T00:00:00Z" },
    { customer: "ada", count: 2, held: 1, newest: "2026-01-03T00:00:00Z" },
  ]);
});
