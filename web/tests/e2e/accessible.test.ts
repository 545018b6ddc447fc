import { expect, test } from "vitest";
import { expectAccessibleEverywhere, makeItem, somebody, withBrowser } from "./stage.ts";

withBrowser();

const PATHS = ["/", "/sale/LAST-ONE-001", "/reservations", "/account/sign-in", "/account/sign-up"];

test("axe finds nothing, light and dark, at 320 and 1280 px", async () => {
  const { errors, page } = await somebody("/");
  for (const path of PATHS) {
    await page.goto(new URL(path, page.url()).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
  const item = await makeItem(2);
  await page.goto(new URL(`/sale/${item.sku}`, page.url()).href);
  await page.getByLabel("E-mail address").fill("guest@example.org");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.getByRole("timer").waitFor();
  await expectAccessibleEverywhere(page);
  expect(errors).toEqual([]);
}, 120_000);
