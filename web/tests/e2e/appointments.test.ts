import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { findChromium } from "./chromium.ts";
import { freeOn, makeClinic, openDay, openSlot } from "./clinic.ts";
import {
  address,
  call,
  expectAccessibleEverywhere,
  expectNoSidewaysScrolling,
  signUp,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

const HOLD = { name: "Hold this time" };
const CONFIRM = { name: "Confirm", exact: true };

test("an appointment is booked with the keyboard alone", async () => {
  const clinic = await makeClinic();
  await clinic.slot(9);
  await clinic.slot(10);
  const { errors, page } = await somebody();
  await signUp(page);
  await page.goto(new URL(`/appointments?site=${clinic.site}`, page.url()).href);
  const day = page.locator(`[data-date="${clinic.day}"]`);
  // To where the grid begins, and from there by arrows.
  await day.waitFor();
  for (let presses = 0; presses < 40; presses += 1) {
    if (await page.evaluate(() => document.activeElement?.closest("table") !== null)) break;
    await page.keyboard.press("Tab");
  }
  for (let days = 0; days < 10; days += 1) {
    if (await day.evaluateAll((found) => found.some((it) => it === document.activeElement))) break;
    await page.keyboard.press("ArrowRight");
  }
  await expectEventually(async () => (await freeOn(page, clinic.day)) === "2");
  expect(await day.locator("span").first().textContent()).toMatch(/^\w+day,? .+, 2 free$/);
  await page.keyboard.press("Enter");
  // The focus is at the list of times; a link leads back to the day, and there again.
  const heading = page.getByRole("heading", { name: /^Times on/ });
  await expectEventually(() => heading.evaluate((it) => it === document.activeElement));
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expectEventually(() => day.evaluate((it) => it === document.activeElement));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "Check-up" }).waitFor();
  await tabTo(page, "People who come along");
  await page.keyboard.type("2");
  await tabTo(page, "Notes");
  await page.keyboard.type("I am afraid of needles.");
  await tabTo(page, "Hold this time");
  await page.keyboard.press("Enter");
  await page.getByRole("timer").waitFor();
  await page.getByText("2 people come along").waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Confirmation code").waitFor();
  await page.getByText("I am afraid of needles.").waitFor();
  const code = (await page.locator("[data-code]").textContent()) ?? "";
  const said = await call<{ data: { bookingByConfirmationCode: { id: string } | null } }>(
    "admin",
    "POST",
    "/graphql",
    { query: `{ bookingByConfirmationCode(code: "${code}") { id } }` },
  );
  expect(page.url()).toContain(said.data.bookingByConfirmationCode?.id);
  expect(errors).toEqual([]);

  async function tabTo(where: typeof page, name: string): Promise<void> {
    for (let presses = 0; presses < 30; presses += 1) {
      const focused = await where.evaluate(() => {
        const it = document.activeElement;
        const label = it?.id ? document.querySelector(`label[for="${it.id}"]`) : null;
        return (label ?? it)?.textContent ?? "";
      });
      if (focused.startsWith(name)) return;
      await where.keyboard.press("Tab");
    }
    throw new Error(`The keyboard does not get to ${name}.`);
  }
});

test("keys go through the month, and over its ends", async () => {
  const clinic = await makeClinic();
  await clinic.slot(9);
  const { page } = await somebody(`/appointments?site=${clinic.site}&month=2027-03`);
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute("data-date") ?? null);
  await page.locator('[data-date="2027-03-01"]').focus();
  for (const [key, date] of [
    ["End", "2027-03-07"],
    ["ArrowDown", "2027-03-14"],
    ["Home", "2027-03-08"],
    ["ArrowLeft", "2027-03-07"],
    ["PageDown", "2027-04-07"],
    ["PageUp", "2027-03-07"],
    ["ArrowUp", "2027-02-28"],
    ["Shift+PageDown", "2028-02-28"],
  ] as const) {
    await page.keyboard.press(key);
    await expectEventually(async () => (await focused()) === date, key);
  }
  expect(page.url()).toContain("month=2028-02");
});

test("a hold that expires says so, and the time is free in another browser", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9, { hold_ttl_seconds: 8 });
  const [one, other] = await Promise.all([somebody(), somebody()]);
  await signUp(one.page);
  await openDay(other.page, clinic);
  await openSlot(one.page, slot);
  await one.page.getByRole("button", HOLD).click();
  await other.page.locator(`[data-slot="${slot}"][data-state=full]`).waitFor();
  expect(await freeOn(other.page, clinic.day)).toBe("0");
  await one.page.locator("[role=timer][data-warning]").waitFor();
  await one.page.getByText("Your time to confirm has run out").waitFor({ timeout: 20_000 });
  await other.page.locator(`[data-slot="${slot}"][data-state=free]`).waitFor({ timeout: 20_000 });
  expect(await freeOn(other.page, clinic.day)).toBe("1");
  // What to do next: take it again, since nobody else has.
  await one.page.getByRole("button", { name: "Take it again and confirm" }).click();
  await one.page.getByText("Confirmation code").waitFor();
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("in a theatre, whoever needs what another operation has is told what it is, and may wait", async () => {
  const clinic = await makeClinic();
  const ventilator = await call<{ id: string }>("admin", "POST", "/v1/pools", {
    kind: "equipment",
    name: `Ventilator ${clinic.day} <img src=x onerror=alert(1)>`,
  });
  const requirements = [{ pool: ventilator.id, units: 1, per: "reservation" }];
  const hip = await clinic.slot(9, { title: "Hip replacement", requirements });
  const bypass = await clinic.slot(9, {
    title: "Bypass",
    room: null,
    practitioner: null,
    requirements,
  });
  const [one, other] = await Promise.all([somebody(), somebody()]);
  await Promise.all([signUp(one.page), signUp(other.page)]);
  await openSlot(other.page, bypass);
  await other.page.getByText("Ventilator").waitFor();
  await other.page.getByLabel("Notes").fill("Still here");
  // The other browser hears nothing of it, and so finds out by the refusal.
  await other.page.route("**/v1/slots/**", (route) => route.abort());
  await openSlot(one.page, hip);
  await one.page.getByRole("button", HOLD).click();
  await one.page.getByRole("timer").waitFor();
  await other.page.getByRole("button", HOLD).click();
  const alert = other.page.getByRole("alert").first();
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/Ventilator.+is taken from .+ to .+GMT\+5:45/);
  expect(await other.page.getByLabel("Notes").inputValue()).toBe("Still here");
  await other.page.unroute("**/v1/slots/**");
  await other.page.reload();
  await other.page.getByRole("status").filter({ hasText: "is taken from" }).waitFor();
  await other.page.getByRole("button", { name: "Join the waitlist" }).click();
  await other.page.getByText("You are number 1 in the line.").waitFor();
  await one.page.getByRole("button", { name: "Release", exact: true }).click();
  await other.page.getByRole("timer").first().waitFor({ timeout: 25_000 });
  expect([...one.errors, ...other.errors]).toEqual([]);
});

test("one's own held time still looks available after going back, in both tabs", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  const { errors, page } = await somebody();
  await signUp(page);
  await openDay(page, clinic);
  const second = await page.context().newPage();
  await openDay(second, clinic);
  await page.locator(`[data-slot="${slot}"] a`).click();
  await page.getByRole("button", HOLD).dblclick();
  await page.getByRole("timer").waitFor();
  await page.goBack();
  for (const tab of [page, second]) {
    await tab.locator(`[data-slot="${slot}"][data-state=held]`).waitFor();
    expect(await freeOn(tab, clinic.day)).toBe("1");
    // And the bar has followed, into the tab where it was not made too.
    await tab.getByRole("region", { name: "What you hold" }).getByRole("timer").waitFor();
  }
  await second.reload();
  await second.getByRole("timer").waitFor();
  expect(await second.getByRole("timer").count(), "a double click is one hold").toBe(1);
  await second.getByRole("link", { name: /^Continue/ }).click();
  await second.getByRole("button", CONFIRM).click();
  await second.getByText("Confirmation code").waitFor();
  await page.locator(`[data-slot="${slot}"][data-state=booked]`).waitFor();
  expect(errors).toEqual([]);
});

test("confirming what somebody else has by now is refused in plain words", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9, { hold_ttl_seconds: 5 });
  const { page } = await somebody();
  await signUp(page);
  await openSlot(page, slot);
  await page.getByRole("button", HOLD).click();
  // This page hears of nothing until its confirmation has been sent.
  await page.route("**/v1/reservations/*/confirm", async (route) => {
    await page.waitForTimeout(6_000);
    await call("operator", "POST", "/v1/reservations", {
      lines: [{ slot, quantity: 1 }],
      customer: "somebody-else",
      confirm: true,
    });
    await route.continue();
  });
  await page.getByRole("button", CONFIRM).click();
  await page.getByText("Your time to confirm has run out").waitFor({ timeout: 25_000 });
  await page.getByText("Somebody else has it now. Choose another time.").waitFor();
  await page.getByRole("link", { name: "Choose another time" }).waitFor();
  await page.getByRole("button", { name: "Join the waitlist" }).waitFor();
});

test("a session that ends in the middle of the form loses nothing", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  const { page } = await somebody();
  await signUp(page);
  await openSlot(page, slot);
  await page.getByLabel("People who come along").fill("1");
  await page.getByLabel("Notes").fill("Written before the session ended");
  await page.context().clearCookies();
  let refused = 0;
  await page.route("**/v1/reservations", (route) => {
    if (route.request().method() !== "POST" || refused > 0) return route.continue();
    refused += 1;
    const headers = { ...route.request().headers(), authorization: "Bearer over" };
    return route.continue({ headers });
  });
  await page.getByRole("button", HOLD).click();
  const dialog = page.getByRole("dialog", { name: "You have been signed out" });
  await dialog.locator("input[type=password]").fill("long-and-only-mine");
  await dialog.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("timer").waitFor();
  await page.getByText("Written before the session ended").waitFor();
  await page.getByText("1 person comes along").waitFor();
});

test("whoever has no account yet finds what they typed after making one", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  const { page } = await somebody(`/appointments/${slot}`);
  await page.getByLabel("Notes").fill("Typed as a stranger");
  await page.getByRole("link", { name: "Sign in to book" }).click();
  await page.getByRole("link", { name: "Create an account" }).click();
  await page.getByLabel("E-mail address").fill(`${slot.slice(-8)}@example.org`);
  await page.locator("input[type=password]").fill("long-and-only-mine");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("button", HOLD).waitFor();
  expect(await page.getByLabel("Notes").inputValue()).toBe("Typed as a stranger");
});

test("without a network nothing is lost, and trying again holds once", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  const { page } = await somebody();
  await signUp(page);
  await openSlot(page, slot);
  await page.getByLabel("Notes").fill("Typed without a network");
  await page.context().setOffline(true);
  await page.getByRole("button", HOLD).click();
  await page.getByText(/server cannot be reached/).waitFor();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("timer").waitFor();
  await page.getByText("Typed without a network").waitFor();
  await expectEventually(
    async () => (await page.locator("[data-live]").getAttribute("data-live")) === "live",
  );
});

test("a page from the browser's memory catches up with what it has missed", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  // A browser for tests keeps no pages in memory unless it is told to.
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  try {
    const page = await browser.newPage({ locale: "en-GB" });
    await openDay(page, clinic);
    await page.locator(`[data-slot="${slot}"][data-state=free]`).waitFor();
    await page.locator("[data-live=live]").waitFor();
    await page.evaluate(() => {
      window.addEventListener("pageshow", ({ persisted }) => {
        document.body.dataset.kept = String(persisted);
      });
    });
    await page.goto(address("/docs"));
    await call("operator", "POST", "/v1/reservations", {
      lines: [{ slot, quantity: 1 }],
      customer: "somebody-else",
      confirm: true,
    });
    await page.goBack({ waitUntil: "commit" });
    await page.locator("body[data-kept=true]").waitFor();
    await page.locator(`[data-slot="${slot}"][data-state=full]`).waitFor();
    await page.locator("[data-live=live]").waitFor();
  } finally {
    await browser.close();
  }
});

test("a device whose clock is an hour wrong shows the same days and the same time left", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9, { hold_ttl_seconds: 300 });
  const { page } = await somebody();
  await page.addInitScript(() => {
    const real = Date.now.bind(Date);
    Date.now = () => real() + 3_600_000;
  });
  await signUp(page);
  await openSlot(page, slot);
  await page.getByRole("button", HOLD).click();
  await page.getByRole("timer").waitFor();
  expect(await page.getByRole("timer").textContent()).toMatch(/^[45]:\d\d$/);
});

test("times are by the site's clocks or one's own, and always say which", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(1);
  const { page } = await somebody("/", { timezoneId: "America/New_York" });
  await openDay(page, clinic);
  const line = page.locator(`[data-slot="${slot}"]`);
  expect(await line.textContent()).toMatch(/01:00\s?–\s?01:30 GMT\+5:45/);
  await page.getByLabel("Times shown in").selectOption("own");
  // There it is the day before, at another hour.
  const before = new Date(Date.parse(clinic.day) - 86_400_000).toISOString().slice(0, 10);
  await expectEventually(async () => (await freeOn(page, before)) === "1");
  expect(await freeOn(page, clinic.day)).toBe("0");
  await page.locator(`[data-date="${before}"]`).click();
  await line.waitFor();
  expect(await line.textContent()).toMatch(/1[45]:15\s?–\s?1[45]:45 GMT-[45]/);
  expect(page.url()).toContain("zone=own");
  await line.getByRole("link").click();
  await page.getByText("Asia/Kathmandu").waitFor();
  await page.getByText(/By your clock \(America\/New_York\)/).waitFor();
});

test("on days on which the clocks change, times are on their day and told apart", async () => {
  const clinic = await makeClinic({ zone: "Europe/Berlin" });
  const at = (starts_at: string) =>
    call<{ id: string }>("admin", "POST", "/v1/slots", {
      site: clinic.site,
      title: "Night shift",
      starts_at,
      minutes: 20,
    });
  const twice = [await at("2027-10-31T00:30:00Z"), await at("2027-10-31T01:30:00Z")];
  await at("2027-10-30T21:30:00Z");
  await at("2027-10-31T22:30:00Z");
  const { page } = await somebody(`/appointments?site=${clinic.site}&day=2027-10-31`, {
    timezoneId: "Europe/Berlin",
  });
  await page.locator("[data-slot]").first().waitFor();
  const frees = [];
  for (const day of ["30", "31"]) frees.push(await freeOn(page, `2027-10-${day}`));
  expect(frees).toEqual(["1", "3"]);
  const texts = [];
  for (const { id } of twice)
    texts.push(await page.locator(`[data-slot="${id}"] p`).first().textContent());
  expect(texts).toEqual([
    expect.stringMatching(/02:30\s?–\s?02:50 (CEST|GMT\+2)/),
    expect.stringMatching(/02:30\s?–\s?02:50 (CET|GMT\+1)/),
  ]);
});

test("names with markup and from right to left are text, and nothing else", async () => {
  const clinic = await makeClinic({ name: `‏مستشفى <script>alert(1)</script> ${Date.now()}` });
  const slot = await clinic.slot(9, { title: "<b>פגישה</b> & “more”", description: "<i>x</i>" });
  const { errors, page } = await somebody();
  await signUp(page);
  await openDay(page, clinic);
  await page.getByText("<b>פגישה</b> & “more”").first().waitFor();
  await page.locator(`[data-slot="${slot}"] a`).click();
  await page.getByRole("heading", { level: 1, name: "<b>פגישה</b> & “more”" }).waitFor();
  await page.getByLabel("Notes").fill("אני <script>alert(2)</script>");
  await page.getByRole("button", HOLD).click();
  await page.getByText("אני <script>alert(2)</script>").waitFor();
  await expectNoSidewaysScrolling(page);
  expect(errors).toEqual([]);
});

test("booking is accessible, light and dark, at 320 and 1280 px", async () => {
  const clinic = await makeClinic();
  const slot = await clinic.slot(9);
  await clinic.slot(10, { open: false });
  const { errors, page } = await somebody("/appointments");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await check();
  await signUp(page);
  await openDay(page, clinic);
  await check();
  await openSlot(page, slot);
  await check();
  await page.getByRole("button", HOLD).click();
  await page.getByRole("timer").waitFor();
  await check();
  await page.goBack();
  await page.locator(`[data-slot="${slot}"][data-state=held]`).waitFor();
  await check();
  expect(errors).toEqual([]);

  async function check(): Promise<void> {
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
}, 120_000);

async function expectEventually(holds: () => Promise<boolean>, what = ""): Promise<void> {
  await expect.poll(holds, { timeout: 10_000, message: what }).toBe(true);
}
