import { expect, test } from "vitest";
import { programOf } from "./agents.ts";

test("browsers are named as people know them, programs by their own words", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  expect(programOf(chrome)).toBe("Chrome, Linux");
  expect(programOf(`${chrome} Edg/140.0`)).toBe("Edge, Linux");
  expect(programOf("curl/8.0")).toBe("curl/8.0");
  expect(programOf(null)).toBeNull();
});
