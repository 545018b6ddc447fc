import { expect, test } from "vitest";
import { dateIn, datesOf, everyOf, plusDays, queryOf, readFilters } from "./filters.ts";
import type { UseStep } from "./shapes.ts";
import { addedUp } from "./use.ts";

const NOW = Date.parse("2030-03-01T02:00:00Z");

test("days are those of the zone", () => {
  expect(dateIn("America/Los_Angeles", NOW)).toBe("2030-02-28");
  expect(dateIn("Europe/Berlin", NOW)).toBe("2030-03-01");
  expect(plusDays("2028-02-28", 2)).toBe("2028-03-01");
});

test("a period ends with today, and the server is asked for all of that day", () => {
  expect(datesOf({ zone: "UTC" }, NOW)).toEqual({ from: "2030-02-23", to: "2030-03-01" });
  expect(queryOf("holds", { zone: "UTC", item: "item_1" }, NOW)).toEqual({
    from: "2030-02-23",
    to: "2030-03-02",
    zone: "UTC",
    every: "day",
    offering: "item_1",
  });
});

test("what a report does not take is not sent to it", () => {
  const filters = {
    zone: "UTC",
    item: "item_1",
    site: "site_1",
    kind: "room",
    by: "pool",
  } as const;
  expect(Object.keys(queryOf("sell-outs", filters, NOW))).toEqual([
    "from",
    "to",
    "zone",
    "offering",
  ]);
  expect(queryOf("utilisation", filters, NOW)).not.toHaveProperty("offering");
  expect(queryOf("no-shows", filters, NOW)).toMatchObject({ by: "pool", site: "site_1" });
});

test("an address that makes no sense is read without what makes none", () => {
  expect(readFilters({ period: "own", from: "yesterday", to: "2030-01-02", by: 7 })).toEqual({
    period: "own",
    to: "2030-01-02",
  });
  expect(everyOf({ period: "today" })).toBe("hour");
  expect(everyOf({ period: "today", every: "day" })).toBe("day");
});

test("shares are of all seconds together, open ones where they are known", () => {
  // Shares are of all steps together, so those of each do not matter.
  const step = (pool: string, booked: number, open: number | null): UseStep => ({
    taken_of_open: null,
    slots_of_open: null,
    booked_of_open: null,
    taken_of_owned: null,
    slots_of_owned: null,
    booked_of_owned: null,
    pool,
    kind: "room",
    name: pool,
    from: "2030-01-01T00:00:00Z",
    to: "2030-01-02T00:00:00Z",
    seconds_taken: booked,
    seconds_in_slots: booked,
    seconds_booked: booked,
    seconds_open: open,
    seconds_owned: 1000,
  });
  const use = addedUp(
    [step("a", 50, 100), step("a", 0, 100), step("b", 250, null)],
    ({ pool }) => pool,
  );
  expect(use.get("a")?.booked).toBe(0.25);
  expect(use.get("b")?.booked).toBe(0.25);
  expect(addedUp([step("a", 0, 0)], ({ pool }) => pool).get("a")?.booked).toBeNull();
});
