import { expect, test } from "vitest";
import { inWords } from "./words.ts";

test("a length is said by all its parts", () => {
  expect(inWords(60, "en")).toBe("1 minute");
  expect(inWords(90 * 60, "en")).toBe("1 hour, 30 minutes");
  expect(inWords(1440 * 60, "en")).toBe("1 day");
  expect(inWords(1441 * 60, "en")).toBe("1 day, 1 minute");
  expect(inWords(43_200 * 60, "en")).toBe("30 days");
  expect(inWords(3661, "en")).toBe("1 hour, 1 minute, 1 second");
});

test("likewise in German", () => {
  expect(inWords(2 * 86_400, "de")).toBe("2 Tage");
  expect(inWords(90 * 60, "de")).toBe("1 Stunde, 30 Minuten");
});

test("what is no length has no words", () => {
  for (const none of [0, -60, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
    expect(inWords(none, "en"), String(none)).toBe("");
});
