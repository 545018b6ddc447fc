import { expect, test } from "vitest";
import { minorUnits, typedAmount } from "./amounts.ts";
import { momentOf, NO_TERMS, needsOf, slotRequest } from "./draft.ts";

const BERLIN = { id: "site_1", zone: "Europe/Berlin" };

test("amounts are typed with a comma or a point, in whatever parts the currency has", () => {
  expect(minorUnits("19,99", "EUR")).toBe(1999);
  expect(minorUnits("19.9", "EUR")).toBe(1990);
  expect(minorUnits("500", "JPY")).toBe(500);
  expect(minorUnits("1.5", "JPY")).toBeNull();
  expect(minorUnits("1,999", "EUR")).toBeNull();
  expect(minorUnits("-3", "EUR")).toBeNull();
  expect(typedAmount({ amount: 1999, currency: "EUR" })).toBe("19.99");
});

test("the second of two times stays the second", () => {
  const second = Date.parse("2027-10-31T02:30:00+01:00");
  const start = momentOf(second, BERLIN.zone);
  expect(start).toEqual({ date: "2027-10-31", time: "02:30", second: true });
  const end = momentOf(second + 3_600_000, BERLIN.zone);
  const request = slotRequest({ ...NO_TERMS, title: "Night", open: true, start, end }, BERLIN);
  expect(request).toMatchObject({
    starts_at: "2027-10-31T02:30:00+01:00",
    ends_at: "2027-10-31T03:30:00+01:00",
  });
});

test("what a form leaves empty is said to be nothing", () => {
  const start = momentOf(Date.parse("2027-03-23T08:00:00Z"), BERLIN.zone);
  const request = slotRequest(
    { ...NO_TERMS, title: " Hip ", open: true, start, end: start },
    BERLIN,
  );
  expect(request).toMatchObject({ title: "Hip", price: null, room: null, hold_ttl_seconds: null });
});

test("a room and a practitioner are needed like anything else", () => {
  const needs = [{ pool: "pool_air", units: 2, per: "reservation" as const }];
  expect(needsOf({ ...NO_TERMS, room: "pool_room", needs })).toEqual([
    { pool: "pool_room", units: 1, per: "slot" },
    ...needs,
  ]);
});
