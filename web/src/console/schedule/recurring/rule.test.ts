import { expect, test } from "vitest";
import { readRule, writeRule } from "./rule.ts";

test("a weekly rule is read and written as it was", () => {
  const text = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR";
  expect(readRule(text)).toEqual({ kind: "weekly", every: 2, days: ["MO", "FR"] });
  expect(writeRule(readRule(text))).toBe(text);
});

test("days are written in the order of the week", () => {
  expect(writeRule({ kind: "weekly", every: 1, days: ["FR", "MO"] })).toBe(
    "FREQ=WEEKLY;BYDAY=MO,FR",
  );
});

test("what a form has no fields for stays as it is written", () => {
  for (const text of ["FREQ=MONTHLY;BYDAY=1MO", "FREQ=WEEKLY;BYDAY=MO;COUNT=4", "FREQ=WEEKLY"])
    expect(writeRule(readRule(text))).toBe(text);
});
