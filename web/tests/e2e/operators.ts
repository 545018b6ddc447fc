/** People of the demo in the console, and those who have no mouse. */
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { inject } from "vitest";
import type { Started } from "./server.ts";
import { type Opened, somebody } from "./stage.ts";

/** Signed in at a path below `/console`. */
export async function operator(
  path: string,
  role = "operator",
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const opened = await somebody(`/console${path}`, options);
  await signIn(opened.page, inject("started"), role);
  return opened;
}

export async function signIn(page: Page, { people }: Started, role: string): Promise<void> {
  const { email, password } = people[role] ?? { email: "", password: "" };
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Main" }).waitFor({ state: "attached" });
}

/** Presses Tab until this has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  // The library hides its radio buttons behind their labels.
  await target.waitFor({ state: "attached" });
  for (let count = 0; count < 150; count += 1) {
    if (await target.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${target}.`);
}
