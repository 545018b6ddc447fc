import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  at,
  call,
  expectAccessible,
  expectAccessibleEverywhere,
  fresh,
  type Item,
  makeItem,
  withBrowser,
} from "./stage.ts";

withBrowser();

interface Made {
  id: string;
  status: string;
}

function hold(item: Item, customer = fresh("customer"), more: object = {}): Promise<Made> {
  const lines = [{ sku: item.sku, quantity: 1 }];
  return call("operator", "POST", "/v1/reservations", { customer, lines, ...more });
}

async function holdMany(item: Item, count: number, more: (index: number) => object) {
  const made: Made[] = [];
  for (let begin = 0; begin < count; begin += 50)
    made.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(50, count - begin) }, (_, index) =>
          hold(item, `customer-${begin + index}`, more(begin + index)),
        ),
      )),
    );
  return made;
}

test("300 are cancelled at once, with one failing in between, stopped and taken up again", async () => {
  const item = await makeItem(400, { hold_ttl_seconds: 1800 });
  const made = await holdMany(item, 300, () => ({}));
  const { errors, page } = await at(
    `/console/reservations?offering=${item.sku}&status=held`,
    "operator",
  );
  const keys = new Map<string, Set<string>>();
  await page.route("**/release", async (route) => {
    const { "idempotency-key": key = "" } = route.request().headers();
    const known = keys.get(route.request().url()) ?? new Set();
    keys.set(route.request().url(), known.add(key));
    await new Promise((over) => setTimeout(over, 20));
    await route.continue();
  });
  await page.getByRole("button", { name: "Cancel all found…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("300 reservations").waitFor();
  // Somebody else is faster with one of them.
  await call("admin", "POST", `/v1/reservations/${made[150]?.id}/confirm`, {});
  await dialog.getByRole("button", { name: "Cancel 300 now" }).click();
  await dialog.getByRole("button", { name: "Stop" }).click();
  await dialog
    .getByText(/^Over: \d+ of 300/)
    .first()
    .waitFor();
  await dialog.getByText(/^Not begun: \d+$/).waitFor();
  await expectAccessible(page);

  await dialog.getByRole("button", { name: /^Try the other \d+ again/ }).click();
  await dialog.getByText("Over: 299 of 300").first().waitFor({ timeout: 90_000 });
  await dialog.getByText("Refused: 1").waitFor();
  await dialog.getByText("This is confirmed already.").waitFor();
  const counts = await call<{ available: number; confirmed: number; held: number }>(
    "admin",
    "GET",
    `/v1/items/${item.id}`,
  );
  expect(counts).toMatchObject({ available: 399, confirmed: 1, held: 0 });
  expect(
    [...keys.values()].every(({ size }) => size === 1),
    "repeats have the same key",
  ).toBe(true);
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.getByText("No reservation is like that").waitFor();
  expect(errors).toEqual([]);
}, 180_000);

test("10,000 rows: filters in the address, a page size that is kept, all of it as CSV", async () => {
  const item = await makeItem(10_000, { hold_ttl_seconds: 3600 });
  await holdMany(item, 10_000, (index) => ({
    confirm: index % 4 === 0,
    ...(index === 5 ? { notes: "=1+1" } : {}),
  }));
  const { errors, page } = await at(`/console/reservations?offering=${item.sku}`, "operator");
  const rows = page.locator("tbody tr");
  await rows.nth(49).waitFor();
  await page.getByLabel("Rows").selectOption("100");
  await rows.nth(99).waitFor();
  await page.getByLabel("Status").selectOption("confirmed");
  await page.waitForURL(/status=confirmed/);
  await page.getByText("Page 1").waitFor();
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll("tbody tr")].length === 100 &&
      [...document.querySelectorAll("tbody tr")].every((row) =>
        row.textContent?.includes("Confirmed"),
      ),
  );
  for (let number = 2; number <= 25; number += 1) {
    await page.getByRole("button", { name: "Next page" }).click();
    await page.getByText(`Page ${number}`).waitFor();
  }
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 100);
  await page.getByRole("textbox", { name: "Customer" }).fill("customer-4444");
  await page.keyboard.press("Enter");
  await page.waitForURL(/customer=customer-4444/);
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await page.goBack();
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 100);
  await page.reload();
  await rows.nth(99).waitFor();
  expect(await page.getByLabel("Status").inputValue()).toBe("confirmed");

  await page.getByLabel("Status").selectOption("");
  await page.waitForURL((url) => !url.search.includes("status"));
  const [file] = await Promise.all([
    page.waitForEvent("download", { timeout: 60_000 }),
    page.getByRole("button", { name: "Export as CSV" }).click(),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\r\n");
  expect(lines).toHaveLength(10_001);
  expect(lines.filter((line) => /^rsv_\w+,confirmed,/.test(line))).toHaveLength(2_500);
  expect(lines.filter((line) => line.includes("'=1+1"))).toHaveLength(1);
  await page.getByText("10,000 rows exported").waitFor();
  expect(errors).toEqual([]);
}, 400_000);

test("two operators act on the same one: the slower is told what it is now, and by whom", async () => {
  const item = await makeItem(5);
  const { id } = await hold(item);
  const one = await at(`/console/reservations/${id}`, "operator");
  const other = await at("/console/settings", "admin");
  // Where the live connection is held up, the page does not know yet.
  await other.page.routeWebSocket(/\/v1\/live/, () => undefined);
  await other.page.goto(new URL(`/console/reservations/${id}`, other.page.url()).href);
  await other.page.getByRole("button", { name: "Confirm" }).waitFor();

  await one.page.getByRole("button", { name: "Release" }).click();
  await one.page.getByRole("button", { name: "Release it" }).click();
  await one.page.getByText("Done: Released.").waitFor();

  await other.page.getByRole("button", { name: "Confirm" }).click();
  await other.page.getByText("This was given back already.").waitFor();
  await other.page.getByText(/It is now as shown here: Released\./).waitFor();
  await other.page.locator("[data-status=released]").waitFor();
  const history = other.page.locator("table[data-history]");
  await history.getByText("operator@demo.example").last().waitFor();
  expect(await other.page.getByRole("button", { name: "Confirm" }).count()).toBe(0);
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("a new one is announced and does not jump under the hand; a status changes where it is", async () => {
  const item = await makeItem(5);
  const first = await hold(item);
  const { errors, page } = await at(`/console/reservations?offering=${item.sku}`, "operator");
  await page.getByText("Live", { exact: true }).waitFor();
  const rows = page.locator("tbody tr");
  await rows.first().getByText("Held").waitFor();
  await hold(item);
  await page.getByText("1 newer reservation").waitFor();
  expect(await rows.count()).toBe(1);
  await call("admin", "POST", `/v1/reservations/${first.id}/confirm`, {});
  await rows.first().getByText("Confirmed").waitFor();
  await page.getByRole("button", { name: "Show" }).click();
  await rows.nth(1).waitFor();
  expect(errors).toEqual([]);
});

test("by keyboard alone: made for a customer, found, moved and cancelled with a reason", async () => {
  const [item, better] = await Promise.all([makeItem(5), makeItem(5)]);
  const customer = `${fresh("grace")}@example.org`;
  const { errors, page } = await at("/console/reservations", "operator");
  await page.getByRole("heading", { level: 1, name: "Reservations" }).waitFor();
  const { keyboard } = page;
  await page.getByRole("link", { name: "New reservation" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "New reservation" }).waitFor();
  await page.getByLabel("Customer", { exact: false }).first().focus();
  await keyboard.type(customer);
  await keyboard.press("Tab");
  await keyboard.type(item.sku);
  await page.getByRole("option", { name: new RegExp(item.sku) }).waitFor();
  await keyboard.press("ArrowDown");
  await page.locator("[data-combobox-selected]").waitFor();
  await keyboard.press("Enter");
  await page.getByLabel(/Confirm at once/).focus();
  await keyboard.press("Space");
  await keyboard.press("Enter");
  await page.locator("[data-status=confirmed]").waitFor();

  await page.getByRole("button", { name: "Move…" }).focus();
  await keyboard.press("Enter");
  const line = page.getByRole("combobox", { name: "Item or slot 1" });
  await line.focus();
  await keyboard.press("Control+a");
  await keyboard.type(better.sku);
  await page.getByRole("option", { name: new RegExp(better.sku) }).waitFor();
  await keyboard.press("Escape");
  await page.getByRole("button", { name: "Move it" }).focus();
  await keyboard.press("Enter");
  await page.getByText("Done: Confirmed.").waitFor();
  await page.locator("table[data-history]").getByText("Moved").first().waitFor();

  await page.getByRole("link", { name: "All reservations" }).focus();
  await keyboard.press("Enter");
  await page.getByRole("textbox", { name: "Customer" }).focus();
  await keyboard.type(customer);
  await keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelectorAll("tbody tr").length === 1);
  await page.locator("tbody tr").first().focus();
  await keyboard.press("Enter");
  await page.getByRole("button", { name: "Cancel…" }).focus();
  await keyboard.press("Enter");
  await page.getByLabel("Reason").waitFor();
  await page.waitForFunction(() => document.activeElement?.tagName === "INPUT");
  await keyboard.type("Fell ill");
  await keyboard.press("Enter");
  await page.locator("[data-status=cancelled]").waitFor();
  await page.getByRole("region", { name: "History" }).getByText("Fell ill").waitFor();
  expect(errors).toEqual([]);
});

test("a hold is extended, refused where there is not enough, and its customer's page counts down", async () => {
  const item = await makeItem(1, { hold_ttl_seconds: 600 });
  const customer = `${fresh("ada")}@example.org`;
  const { errors, page } = await at(
    `/console/reservations/new?customer=${encodeURIComponent(customer)}`,
    "operator",
  );
  await page.getByRole("combobox", { name: "Item or slot 1" }).fill(item.sku);
  await page.getByLabel("Units").fill("2");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.getByText("there is not enough left").waitFor();
  await page.getByLabel("Units").fill("1");
  await page.getByLabel(/Hold for/).fill("2");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.locator("[data-status=held]").waitFor();
  await page.getByRole("button", { name: "Two more minutes" }).click();
  await page.locator("table[data-history]").getByText("Extended").waitFor();
  await page.getByRole("link", { name: customer }).click();
  await page.getByRole("heading", { level: 1, name: customer }).waitFor();
  const held = page.getByRole("region", { name: "Held now" });
  await held.getByRole("timer").waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.locator("[data-status=confirmed]").waitFor();
  expect(errors).toEqual([]);
});

test("axe finds nothing, light and dark, at 320 and 1280 px", async () => {
  const item = await makeItem(5);
  const { id } = await hold(item, "ada@example.org");
  // What fades in has less contrast meanwhile.
  const options = { reducedMotion: "reduce" as const };
  const { errors, page } = await at("/console/reservations", "admin", options);
  for (const path of [
    "/console/reservations",
    `/console/reservations/${id}`,
    "/console/reservations/rsv_none",
    "/console/reservations/new",
    "/console/customers",
    "/console/customers/ada%40example.org",
  ]) {
    await page.goto(new URL(path, page.url()).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
  await page.goto(new URL(`/console/reservations/${id}`, page.url()).href);
  for (const name of ["Release", "Move…"]) {
    await page.getByRole("button", { name }).click();
    await page.getByRole("dialog").waitFor();
    await expectAccessibleEverywhere(page);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  }
  expect(errors).toEqual([]);
}, 120_000);
