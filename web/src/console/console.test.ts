import { expect, test } from "vitest";
import { SCREENS } from "./navigation.ts";

test("every screen of the navigation has a letter of its own", () => {
  const letters = SCREENS.map(({ key }) => key);
  expect(new Set(letters).size).toBe(letters.length);
});
