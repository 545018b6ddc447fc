import { expect, test } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScrolling,
  makeItem,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

const PATHS = ["/", "/sale/LAST-ONE-001", "/reservations", "/account/sign-in", "/account/sign-up"];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [320, 1280]) {
    test(`axe finds nothing, ${colorScheme}, at ${width} px`, async () => {
      const options = { colorScheme, viewport: { width, height: 800 } };
      const { errors, page } = await somebody("/", options);
      for (const path of PATHS) {
        await page.goto(new URL(path, page.url()).href);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await page.waitForLoadState("networkidle");
        await expectAccessible(page);
        await expectNoSidewaysScrolling(page);
      }
      const item = await makeItem(2);
      await page.goto(new URL(`/sale/${item.sku}`, page.url()).href);
      await page.getByLabel("E-mail address").fill("guest@example.org");
      await page.getByRole("button", { name: "Hold", exact: true }).click();
      await page.getByRole("timer").waitFor();
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page);
      expect(errors).toEqual([]);
    });
  }
}
