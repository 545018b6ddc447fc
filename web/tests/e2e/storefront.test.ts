import { expect, test } from "vitest";
import { call, makeItem, signUp, somebody, withBrowser } from "./stage.ts";

withBrowser();

const HOLD = { name: "Hold", exact: true };

test("somebody signs up, holds, sees the time run, confirms, and cancels", async () => {
  const item = await makeItem(5, { price: { amount: 1999, currency: "EUR" } });
  const { errors, page } = await somebody();
  await signUp(page);
  await page.goto(new URL(`/sale/${item.sku}`, page.url()).href);
  await page.getByText("5 left").waitFor();
  await page.getByText("€19.99").waitFor();
  await page.getByRole("button", HOLD).dblclick();

  const bar = page.getByRole("region", { name: "What you hold" });
  const timer = bar.getByRole("timer");
  const first = seconds(await timer.textContent());
  await page.getByText("4 left").waitFor();
  // A second more than is asked for: what is known of the server's clock may get better meanwhile.
  await page.waitForTimeout(3_500);
  const later = seconds(await timer.textContent());
  expect(first - later).toBeGreaterThanOrEqual(2);

  // It follows through the pages, and is there after loading anew.
  await page.getByRole("link", { name: "On sale" }).click();
  await timer.waitFor();
  await page.reload();
  await timer.waitFor();
  expect(seconds(await timer.textContent())).toBeLessThanOrEqual(later);
  expect(await timer.count(), "a double click is one hold").toBe(1);

  await bar.getByRole("button", { name: "Confirm" }).click();
  await bar.getByText(/confirmed\. It is yours/).waitFor();
  await bar.getByRole("link", { name: "My reservations" }).click();
  await page.locator("[data-status=confirmed]").waitFor();
  await page.getByRole("button", { name: /^Cancel / }).click();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.locator("[data-status=cancelled]").waitFor();
  const left = await call<{ available: number }>("admin", "GET", `/v1/items/${item.id}`);
  expect(left.available).toBe(5);
  expect(errors).toEqual([]);
});

test("two browsers want the last one: one has it, the other is told and may wait", async () => {
  const item = await makeItem(1);
  const [one, other] = await Promise.all([somebody(`/sale/${item.sku}`), somebody()]);
  await signUp(other.page);
  await other.page.goto(one.page.url());
  await one.page.getByLabel("E-mail address").fill("guest@example.org");
  await Promise.all([
    one.page.getByRole("button", HOLD).waitFor(),
    other.page.getByRole("button", HOLD).waitFor(),
  ]);
  await Promise.all([
    one.page.getByRole("button", HOLD).click(),
    other.page.getByRole("button", HOLD).click(),
  ]);
  const bars = [one, other].map(({ page }) => page.getByRole("region", { name: "What you hold" }));
  await Promise.race(bars.map((bar) => bar.getByRole("timer").waitFor()));
  await one.page.getByText("Sold out").waitFor();
  await other.page.getByText("Sold out").waitFor();
  const holds = await Promise.all(bars.map((bar) => bar.getByRole("timer").count()));
  expect(holds.reduce((sum, count) => sum + count)).toBe(1);
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("a hold that expires says so, and the unit appears in the other browser", async () => {
  const item = await makeItem(1, { hold_ttl_seconds: 8 });
  const [one, other] = await Promise.all([
    somebody(`/sale/${item.sku}`),
    somebody(`/sale/${item.sku}`),
  ]);
  await one.page.getByLabel("E-mail address").fill("guest@example.org");
  await one.page.getByRole("button", HOLD).click();
  await other.page.getByText("Sold out").waitFor();
  await one.page.locator("[role=timer][data-warning]").waitFor();
  await one.page.getByText(/time has run out/).waitFor({ timeout: 20_000 });
  await other.page.getByText("1 left").waitFor({ timeout: 20_000 });
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("whoever waits is offered what somebody else gives back, and may decline", async () => {
  const item = await makeItem(1);
  const [one, other] = await Promise.all([somebody(`/sale/${item.sku}`), somebody()]);
  await one.page.getByLabel("E-mail address").fill("guest@example.org");
  await one.page.getByRole("button", HOLD).click();
  await one.page.getByRole("timer").waitFor();
  await signUp(other.page);
  await other.page.goto(one.page.url());
  await other.page.getByRole("button", { name: "Join the waitlist" }).click();
  await other.page.getByText("You are number 1 in the line.").waitFor();
  await one.page.getByRole("button", { name: "Release" }).click();
  await other.page.getByText(/It is your turn/).waitFor({ timeout: 20_000 });
  await other.page.getByRole("button", { name: "Decline the offer" }).click();
  await one.page.getByText("1 left").waitFor({ timeout: 20_000 });
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("a device whose clock is an hour wrong shows the same time left", async () => {
  const item = await makeItem(3);
  const { page } = await somebody();
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 3_600_000;
  });
  await page.goto(new URL(`/sale/${item.sku}`, page.url()).href);
  await page.getByLabel("E-mail address").fill("guest@example.org");
  await page.getByRole("button", HOLD).click();
  const shown = seconds(await page.getByRole("timer").textContent());
  expect(shown).toBeGreaterThan(60);
  expect(shown).toBeLessThanOrEqual(600);
});

function seconds(face: string | null): number {
  const [minutes = 0, rest = 0] = (face ?? "").split(":").map(Number);
  return minutes * 60 + rest;
}
