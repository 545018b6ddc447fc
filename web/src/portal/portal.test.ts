import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { portalRoutes } from "./routes.tsx";
import { extendable, longer } from "./storefront/acts.ts";
import { addGuestHold, dropGuestHold, guestHolds } from "./storefront/guestHolds.ts";
import { saleState } from "./storefront/products.ts";

afterEach(() => localStorage.clear());

test("the server knows every place of the portal", () => {
  const places = JSON.parse(
    readFileSync("../src/firmhold/doors/console/places.json", "utf8"),
  ) as Record<string, string[]>;
  const children = Object.values(portalRoutes.children ?? {}) as { options: { path: string } }[];
  const first = children.map(({ options }) => options.path.split("/")[1] ?? "");
  expect(first.length).toBeGreaterThan(5);
  for (const name of first) expect(["", ...(places.portal ?? [])]).toContain(name);
});

test("what a guest holds is kept in the browser, each hold once", () => {
  addGuestHold({ reservation: "rsv_1", token: "a" });
  addGuestHold({ reservation: "rsv_1", token: "b" });
  addGuestHold({ reservation: "rsv_2", token: "c" });
  dropGuestHold("rsv_2");
  expect(guestHolds()).toEqual([{ reservation: "rsv_1", token: "b" }]);
});

test("nonsense in the browser's storage is nothing", () => {
  localStorage.setItem("firmhold.guest-holds", '[1, null, {"reservation": 3}]');
  expect(guestHolds()).toEqual([]);
  localStorage.setItem("firmhold.guest-holds", "{");
  expect(guestHolds()).toEqual([]);
});

const START = Date.parse("2030-01-01T00:00:00Z");
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString();
type Reservation = Parameters<typeof longer>[0];

test("an extension asks for two minutes more, within what is allowed", () => {
  const hold = { expires_at: at(60), extend_until: at(600) } as Reservation;
  expect(longer(hold, START)).toBe(180);
  expect(longer({ ...hold, extend_until: at(90) }, START)).toBe(90);
  expect(extendable(hold)).toBe(true);
  expect(extendable({ ...hold, extend_until: at(62) })).toBe(false);
  expect(extendable({ ...hold, extend_until: null })).toBe(false);
});

test("a sale is sold out and open again as units go and come", () => {
  const product = { status: "live" } as Parameters<typeof saleState>[0];
  expect(saleState(product, 0)).toBe("sold_out");
  expect(saleState({ ...product, status: "sold_out" }, 2)).toBe("live");
  expect(saleState({ ...product, status: "ended" }, 2)).toBe("ended");
});
