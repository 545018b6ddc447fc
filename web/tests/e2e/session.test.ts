import { expect, test } from "vitest";
import { expectAccessible, makeItem, signUp, somebody, withBrowser } from "./stage.ts";

withBrowser();

test("a session that is over asks to sign in over the form, and then does what was asked", async () => {
  const item = await makeItem(4);
  const { page } = await somebody();
  const email = await signUp(page);
  await page.goto(new URL(`/sale/${item.sku}`, page.url()).href);
  await page.getByLabel("How many").fill("2");
  // As if the session had been ended elsewhere: its tokens are refused from now on.
  await page.context().clearCookies();
  let refused = 0;
  await page.route("**/api/v1/inventory/reserve", (route) => {
    refused += 1;
    if (refused > 1) return route.continue();
    const headers = { ...route.request().headers(), authorization: "Bearer over" };
    return route.continue({ headers });
  });
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "You have been signed out" });
  await dialog.waitFor();
  await expectAccessible(page);
  expect(await dialog.getByLabel("E-mail address").inputValue()).toBe(email);
  await dialog.locator("input[type=password]").fill("long-and-only-mine");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("timer").waitFor();
  await page.getByText("2 left").waitFor();
  expect(await page.getByLabel("How many").inputValue()).toBe("2");
});

test("signing out in one tab signs out the other", async () => {
  const { page } = await somebody();
  await signUp(page);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator("details summary").click();
  await other.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
});
