import { expect, test } from "vitest";
import { conflictOf, type Pool, takenFrom } from "./conflicts.ts";

const at = (hour: number, minute = 0) => Date.UTC(2035, 2, 5, hour, minute);
const iso = (time: number) => new Date(time).toISOString();
const pool = (units: number, before = 0, after = 0) =>
  ({
    id: "pool_1",
    name: "Ventilator",
    units,
    before_minutes: before,
    after_minutes: after,
  }) as Pool;
const loan = (slot: string, from: number, to: number, units = 1) => ({
  slot,
  title: "Hip",
  per: "slot" as const,
  units,
  starts_at: iso(from),
  ends_at: iso(to),
});
const need = (units = 1) => ({ pool: "pool_1", units, per: "slot" as const });

test("a room that is being cleaned is taken", () => {
  const room = pool(1, 15, 30);
  const time = takenFrom(room, at(10), at(12));
  const found = conflictOf(room, need(), [loan("slot_1", at(7, 45), at(10, 30))], time, null);
  expect(found?.left).toBe(0);
  expect(found?.loans).toHaveLength(1);
});

test("what ends as the other begins is not in its way", () => {
  const found = conflictOf(
    pool(1),
    need(),
    [loan("slot_1", at(8), at(10))],
    takenFrom(pool(1), at(10), at(12)),
    null,
  );
  expect(found).toBeNull();
});

test("two that follow each other take one of two, so that another is left all the time", () => {
  const loans = [loan("slot_1", at(8), at(10)), loan("slot_2", at(10), at(12))];
  const time = takenFrom(pool(2), at(9), at(11));
  expect(conflictOf(pool(2), need(), loans, time, null)).toBeNull();
  expect(conflictOf(pool(2), need(2), loans, time, null)?.left).toBe(1);
});

test("a slot that is moved is not in its own way", () => {
  const loans = [loan("slot_1", at(8), at(10))];
  const time = takenFrom(pool(1), at(9), at(11));
  expect(conflictOf(pool(1), need(), loans, time, "slot_1")).toBeNull();
});
