import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operator, tabTo } from "./operators.ts";
import { call, expectAccessibleEverywhere, fresh, makeItem, withBrowser } from "./stage.ts";

withBrowser();

const REPORTS = ["holds", "sell-through", "sell-outs", "utilisation", "no-shows"];

test("what became of the holds of an item is told, drawn, and given away", async () => {
  const item = await makeItem(4);
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const email = `${fresh("guest")}@example.org`;
    const body = { sku: item.sku, quantity: 1, email };
    const made = await call<{ reservation_id: string }>(
      "operator",
      "POST",
      "/api/v1/inventory/reserve",
      body,
    );
    ids.push(made.reservation_id);
  }
  for (const [index, id] of ids.entries()) {
    const act = index < 3 ? "confirm" : "release";
    await call("operator", "POST", `/v1/reservations/${id}/${act}`, {});
  }
  const { errors, page } = await operator(`/reports/holds?item=${item.id}&zone=Asia/Tokyo`);
  const figure = (name: string) => page.getByRole("group", { name, exact: true });
  await figure("Holds").getByText("4", { exact: true }).waitFor();
  await figure("Conversion").getByText("75%").waitFor();
  await figure("Expiry rate").getByText("0%", { exact: true }).waitFor();
  await page.getByText(/^As of .*(GMT\+9|JST)/).waitFor();

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the report as CSV" }).click(),
  ]);
  const [head = "", ...lines] = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\r\n");
  expect(head).toContain("expiry_rate");
  expect(lines).toHaveLength(7);

  await page.getByRole("link", { name: "Sell-through" }).click();
  const chart = page.getByRole("slider", { name: /^Sell-through over time/ });
  await page.locator("main").focus();
  await tabTo(page, chart);
  await page.keyboard.press("End");
  expect(await chart.getAttribute("aria-valuetext")).toContain("Sell-through 75%");
  expect(page.url()).toContain(item.id);

  await page.getByLabel("Period").selectOption("own");
  await page.getByLabel("From", { exact: true }).fill("2020-01-01");
  await page.waitForURL(/from=2020-01-01/);
  await page.getByLabel("In steps of").selectOption("hour");
  await page.getByText("These are too many steps").waitFor();
  await page.getByLabel("In steps of").selectOption("month");
  await chart.waitFor();
  expect(errors).toEqual([]);
});

test("how long it took to sell out is told of each sale", async () => {
  const item = await makeItem(1);
  const body = { sku: item.sku, quantity: 1, email: `${fresh("guest")}@example.org` };
  await call("operator", "POST", "/api/v1/inventory/reserve", body);
  const { page } = await operator(`/reports/sell-outs?item=${item.id}`);
  const row = page.getByRole("row").filter({ hasText: item.sku });
  await row.getByText("Sold out").waitFor();
  await row.getByText(/sec/).waitFor();
});

test("no-shows are told by service, by practitioner, by site and over time", async () => {
  const { errors, page } = await operator("/reports/no-shows?period=quarter");
  for (const by of ["service", "pool", "site", "time"]) {
    await page.getByLabel("By").selectOption(by);
    await page.waitForURL(new RegExp(`by=${by}`));
    await page.waitForLoadState("networkidle");
    expect(await page.getByText("That did not work").count()).toBe(0);
  }
  expect(errors).toEqual([]);
});

test("axe finds nothing in reports, light and dark, at 320 and 1280 px", async () => {
  const { errors, page } = await operator("/reports", "operator");
  for (const report of REPORTS) {
    await page.goto(new URL(`/console/reports/${report}`, page.url()).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
  expect(errors).toEqual([]);
}, 120_000);
