import { expect, test } from "vitest";
import { attends } from "./Acts.tsx";
import { extendable, lineBody, longer } from "./acts.ts";
import type { Reservation } from "./queries.ts";

const NOON = Date.parse("2026-12-24T12:00:00Z");

function made(more: object): Reservation {
  return { lines: [], ...more } as unknown as Reservation;
}

test("an extension asks for two minutes more, and for no more than is allowed", () => {
  const expires_at = "2026-12-24T12:01:00Z";
  expect(longer(made({ expires_at, extend_until: "2026-12-24T13:00:00Z" }), NOON)).toBe(180);
  expect(longer(made({ expires_at, extend_until: "2026-12-24T12:01:30Z" }), NOON)).toBe(90);
  expect(extendable(made({ expires_at, extend_until: "2026-12-24T12:01:03Z" }))).toBe(false);
});

test("lines are named by slot, item or SKU", () => {
  expect(lineBody({ offering: "slot_1", quantity: 2 })).toEqual({ slot: "slot_1", quantity: 2 });
  expect(lineBody({ offering: "item_1", quantity: 1 })).toEqual({ item: "item_1", quantity: 1 });
  expect(lineBody({ offering: " SKU ", quantity: 1 })).toEqual({ sku: "SKU", quantity: 1 });
});

test("somebody came from two hours before the first slot on, and did not once the last began", () => {
  const lines = [{ starts_at: "2026-12-24T13:00:00Z" }, { starts_at: "2026-12-24T15:00:00Z" }];
  const hours = (count: number) => NOON + count * 3_600_000;
  const it = made({ lines, status: "confirmed" });
  expect(attends(it, hours(-2))).toEqual({ came: false, noShow: false });
  expect(attends(it, hours(-1))).toEqual({ came: true, noShow: false });
  expect(attends(it, hours(3))).toEqual({ came: true, noShow: true });
  expect(attends(made({ lines, status: "fulfilled" }), hours(4))).toEqual({
    came: false,
    noShow: true,
  });
  expect(attends(made({ lines: [{ starts_at: null }], status: "confirmed" }), hours(4))).toEqual({
    came: false,
    noShow: false,
  });
});
