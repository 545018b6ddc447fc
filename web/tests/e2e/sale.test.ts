import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operator, tabTo } from "./operators.ts";
import {
  call,
  expectAccessible,
  expectAccessibleEverywhere,
  fresh,
  makeItem,
  withBrowser,
} from "./stage.ts";

withBrowser();

const METRICS = "**/api/admin/metrics?*";

function hold(sku: string): Promise<{ reservation_id: string }> {
  const email = `${fresh("guest")}@example.org`;
  return call("operator", "POST", "/api/v1/inventory/reserve", { sku, quantity: 1, email });
}

test("a whole sale is run by keyboard alone", async () => {
  const { errors, page } = await operator("/sale");
  const { keyboard } = page;
  await page.getByRole("heading", { level: 1, name: "Live sale" }).waitFor();
  // Whoever may go there is known by then.
  await page.getByRole("link", { name: "Inventory" }).waitFor();
  await page.locator("main").focus();
  await keyboard.press("g");
  await keyboard.press("i");
  await page.getByRole("heading", { level: 1, name: "Inventory" }).waitFor();

  // It is put on sale.
  await tabTo(page, page.getByRole("link", { name: "New item" }));
  await keyboard.press("Enter");
  const sku = fresh("KEYS");
  await tabTo(page, page.getByRole("textbox", { name: "Name" }));
  await keyboard.type(`Lamp ${sku}`);
  await keyboard.press("Enter");
  await page.getByText("This is needed.").first().waitFor();
  await tabTo(page, page.getByRole("textbox", { name: "SKU" }));
  await keyboard.type(sku);
  await tabTo(page, page.getByRole("textbox", { name: "Capacity" }));
  await keyboard.type("10");
  await tabTo(page, page.getByRole("textbox", { name: "Price" }));
  await keyboard.type("19.99");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `Lamp ${sku}` }).waitFor();
  await page.getByText("€19.99").waitFor();
  await page.getByText("Yes, customers can have it now").waitFor();

  // Five more come, for a reason.
  await tabTo(page, page.getByRole("textbox", { name: "Units more or fewer" }));
  await keyboard.type("5");
  await tabTo(page, page.getByRole("textbox", { name: "Reason" }));
  await keyboard.type("Delivery 4711");
  await keyboard.press("Enter");
  await page.getByText("Done: the capacity is 15.").waitFor();
  await page
    .getByRole("cell", { name: /Capacity adjusted/ })
    .getByText("Delivery 4711")
    .waitFor();

  // It goes, and that is seen as it happens.
  const held = await hold(sku);
  await page.locator("[data-count=held]").getByText("1", { exact: true }).waitFor();
  await page.getByRole("cell", { name: "Held", exact: true }).waitFor();
  await tabTo(page, page.getByRole("link", { name: "Live sale" }).last());
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: `Live sale of Lamp ${sku}` }).waitFor();
  const figure = (name: string) => page.getByRole("group", { name, exact: true });
  await figure("Live holds").getByText("1", { exact: true }).waitFor();
  await call("operator", "POST", `/v1/reservations/${held.reservation_id}/confirm`, {});
  await figure("Sold").getByText("1 of 15 units").waitFor();
  await figure("Left").getByText("14", { exact: true }).waitFor();

  // A chart says its numbers, and gives them away.
  const chart = page.getByRole("slider", { name: /^Holds, confirms and expiries/ });
  await tabTo(page, chart);
  await keyboard.press("Home");
  const first = await chart.getAttribute("aria-valuetext");
  await keyboard.press("ArrowRight");
  expect(await chart.getAttribute("aria-valuenow")).toBe("1");
  expect(first).toMatch(/UTC|GMT/);
  expect(first).toContain("Holds 0/s");
  const region = page.getByRole("region", { name: /^Holds, confirms and expiries/ }).first();
  await page.locator("main").focus();
  await tabTo(page, region.getByRole("button", { name: "Download as CSV" }));
  const [file] = await Promise.all([page.waitForEvent("download"), keyboard.press("Enter")]);
  const [head = "", ...lines] = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(head).toBe("Time,Holds,Confirms,Expiries");
  expect(lines.length).toBeGreaterThanOrEqual(58);
  await keyboard.press("Shift+Tab");
  await keyboard.press("Enter");
  await region.getByRole("columnheader", { name: "Confirms" }).waitFor();

  // Another span, then all items: by keys, and in the address.
  await page.locator("main").focus();
  const item = page.getByRole("combobox", { name: "Item" });
  await tabTo(page, item);
  await keyboard.press("Control+a");
  await keyboard.type("FLASH-SALE");
  await page.getByRole("option", { name: /FLASH-SALE-001/ }).waitFor();
  await keyboard.press("ArrowDown");
  await keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /^Live sale of Noise-cancelling/ }).waitFor();
  expect(page.url()).toMatch(/item=item_/);
  await page.keyboard.press("Tab");
  await tabTo(page, page.getByRole("radio", { name: "15 minutes" }));
  await keyboard.press("ArrowRight");
  await page.waitForURL(/minutes=60/);
  expect(errors).toEqual([]);
});

test("two operators change the same stock: the second is told what it is now", async () => {
  const item = await makeItem(10);
  const [one, other] = await Promise.all([
    operator(`/inventory/${item.id}`),
    operator(`/inventory/${item.id}`, "admin"),
  ]);
  for (const { page } of [one, other]) {
    await page.getByText("Set", { exact: true }).click();
    await page.getByText("Only if it still is 10.").waitFor();
  }
  const field = { name: "New capacity" };
  await one.page.getByRole("textbox", field).fill("20");
  await other.page.getByRole("textbox", field).fill("15");
  await other.page.getByRole("button", { name: "Set the capacity" }).click();
  await other.page.getByText("Done: the capacity is 15.").waitFor();
  // Seen live, and still not what was thought of.
  await one.page.locator("[data-count=capacity]").getByText("15", { exact: true }).waitFor();
  await one.page.getByText("Only if it still is 10.").waitFor();
  await one.page.getByRole("button", { name: "Set the capacity" }).click();
  const told = one.page.getByRole("alert", { name: "Somebody else has changed it" });
  await told.getByText(/capacity is 15 now, and not 10/).waitFor();
  await expectAccessible(one.page);
  await told.getByRole("button", { name: "Go on from 15" }).click();
  expect(await one.page.getByRole("textbox", field).inputValue()).toBe("20");
  await one.page.getByRole("button", { name: "Set the capacity" }).click();
  await one.page.getByText("Done: the capacity is 20.").waitFor();
  await other.page.locator("[data-count=capacity]").getByText("20", { exact: true }).waitFor();
  const { data } = await call<{ data: { kind: string }[] }>(
    "operator",
    "GET",
    `/v1/offerings/${item.id}/ledger`,
  );
  expect(data.map(({ kind }) => kind)).toEqual(["created", "capacity_set", "capacity_set"]);
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("an item says why it cannot be had, and what its counts were before", async () => {
  const later = new Date(Date.now() + 86_400_000).toISOString();
  const item = await makeItem(3, { sale_starts_at: later });
  const { errors, page } = await operator(`/inventory/${item.id}`);
  await page.getByText("No: the sale has not begun yet").waitFor();
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByLabel("Sale begins").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Yes, customers can have it now").waitFor();
  await page.waitForTimeout(1_100);
  const before = new Date().toISOString();
  await page.waitForTimeout(300);
  for (let count = 0; count < 3; count += 1) await hold(item.sku);
  await page.getByText("No: too few are left").waitFor();
  await page.getByText("3 are held and 0 sold").waitFor();
  await page.goto(`${page.url().split("?")[0]}?at=${encodeURIComponent(before)}`);
  const then = page.getByRole("region", { name: "As it was" }).first();
  await then.getByText(/after entry 2 of the ledger/).waitFor();
  await then.locator("[data-count=available]").getByText("3", { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

test("alarms are said in words", async () => {
  const { page } = await operator("/sale");
  const alarm = (name: string) => page.locator(`[data-alarm][aria-label="${name}"]`);
  await alarm("Stock: Fine").waitFor();
  await page.route(METRICS, async (route) => {
    const answer = await route.fetch();
    const said = (await answer.json()) as { totals: object; reserving: object };
    const reserving = { requests: 100, refused: 10, failed: 60, p95Seconds: 0.75, seconds: 300 };
    const json = { ...said, totals: { ...said.totals, oversold: 2 }, reserving };
    await route.fulfill({ response: answer, json });
  });
  await page.reload();
  await alarm("Stock: Alarm")
    .getByText(/Of 2 items more is promised/)
    .waitFor();
  await alarm("Failing: Alarm")
    .getByText(/60% of the requests/)
    .waitFor();
  await alarm("Speed: Alarm")
    .getByText(/longer than 750 ms/)
    .waitFor();
  expect(await page.getByRole("alert").count()).toBe(3);
  await expectAccessible(page);
});

test("ten thousand items: page by page, found by name, kept in the address", async () => {
  const mark = fresh("MANY").toUpperCase();
  for (let block = 0; block < 10; block += 1) {
    const items = Array.from({ length: 1000 }, (_, index) => {
      const number = String(block * 1000 + index).padStart(5, "0");
      return { sku: `${mark}-${number}`, name: `Thing ${number} of ${mark}`, capacity: 5 };
    });
    await call("admin", "POST", "/v1/items/bulk", { items });
  }
  const { errors, page } = await operator(`/inventory?search=${mark}`);
  const row = (number: string) => page.getByRole("link", { name: `Thing ${number} of ${mark}` });
  await row("00049").waitFor();
  expect(await page.getByRole("row").count()).toBe(51);
  await page.getByRole("button", { name: "Next page" }).click();
  await row("00099").waitFor();
  await page.getByLabel("Name or SKU").fill(`${mark}-09999`);
  await page.keyboard.press("Enter");
  await row("09999").waitFor();
  expect(await page.getByRole("row").count()).toBe(2);
  await page.reload();
  await row("09999").waitFor();
  await row("09999").click();
  await page.getByRole("heading", { level: 1, name: `Thing 09999 of ${mark}` }).waitFor();
  await page.goBack();
  await row("09999").waitFor();
  // Among them all one is found by whoever watches a sale, too.
  await page.goto(new URL("/console/sale", page.url()).href);
  await page.getByRole("combobox", { name: "Item" }).fill(`${mark}-07777`);
  await page.getByRole("option", { name: new RegExp(`${mark}-07777`) }).click();
  await page
    .getByRole("heading", { level: 1, name: `Live sale of Thing 07777 of ${mark}` })
    .waitFor();
  expect(errors).toEqual([]);
});

test("many items come from a spreadsheet, or none and why", async () => {
  const { errors, page } = await operator("/inventory/import");
  const sku = fresh("CSV");
  const field = page.getByLabel("Spreadsheet");
  await field.fill(`sku,name,capacity\n${sku}-1,Chair,four\n`);
  await page.getByText("Line 2: capacity is no number").waitFor();
  await field.fill(`sku,name,capacity,price\n${sku}-1,Chair,4,20\n${sku}-2,Bed,1,\n`);
  await page.getByRole("button", { name: "Create 2 items" }).click();
  await page.getByText("Done: 2 items were created.").waitFor();
  await field.fill(`sku,name,capacity\n${sku}-3,Chair,4\n${sku}-2,Bed,1\n`);
  await page.getByRole("button", { name: "Create 2 items" }).click();
  await page.getByText("There is one already.").waitFor();
  const found = await call<{ data: object[] }>("operator", "GET", `/v1/items?search=${sku}`);
  expect(found.data).toHaveLength(2);
  expect(errors).toEqual([]);
});

test("a SKU that is taken is told at its field", async () => {
  const item = await makeItem(1);
  const { page } = await operator("/inventory/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Lamp");
  await page.getByRole("textbox", { name: "SKU" }).fill(item.sku);
  await page.getByRole("textbox", { name: "Capacity" }).fill("3");
  await page.getByRole("button", { name: "Create the item" }).click();
  await page.getByText("There is an item with this SKU already.").waitFor();
  await expectAccessible(page);
});

test("axe finds nothing at a sale and its stock, light and dark, at 320 and 1280 px", async () => {
  const item = await makeItem(2);
  await hold(item.sku);
  const { errors, page } = await operator("/sale", "operator");
  const paths = ["/sale", "/inventory", `/inventory/${item.id}`, `/inventory/${item.id}/edit`];
  for (const path of [...paths, "/inventory/new", "/inventory/import"]) {
    await page.goto(new URL(`/console${path}`, page.url()).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
  await page.goto(new URL("/console/sale", page.url()).href);
  const asTable = page.getByRole("button", { name: "Show as a table" });
  for (let chart = 0; chart < 4; chart += 1) await asTable.first().click();
  await expectAccessibleEverywhere(page);
  expect(errors).toEqual([]);
}, 120_000);
