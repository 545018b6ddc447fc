/** The schedule and the waitlist, as those who plan use them. */
import type { Page } from "playwright-core";
import { expect, inject, test } from "vitest";
import {
  call,
  expectAccessibleEverywhere,
  fresh,
  makeItem,
  type Opened,
  signUp,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

interface Named {
  id: string;
  name: string;
}

interface Slot {
  id: string;
  title: string;
  starts_at: string;
  ends_at: string;
  room: Named | null;
  withdrawn_at: string | null;
}

/** Somewhere that no other test knows, for which the clocks are changed in 2027. */
function makeSite(): Promise<Named> {
  return call("admin", "POST", "/v1/sites", {
    name: fresh("Clinic"),
    zone: "Europe/Berlin",
    horizon_days: 3650,
  });
}

function makePool(kind: string, name: string, more: object = {}): Promise<Named> {
  return call("admin", "POST", "/v1/pools", { kind, name: fresh(name), ...more });
}

function makeSlot(site: Named, more: object): Promise<Slot> {
  return call("admin", "POST", "/v1/slots", {
    site: site.id,
    title: "Hip replacement",
    starts_at: "2027-03-23T08:00:00+01:00",
    minutes: 120,
    ...more,
  });
}

async function slotsOf(site: Named): Promise<Slot[]> {
  const { data } = await call<{ data: Slot[] }>("admin", "GET", `/v1/slots?site=${site.id}`);
  return data;
}

async function atWork(path: string, options: object = {}): Promise<Opened> {
  const opened = await somebody("/console", options);
  const { page } = opened;
  const { email, password } = inject("started").people.operator ?? { email: "", password: "" };
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("details summary").waitFor();
  await page.goto(new URL(path, page.url()).href);
  return opened;
}

const cell = (page: Page, name: RegExp) => page.getByRole("gridcell", { name });
const focused = (page: Page) =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

/** Tab until the focus is in the grid. */
async function tabToGrid(page: Page): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const role = await page.evaluate(() => document.activeElement?.getAttribute("role"));
    if (role === "gridcell") return;
  }
  throw new Error("The grid cannot be reached by Tab.");
}

async function press(page: Page, key: string, times = 1): Promise<void> {
  for (let done = 0; done < times; done += 1) await page.keyboard.press(key);
}

test("a week with a change of the clocks is planned, and a slot moved, by keyboard alone", async () => {
  const site = await makeSite();
  const { errors, page } = await atWork(`/console/schedule?site=${site.id}&date=2027-03-28`);
  await page.getByText("that day has 23 hours").waitFor();
  await page.getByText("All times are those of the site: Europe/Berlin").waitFor();
  await tabToGrid(page);
  expect(await focused(page)).toMatch(/22.*08:00/);

  // Sunday has no time between two and three.
  await press(page, "ArrowRight", 6);
  await press(page, "Home");
  await press(page, "ArrowDown", 3);
  expect(await focused(page)).toContain("01:30");
  await press(page, "ArrowDown");
  expect(await focused(page)).toContain("03:00");

  // An hour and a half from nine on.
  await press(page, "ArrowDown", 12);
  expect(await focused(page)).toContain("09:00");
  await press(page, "Shift+ArrowDown", 2);
  await page.getByText("09:00 to 10:30 chosen").waitFor();
  await press(page, "Enter");
  const dialog = page.getByRole("dialog", { name: "New slot" });
  await dialog.waitFor();
  await page.keyboard.type("Easter clinic");
  await press(page, "Enter");
  await cell(page, /09:00 to 10:30, Easter clinic, 0 of 1 taken, free/).waitFor();
  expect(await slotsOf(site)).toMatchObject([
    { starts_at: "2027-03-28T07:00:00Z", ends_at: "2027-03-28T08:30:00Z" },
  ]);

  // The day before, a quarter of an hour later: by the clocks, not by hours.
  await dialog.waitFor({ state: "hidden" });
  await cell(page, /Easter clinic/).focus();
  await press(page, "m");
  await press(page, "ArrowLeft");
  await press(page, "ArrowDown");
  await press(page, "Enter");
  const move = page.getByRole("dialog", { name: "Move the slot" });
  await move.waitFor();
  expect(await move.getByLabel("Starts at").inputValue()).toBe("09:15");
  await move.getByText("Lasts 1 h 30 min").waitFor();
  await page.waitForFunction(() => document.activeElement?.textContent === "Move it");
  await press(page, "Enter");
  await cell(page, /Sat.*09:15 to 10:45, Easter clinic/).waitFor();
  expect(await slotsOf(site)).toMatchObject([{ starts_at: "2027-03-27T08:15:00Z" }]);

  // And away with it.
  await move.waitFor({ state: "hidden" });
  await cell(page, /Easter clinic/).focus();
  await press(page, "Enter");
  await page.getByRole("button", { name: "Cancel the slot" }).focus();
  await press(page, "Enter");
  await page.keyboard.type("Everybody is on holiday");
  await press(page, "Enter");
  await cell(page, /Easter clinic/).waitFor({ state: "detached" });
  expect(await slotsOf(site)).toEqual([]);
  expect(errors).toEqual([]);
});

test("a time that does not exist is refused as it is typed, and of two the second can be had", async () => {
  const site = await makeSite();
  const { errors, page } = await atWork(`/console/schedule?site=${site.id}&date=2027-10-31`);
  await page.getByText("that day has 25 hours").waitFor();
  await cell(page, /Sun.*02:30 \(second time\)/).waitFor();
  await page.getByRole("button", { name: "New slot" }).click();
  const dialog = page.getByRole("dialog", { name: "New slot" });
  await dialog.getByLabel("Title").fill("Night watch");
  await dialog.getByLabel("Starts on").fill("2027-03-28");
  await dialog.getByLabel("Starts at").fill("02:30");
  await dialog.getByText(/The clocks skip this time on that day.*03:30/).waitFor();
  await dialog.getByLabel("Starts on").fill("2027-10-31");
  await dialog.getByLabel("Which of the two").selectOption("second");
  await dialog.getByLabel("Ends on").fill("2027-10-31");
  await dialog.getByLabel("Ends at").fill("04:00");
  await dialog.getByText("Lasts 1 h 30 min").waitFor();
  await dialog.getByRole("button", { name: "Make the slot" }).click();
  await cell(page, /02:30 to 04:00, Night watch/).waitFor();
  expect(await slotsOf(site)).toMatchObject([{ starts_at: "2027-10-31T01:30:00Z" }]);
  expect(errors).toEqual([]);
});

test("an operation that does not fit is explained before it is saved, with who is taken and when", async () => {
  const site = await makeSite();
  const more = { site: site.id, before_minutes: 15, after_minutes: 30 };
  const [one, three] = [
    await makePool("room", "Theatre", more),
    await makePool("room", "Theatre", more),
  ];
  const haddad = await makePool("practitioner", "Dr. Haddad", { site: site.id });
  const ventilator = await makePool("equipment", "Ventilator", { site: site.id, units: 2 });
  const hip = await makeSlot(site, {
    room: one.id,
    practitioner: haddad.id,
    requirements: [{ pool: ventilator.id, units: 1, per: "reservation" }],
  });
  await call("operator", "POST", "/v1/reservations", {
    lines: [{ slot: hip.id, quantity: 1 }],
    customer: "patient-4711",
  });
  const { errors, page } = await atWork(
    `/console/schedule?site=${site.id}&date=2027-03-23&view=day&kind=room`,
  );
  await cell(page, /Hip replacement.*1 of 1 taken, full/).waitFor();
  await page.getByRole("rowheader", { name: three.name }).waitFor();
  await page.getByRole("button", { name: "New slot" }).click();
  const dialog = page.getByRole("dialog", { name: "New slot" });
  await dialog.getByLabel("Title").fill("Knee arthroscopy");
  await dialog.getByLabel("Starts at").fill("09:30");
  await dialog.getByLabel("Ends at").fill("11:30");
  await dialog.getByLabel("Room", { exact: true }).selectOption({ label: three.name });
  await dialog.getByText("Everything that it takes is free at that time.").waitFor();
  await dialog.getByLabel("Practitioner").selectOption({ label: haddad.name });
  await dialog.getByText("This does not fit").waitFor();
  await dialog.getByText(`${haddad.name} is taken by`).waitFor();
  await dialog.getByText(/Hip replacement, Tue.*08:00 to 10:00/).waitFor();
  await dialog.getByRole("button", { name: "Add" }).click();
  await dialog.getByLabel("What", { exact: true }).selectOption({ label: ventilator.name });
  await dialog.getByLabel("How many", { exact: true }).fill("2");
  await dialog.getByText(`${ventilator.name}: 2 wanted, 1 left, because of`).waitFor();

  // Whoever saves all the same hears the same from the server.
  await dialog.getByRole("button", { name: "Make the slot" }).click();
  await dialog.getByText(new RegExp(`${haddad.name} is taken from .* to 10:00`)).waitFor();
  expect(await slotsOf(site)).toHaveLength(1);

  // Nothing that was typed is lost, and half an hour later it fits.
  await dialog.getByLabel("Starts at").fill("10:00");
  await dialog.getByLabel("How many", { exact: true }).fill("1");
  await dialog.getByText("Everything that it takes is free at that time.").waitFor();
  await dialog.getByRole("button", { name: "Make the slot" }).click();
  await cell(page, /10:00 to 11:30, Knee arthroscopy/).waitFor();
  expect(errors).toEqual([]);
});

test("a slot is made by dragging, and moved by dragging to another room", async () => {
  const site = await makeSite();
  const rooms = [
    await makePool("room", "Room A", { site: site.id }),
    await makePool("room", "Room B", { site: site.id }),
  ];
  const { errors, page } = await atWork(
    `/console/schedule?site=${site.id}&date=2027-03-24&view=day&kind=room`,
  );
  await page.getByRole("rowheader", { name: rooms[1]?.name ?? "" }).waitFor();
  const place = async (index: number, name: RegExp) => {
    const box = await cell(page, name).nth(index).boundingBox();
    if (box === null) throw new Error("It is not to be seen.");
    return { x: box.x + box.width / 2, top: box.y, bottom: box.y + box.height };
  };
  const [from, to] = [await place(0, /, 08:00,/), await place(0, /, 09:00,/)];
  await page.mouse.move(from.x, from.top + 3);
  await page.mouse.down();
  await page.mouse.move(from.x, from.top + 20);
  await page.mouse.move(from.x, to.bottom - 3, { steps: 4 });
  await page.mouse.up();
  const dialog = page.getByRole("dialog", { name: "New slot" });
  await dialog.waitFor();
  expect(await dialog.getByLabel("Starts at").inputValue()).toBe("08:00");
  expect(await dialog.getByLabel("Ends at").inputValue()).toBe("09:30");
  expect(await dialog.getByLabel("Room", { exact: true }).inputValue()).toBe(rooms[0]?.id);
  await dialog.getByLabel("Title").fill("Dressing");
  await dialog.getByRole("button", { name: "Make the slot" }).click();
  await cell(page, /08:00 to 09:30, Dressing/).waitFor();
  await dialog.waitFor({ state: "hidden" });

  const there = await place(0, /Dressing/);
  const other = await place(0, /, 08:00,/);
  await page.mouse.move(there.x, there.top + 5);
  await page.mouse.down();
  await page.mouse.move(there.x + 30, there.top + 10);
  await page.mouse.move(other.x, there.top + 5, { steps: 4 });
  await page.mouse.up();
  const move = page.getByRole("dialog", { name: "Move the slot" });
  await move.waitFor();
  expect(await move.getByLabel("Starts at").inputValue()).toBe("08:00");
  await move.getByText("Everything that it takes is free at that time.").waitFor();
  await move.getByRole("button", { name: "Move it" }).click();
  await page.getByText(/Dressing is now at/).waitFor();
  expect(await slotsOf(site)).toMatchObject([{ room: { id: rooms[1]?.id } }]);
  expect(errors).toEqual([]);
});

test("a recurring schedule says which slots it would make, what is in the way, and what the clocks do", async () => {
  const site = await makeSite();
  const room = await makePool("room", "Room", { site: site.id });
  await makeSlot(site, { starts_at: "2027-03-26T01:00:00+01:00", minutes: 60, room: room.id });
  const { errors, page } = await atWork(`/console/schedule/recurring/new?site=${site.id}`);
  await page.getByLabel("Title").fill("Night clinic");
  await page.getByLabel("First date").fill("2027-03-26");
  await page.getByLabel("Last date").fill("2027-03-29");
  for (const day of ["Saturday", "Sunday"]) await page.getByLabel(day).check();
  await page.getByLabel("From").fill("01:00");
  await page.getByLabel("To", { exact: true }).fill("04:00");
  await page.getByLabel("Length of a slot").fill("60");
  await page.getByLabel("Room", { exact: true }).selectOption({ label: room.name });
  const preview = page.getByRole("region", { name: "What it comes to" });
  await preview.getByText("1 slot cannot be made").waitFor();
  await preview.getByText(new RegExp(`${room.name} is taken from .*01:00 to 02:00`)).waitFor();
  await preview
    .getByText(/clocks go forward/)
    .first()
    .waitFor();
  await preview.getByText("23 hours").waitFor();
  const would = Number(
    /^(\d+)/.exec((await preview.getByText(/slots would be made/).textContent()) ?? "")?.[1],
  );
  expect(await slotsOf(site), "nothing is saved by looking").toHaveLength(1);
  await page.getByRole("button", { name: "Make it" }).click();
  await page.getByText(`${would} slots made`).waitFor();
  expect(await slotsOf(site)).toHaveLength(1 + would);

  // A blackout of the site takes back what nobody has reserved, once it is made anew.
  await page.goto(new URL(`/console/schedule/sites?edit=${site.id}`, page.url()).href);
  await page.getByRole("button", { name: "Add a blackout" }).click();
  await page.getByLabel("From").fill("2027-03-29T00:00");
  await page.getByLabel(/^To \(/).fill("2027-03-30T00:00");
  await page.getByLabel("Reason").fill("Easter");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.goto(new URL(`/console/schedule/recurring?site=${site.id}`, page.url()).href);
  await page.getByRole("link", { name: "Night clinic" }).click();
  await page.getByRole("button", { name: "Make its slots anew" }).click();
  const result = page.getByRole("status", { name: "What came of it" });
  await result.getByText(/3 taken back/).waitFor();
  await page.getByRole("link", { name: "See it in the calendar" }).click();
  await page.goto(new URL(`/console/schedule?site=${site.id}&date=2027-03-29`, page.url()).href);
  await page.getByText("Closed: Easter").waitFor();
  expect(errors).toEqual([]);
});

test("what is booked appears in the grid without anybody asking", async () => {
  const site = await makeSite();
  const slot = await makeSlot(site, { capacity: 4 });
  const { errors, page } = await atWork(`/console/schedule?site=${site.id}&date=2027-03-23`);
  await cell(page, /Hip replacement, 0 of 4 taken, free/).waitFor();
  await page.locator("[data-live=live]").waitFor();
  await call("customer", "POST", "/v1/reservations", { lines: [{ slot: slot.id, quantity: 3 }] });
  await cell(page, /Hip replacement, 3 of 4 taken, partly taken/).waitFor();
  await makeSlot(site, { title: "Bypass", starts_at: "2027-03-25T08:00:00+01:00" });
  await cell(page, /Bypass/).waitFor();
  expect(errors).toEqual([]);
});

test("two move the same slot at once: one does, the other is told, and there is one slot", async () => {
  const site = await makeSite();
  const room = await makePool("room", "Room", { site: site.id });
  await makeSlot(site, { room: room.id });
  const path = `/console/schedule?site=${site.id}&date=2027-03-23`;
  const both = await Promise.all([atWork(path), atWork(path)]);
  const dialogs = await Promise.all(
    both.map(async ({ page }, index) => {
      await cell(page, /Hip replacement/).focus();
      await press(page, "Enter");
      await page.getByRole("button", { name: "Move the slot" }).click();
      const dialog = page.getByRole("dialog", { name: "Move the slot" });
      await dialog.getByLabel("Starts at").fill(index === 0 ? "09:00" : "13:00");
      await dialog.getByLabel("Ends at").fill(index === 0 ? "11:00" : "15:00");
      await dialog.getByText("Everything that it takes is free at that time.").waitFor();
      return dialog;
    }),
  );
  await Promise.all(dialogs.map((it) => it.getByRole("button", { name: "Move it" }).click()));
  const told = both.map(({ page }) => page.getByText("Somebody else has moved or cancelled"));
  const moved = both.map(({ page }) => page.getByText(/Hip replacement is now at/));
  await Promise.race(told.map((it) => it.waitFor()));
  await Promise.race(moved.map((it) => it.waitFor()));
  const slots = await slotsOf(site);
  expect(slots).toHaveLength(1);
  expect(slots[0]?.room?.id).toBe(room.id);
  for (const { errors } of both) expect(errors).toEqual([]);
});

test("a slot that is changed by somebody else meanwhile is not written over", async () => {
  const site = await makeSite();
  const slot = await makeSlot(site, {});
  const { page } = await atWork(
    `/console/schedule?site=${site.id}&date=2027-03-23&slot=${slot.id}`,
  );
  await page.getByRole("button", { name: "Change the slot" }).click();
  const dialog = page.getByRole("dialog", { name: "Change the slot" });
  await dialog.getByLabel("Title").fill("Hip, left");
  await call("admin", "PATCH", `/v1/slots/${slot.id}`, { title: "Hip, right" });
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Somebody else has changed it").waitFor();
  expect(await slotsOf(site)).toMatchObject([{ title: "Hip, right" }]);
});

test("an operator sees who waits, the offer running, and that the customer took it", async () => {
  const item = await makeItem(1);
  const first = await somebody(`/sale/${item.sku}`);
  await first.page.getByLabel("E-mail address").fill("guest@example.org");
  await first.page.getByRole("button", { name: "Hold", exact: true }).click();
  await first.page.getByRole("timer").waitFor();
  const second = await somebody();
  await signUp(second.page);
  await second.page.goto(first.page.url());
  await second.page.getByRole("button", { name: "Join the waitlist" }).click();
  await second.page.getByText("You are number 1 in the line.").waitFor();

  const { errors, page } = await atWork(`/console/waitlist?status=any&offering=${item.id}`);
  await page.getByRole("heading", { level: 1, name: `Waitlist for Thing ${item.sku}` }).waitFor();
  await page.getByText("not enough left").waitFor();
  await first.page.getByRole("button", { name: "Release" }).click();
  await page.locator("[data-status=offered]").waitFor();
  await page.getByRole("timer").waitFor();
  await second.page.getByText(/It is your turn/).waitFor({ timeout: 20_000 });
  await second.page.reload();
  await second.page.getByRole("button", { name: "Confirm" }).click();
  await page.locator("[data-status=accepted]").waitFor();
  expect([...errors, ...first.errors, ...second.errors]).toEqual([]);
});

test("somebody is removed from the line by keyboard", async () => {
  const item = await makeItem(1);
  await call("operator", "POST", "/v1/reservations", {
    lines: [{ sku: item.sku, quantity: 1 }],
    customer: "patient-4711",
  });
  await call("operator", "POST", "/v1/waitlist", {
    sku: item.sku,
    quantity: 1,
    customer: "patient-0815",
  });
  const { errors, page } = await atWork(`/console/waitlist?offering=${item.id}`);
  await page.getByRole("button", { name: /Remove patient-0815/ }).focus();
  await press(page, "Enter");
  const dialog = page.getByRole("dialog", { name: "Remove patient-0815 from the waitlist" });
  await dialog.getByRole("button", { name: "Remove" }).focus();
  await press(page, "Enter");
  await page.getByText("patient-0815 is no longer in the line.").waitFor();
  await page.getByText("No such entries").waitFor();
  expect(errors).toEqual([]);
});

test("whoever may only look sees the schedule, and nothing that changes it", async () => {
  const site = await makeSite();
  const slot = await makeSlot(site, {});
  const { errors, page } = await atWork("/console/schedule");
  // The demo has nobody who may look and not write; so the server's word of it is shortened.
  await page.route("**/api/auth/me", async (route) => {
    const said = await (await route.fetch()).json();
    const permissions = (said.permissions as string[]).filter((it) => !it.endsWith(":write"));
    await route.fulfill({ json: { ...said, permissions } });
  });
  await page.goto(new URL(`/console/schedule?site=${site.id}&date=2027-03-23`, page.url()).href);
  await cell(page, /Hip replacement/).focus();
  await page.locator("[role=grid][aria-readonly=true]").waitFor();
  expect(await page.getByRole("button", { name: "New slot" }).count()).toBe(0);
  await press(page, "m");
  await press(page, "Enter");
  const dialog = page.getByRole("dialog", { name: slot.title });
  await dialog.getByText("0 held and 0 confirmed of 1").waitFor();
  expect(await dialog.getByRole("button", { name: /the slot/ }).count()).toBe(0);
  for (const path of ["recurring", "pools", "sites"]) {
    await page.goto(new URL(`/console/schedule/${path}`, page.url()).href);
    await page.getByRole("table").waitFor();
    expect(await page.getByRole("button", { name: /^(New|Change)/ }).count()).toBe(0);
  }
  expect(errors).toEqual([]);
});

test("axe finds nothing in the schedule, light and dark, at 320 and 1280 px", async () => {
  const site = await makeSite();
  const room = await makePool("room", "Room", { site: site.id });
  const slot = await makeSlot(site, { room: room.id });
  await makeSlot(site, { title: "Bypass", minutes: 60, open: false });
  const at = `site=${site.id}&date=2027-03-23`;
  const paths = [
    `/console/schedule?${at}`,
    `/console/schedule?${at}&view=day&kind=room`,
    `/console/schedule?site=${site.id}&date=2027-03-28`,
    `/console/schedule?${at}&slot=${slot.id}`,
    "/console/schedule/recurring",
    `/console/schedule/recurring/new?site=${site.id}`,
    "/console/schedule/pools",
    `/console/schedule/pools?edit=${room.id}`,
    "/console/schedule/sites",
    `/console/schedule/sites?edit=${site.id}`,
    "/console/waitlist",
  ];
  const { errors, page } = await atWork("/console/schedule");
  for (const path of paths) {
    await page.goto(new URL(path, page.url()).href);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    // Dialogs fade in.
    await page.waitForTimeout(300);
    await expectAccessibleEverywhere(page);
  }
  await page.goto(new URL(`/console/schedule?${at}`, page.url()).href);
  await page.getByRole("button", { name: "New slot" }).click();
  await page.getByRole("dialog").getByLabel("Title").waitFor();
  await page.waitForTimeout(300);
  await expectAccessibleEverywhere(page);
  expect(errors).toEqual([]);
}, 120_000);
