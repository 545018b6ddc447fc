/** Pictures of the main screens, with the demo's data. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { at, call, withBrowser } from "./stage.ts";

withBrowser();

const FOLDER = resolve(import.meta.dirname, "../../../docs/screens");

interface Screen {
  name: string;
  title: string;
  path: string;
}

/** A day on which the demo has plans. */
const NEXT = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);

const PORTAL: Screen[] = [
  { name: "sale", title: "What is on sale", path: "/sale" },
  { name: "product", title: "A sale", path: "/sale/FLASH-SALE-001" },
  { name: "appointments", title: "Appointments", path: "/appointments" },
  { name: "reservations", title: "My reservations", path: "/reservations" },
  { name: "account", title: "Account", path: "/account" },
];

const CONSOLE: Screen[] = [
  { name: "live-sale", title: "Live sale", path: "/console/sale" },
  { name: "inventory", title: "Inventory", path: "/console/inventory" },
  { name: "schedule", title: "Schedule", path: `/console/schedule?date=${NEXT}` },
  { name: "bookings", title: "Reservations", path: "/console/reservations" },
  { name: "waitlist", title: "Waitlist", path: "/console/waitlist" },
  { name: "customers", title: "Customers", path: "/console/customers" },
  { name: "people", title: "Users and roles", path: "/console/people" },
  { name: "keys", title: "API keys", path: "/console/keys" },
  { name: "webhooks", title: "Webhooks", path: "/console/webhooks" },
  { name: "notifications", title: "Notifications", path: "/console/notifications?view=templates" },
  { name: "audit", title: "Audit", path: "/console/audit" },
  { name: "reports", title: "Reports", path: "/console/reports" },
  { name: "settings", title: "Settings", path: "/console/settings" },
];

const SCHEMES = ["light", "dark"] as const;

const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
};

async function settled(page: Page): Promise<void> {
  await page.locator("h1").waitFor();
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => document.querySelector("[aria-busy=true]") === null);
}

async function take(role: string, screens: Screen[]): Promise<void> {
  for (const colorScheme of SCHEMES) {
    const [start] = screens;
    const signIn = start?.path.startsWith("/console") ? start.path : "/account/sign-in";
    const { errors, page } = await at(signIn, role, { colorScheme });
    for (const [size, viewport] of Object.entries(SIZES)) {
      await page.setViewportSize(viewport);
      for (const { name, path } of screens) {
        await page.goto(new URL(path, page.url()).href);
        await settled(page);
        await page.screenshot({ path: join(FOLDER, picture(name, size, colorScheme)) });
      }
    }
    expect(errors).toEqual([]);
  }
}

function picture(name: string, size: string, colorScheme: string): string {
  return `${name}-${size}-${colorScheme}.png`;
}

/** The page that shows them. */
function written(): string {
  const parts = [
    "# The main screens",
    "With the data of `make demo`. Made by `npm run gallery` in [`web/`](../../web/README.md).",
  ];
  for (const [title, screens] of [
    ["The portal", PORTAL],
    ["The console", CONSOLE],
  ] as const) {
    parts.push(`## ${title}`);
    for (const screen of screens) {
      const cells = Object.keys(SIZES).flatMap((size) =>
        SCHEMES.map(
          (scheme) =>
            `![${screen.title}, ${size}, ${scheme}](${picture(screen.name, size, scheme)})`,
        ),
      );
      parts.push(
        `### ${screen.title}`,
        [
          "| desktop, light | desktop, dark | phone, light | phone, dark |",
          "|---|---|---|---|",
          `| ${cells.join(" | ")} |`,
        ].join("\n"),
      );
    }
  }
  return `${parts.join("\n\n")}\n`;
}

test("pictures are taken", async () => {
  mkdirSync(FOLDER, { recursive: true });
  const held = await call<{ id: string }>("customer", "POST", "/v1/reservations", {
    lines: [{ sku: "TENT-2P", quantity: 1 }],
  });
  await take("customer", PORTAL);
  await call("customer", "POST", `/v1/reservations/${held.id}/release`, {});
  await take("admin", CONSOLE);
  writeFileSync(join(FOLDER, "README.md"), written());
});
