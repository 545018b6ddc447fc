import { expect, test } from "vitest";
import type { Reservation } from "../storefront/reservations.ts";
import { movedLines } from "./acts.ts";
import { codeOf } from "./code.ts";
import { historyOf } from "./history.ts";
import { listSearch } from "./search.ts";

test("a code is the time and the tail of an id, and nothing of what is no id", () => {
  expect(codeOf("rsv_01a22869a6ca76129877096545c6fc2a")).toMatch(
    /^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/,
  );
  expect(codeOf("rsv_00000000000000000000000000000001")).toBe("0000-0000-0000-0001");
  expect(codeOf("rsv_ffffffffffffffffffffffffffffffff")).toBeNull();
  expect(codeOf("rsv_1")).toBeNull();
});

test("moving leaves everything else as it is, and takes along what is still claimed", () => {
  const reservation = {
    lines: [
      { offering: "slot_1", held: 0, confirmed: 2 },
      { offering: "item_1", held: 1, confirmed: 0 },
      { offering: "slot_2", held: 0, confirmed: 0 },
    ],
  } as Reservation;
  expect(movedLines(reservation, { from: "slot_1", to: "slot_9" })).toEqual([
    { slot: "slot_9", quantity: 2 },
    { item: "item_1", quantity: 1 },
  ]);
});

test("the history is in the order in which it happened", () => {
  const base = { created_at: "a", confirmed_at: null, ended_at: null } as unknown as Reservation;
  const steps = (more: object) => historyOf({ ...base, ...more }).map(({ what }) => what);
  expect(steps({})).toEqual(["held"]);
  expect(steps({ confirmed_at: "b", ended_at: "c" })).toEqual(["held", "confirmed", "ended"]);
  expect(steps({ confirmed_at: "a" })).toEqual(["made", "confirmed"]);
});

test("only a status that there is filters", () => {
  expect(listSearch({ status: "held" })).toEqual({ status: "held" });
  expect(listSearch({ status: "nonsense" })).toEqual({});
});
