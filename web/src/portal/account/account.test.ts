import { expect, test } from "vitest";
import { deviceOf } from "./device.ts";

test("a program is called what people know it by", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  expect(deviceOf(firefox)).toBe("Firefox, Linux");
  const safari =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
  expect(deviceOf(safari)).toBe("Safari, iPhone");
  const edge =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
  expect(deviceOf(edge)).toBe("Edge, Windows");
  expect(deviceOf("curl/8.0")).toBe("curl/8.0");
  expect(deviceOf(null)).toBeNull();
});
