/** Pictures of the main screens, with the demo's data. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, call, withBrowser } from "./stage.ts";

withBrowser();

const FOLDER = resolve(import.meta.dirname, "../../../docs/screens");

const PORTAL = {
  sale: "/sale",
  product: "/sale/FLASH-SALE-001",
  appointments: "/appointments",
  reservations: "/reservations",
  account: "/account",
};

const CONSOLE = {
  "live-sale": "/console/sale",
  inventory: "/console/inventory",
  schedule: "/console/schedule",
  bookings: "/console/reservations",
  waitlist: "/console/waitlist",
  people: "/console/people",
  webhooks: "/console/webhooks",
  audit: "/console/audit",
  reports: "/console/reports",
  settings: "/console/settings",
};

const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

async function settled(page: Page): Promise<void> {
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
}

async function take(role: string, screens: Record<string, string>): Promise<number> {
  let taken = 0;
  for (const colorScheme of ["light", "dark"] as const) {
    const [start = "/"] = Object.values(screens);
    const signIn = start.startsWith("/console") ? start : "/account/sign-in";
    const { page } = await at(signIn, role, { colorScheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const [name, path] of Object.entries(screens)) {
        await page.goto(new URL(path, page.url()).href);
        await settled(page);
        await page.screenshot({ path: `${FOLDER}/${name}-${size}-${colorScheme}.png` });
        taken += 1;
      }
    }
  }
  return taken;
}

test("pictures are taken", async () => {
  mkdirSync(FOLDER, { recursive: true });
  const held = await call<{ id: string }>("customer", "POST", "/v1/reservations", {
    lines: [{ sku: "TENT-2P", quantity: 1 }],
  });
  expect(await take("customer", PORTAL)).toBe(20);
  expect(await take("admin", CONSOLE)).toBe(40);
  await call("customer", "POST", `/v1/reservations/${held.id}/release`, {});
});
