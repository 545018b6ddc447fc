import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type Clinic, freeOn, makeClinic, openDay } from "./clinic.ts";
import {
  address,
  call,
  expectAccessible,
  expectAccessibleEverywhere,
  makeItem,
  signUp,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

/** Book a slot, and be at its reservation. */
async function book(page: Page, slot: string): Promise<void> {
  await page.goto(address(`/appointments/${slot}`));
  await page.getByRole("button", { name: "Hold this time" }).click();
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByText("Confirmation code").waitFor();
}

function state(page: Page, slot: string, wanted: string): Promise<void> {
  return page.locator(`[data-slot="${slot}"][data-state=${wanted}]`).waitFor();
}

test("moving frees the one time and takes the other in every open view at once", async () => {
  const clinic = await makeClinic();
  const [first, second] = [await clinic.slot(9), await clinic.slot(11)];
  const [one, other] = await Promise.all([somebody(), somebody()]);
  await signUp(one.page);
  await book(one.page, first);
  await openDay(other.page, clinic);
  await state(other.page, first, "full");
  await one.page.getByRole("link", { name: "Move to another time" }).click();
  await one.page.locator(`[data-date="${clinic.day}"]`).click();
  await state(one.page, first, "booked");
  await one.page.getByRole("button", { name: /^Move here: 11:00/ }).click();
  const dialog = one.page.getByRole("dialog", { name: "Move it?" });
  await expectAccessible(one.page);
  await dialog.getByRole("button", { name: "Move it", exact: true }).dblclick();
  await one.page.getByText("Confirmation code").waitFor();
  await one.page.getByText(/11:00\s?–\s?11:30 GMT\+5:45/).waitFor();
  await state(other.page, first, "free");
  await state(other.page, second, "full");
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("a move to what is not possible any more is explained, and changes nothing", async () => {
  const clinic = await makeClinic();
  const [first, second] = [await clinic.slot(9), await clinic.slot(11)];
  const { page } = await somebody();
  await signUp(page);
  await book(page, first);
  await page.getByRole("link", { name: "Move to another time" }).click();
  await page.locator(`[data-date="${clinic.day}"]`).click();
  await page.getByRole("button", { name: /^Move here: 11:00/ }).click();
  await take(second);
  const dialog = page.getByRole("dialog", { name: "Move it?" });
  await dialog.getByRole("button", { name: "Move it", exact: true }).click();
  await dialog.getByText(/Somebody else was faster/).waitFor();
  await dialog.getByRole("button", { name: "Back" }).click();
  await state(page, second, "full");
  await state(page, first, "booked");
});

test("cancelling asks why, frees the time elsewhere at once, and is in the history", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  const [one, other] = await Promise.all([somebody(), somebody()]);
  await signUp(one.page);
  await book(one.page, slot);
  const tab = await one.page.context().newPage();
  await tab.goto(address("/reservations"));
  await tab.locator("[data-status=confirmed]").waitFor();
  await openDay(other.page, clinic);
  await state(other.page, slot, "full");
  await one.page.getByRole("button", { name: "Cancel", exact: true }).click();
  await one.page.getByLabel("Reason (optional)").fill("I am well again <b>");
  await expectAccessible(one.page);
  await one.page.getByRole("button", { name: "Cancel it" }).click();
  const history = one.page.getByRole("region", { name: "History" });
  await history.getByText("Cancelled").waitFor();
  await history.getByText("Reason: I am well again <b>").waitFor();
  await state(other.page, slot, "free");
  expect(await freeOn(other.page, clinic.day)).toBe("1");
  await tab.locator("[data-status=cancelled]").waitFor();
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("the list is filtered in the address, and says where to go if there is nothing", async () => {
  const clinic = await makeClinic();
  const { page } = await somebody();
  await signUp(page);
  await page.goto(address("/reservations"));
  await page.getByText("You have not reserved anything yet").waitFor();
  await page.getByRole("link", { name: "Book an appointment" }).waitFor();
  await book(page, await clinic.slot(9));
  await page.goto(address("/reservations?status=cancelled"));
  await page.getByText("There is none with this status").waitFor();
  await page.getByLabel("Status").selectOption("confirmed");
  await page.getByRole("link", { name: /^Check-up/ }).click();
  await page.getByText("Confirmation code").waitFor();
  expect(await page.title()).toMatch(/^Check-up, .+ · Demo$/);
});

test("the calendar file is that of the appointment, and what is printed has no buttons", async () => {
  const clinic = await makeClinic();
  const { page } = await somebody();
  await signUp(page);
  await book(page, await clinic.slot(9));
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Add to calendar" }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^rsv_.+\.ics$/);
  const text = readFileSync(await file.path(), "utf8");
  expect(text).toContain("BEGIN:VEVENT");
  expect(text).toContain("SUMMARY:Check-up");
  expect(text).toContain("STATUS:CONFIRMED");
  await page.emulateMedia({ media: "print" });
  expect(await page.getByText("Confirmation code").isVisible()).toBe(true);
  expect(await page.getByText("Asia/Kathmandu").isVisible()).toBe(true);
  for (const name of ["Print", "Add to calendar", "Cancel"])
    expect(await page.getByRole("button", { name, exact: true }).count()).toBe(0);
  expect(await page.getByRole("link", { name: "Appointments", exact: true }).count()).toBe(0);
});

test("whoever is no longer early enough is told to call", async () => {
  const clinic = await makeClinic({ cutoff_minutes: 60 * 24 * 30 });
  const { page } = await somebody();
  await signUp(page);
  await book(page, await clinic.slot(9));
  await page.getByText("It is too late to cancel or move it here. Please call.").waitFor();
  expect(await page.getByRole("button", { name: "Cancel", exact: true }).count()).toBe(0);
});

test("another's reservation is not shown, and a stranger may sign in for their own", async () => {
  const clinic = await makeClinic();
  const { id } = await take(await clinic.slot(9));
  const { page } = await somebody(`/reservations/${id}`);
  await page.getByText("Sign in to see what you have reserved").waitFor();
  await signUp(page);
  await page.goto(address(`/reservations/${id}`));
  await page.getByText("You are not allowed to do this.").waitFor();
});

test("an item that a guest has reserved is in their list, with nothing to move", async () => {
  const item = await makeItem(3);
  const { page } = await somebody(`/sale/${item.sku}`);
  await page.getByLabel("E-mail address").fill("guest@example.org");
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByRole("link", { name: "My reservations" }).first().click();
  await page.getByRole("link", { name: new RegExp(item.sku) }).click();
  await page.getByText("Confirmation code").waitFor();
  expect(await page.getByRole("link", { name: "Move to another time" }).count()).toBe(0);
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.getByRole("button", { name: "Cancel it" }).click();
  await page.getByRole("region", { name: "History" }).getByText("Cancelled").waitFor();
});

test("reservations are accessible, light and dark, at 320 and 1280 px", async () => {
  const clinic: Clinic = await makeClinic();
  const slot = await clinic.slot(9);
  await clinic.slot(11);
  const { errors, page } = await somebody("/reservations");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await check();
  await signUp(page);
  await book(page, slot);
  await check();
  await page.getByRole("link", { name: "Move to another time" }).click();
  await page.locator(`[data-date="${clinic.day}"]`).click();
  await page.locator("[data-slot]").first().waitFor();
  await check();
  await page.goto(address("/reservations"));
  await page.locator("[data-status=confirmed]").waitFor();
  await check();
  expect(errors).toEqual([]);

  async function check(): Promise<void> {
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
}, 120_000);

/** Somebody else takes a slot. */
function take(slot: string): Promise<{ id: string }> {
  return call("operator", "POST", "/v1/reservations", {
    lines: [{ slot, quantity: 1 }],
    customer: "somebody-else",
    confirm: true,
  });
}
