import { expect, test } from "vitest";
import { draftOf, isSame, oneMore, requestOf } from "./settings.ts";

const SETTINGS = {
  channels: ["log", "email"],
  kinds: ["reminder", "confirmation"],
  language: "de",
  reminder_minutes: [1440, 60],
  expiry_seconds: 3600,
  updated_at: null,
};

test("what was turned off and on again is what it was", () => {
  const draft = draftOf(SETTINGS);
  const without = { ...draft, channels: draft.channels.filter((it) => it !== "email") };
  expect(isSame(draft, without)).toBe(false);
  expect(isSame(draft, { ...without, channels: [...without.channels, "email"] })).toBe(true);
});

test("numbers are sent as numbers, and everything together", () => {
  expect(requestOf({ ...draftOf(SETTINGS), language: " en ", minutes: ["90"] })).toEqual({
    channels: ["email", "log"],
    kinds: ["confirmation", "reminder"],
    language: "en",
    reminder_minutes: [90],
    expiry_seconds: 3600,
  });
});

test("one more reminder is at a time at which there is none", () => {
  expect(oneMore([])).toBe(1440);
  expect(oneMore([1440, "60"])).toBe(10_080);
  expect(oneMore([1440, 60, 10_080, 180, 15, 2880])).toBe("");
});
