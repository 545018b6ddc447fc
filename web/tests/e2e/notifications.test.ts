import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { mailServer } from "./mail.ts";
import { operator, signIn } from "./operators.ts";
import { type Started, serve } from "./server.ts";
import {
  address,
  call,
  expectAccessibleEverywhere,
  fresh,
  makeItem,
  signUp,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

const SETTINGS = "/v1/notifications/settings";

afterAll(async () => {
  // Other tests of this server tell nobody anything.
  await call("admin", "PUT", SETTINGS, { channels: [] });
});

const save = (page: Page) => page.getByRole("button", { name: "Save", exact: true }).click();

test("nothing is told until it is set up; what was given up is shown with the reason, and sent again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firmhold-notifications-"));
  const mail = await mailServer();
  const served = await serve(folder, {
    settings: {
      FIRMHOLD_SMTP_HOST: "127.0.0.1",
      FIRMHOLD_SMTP_PORT: String(mail.port),
      FIRMHOLD_SMTP_FROM: "tickets@example.org",
      FIRMHOLD_SMTP_SECURITY: "none",
    },
  });
  try {
    mail.takes = false;
    const { started } = served;
    const { errors, page } = await somebody(
      new URL("/console/notifications", started.address).href,
    );
    await signIn(page, started, "admin");
    await page.getByRole("heading", { name: "Customers are told nothing yet" }).waitFor();
    await expectAccessibleEverywhere(page);
    await page.getByRole("link", { name: "Set it up" }).click();
    await page.getByRole("checkbox", { name: "E-mail" }).check();
    await save(page);
    await page.getByText("Saved.").waitFor();
    await page.getByRole("tab", { name: "Messages" }).click();
    await page.getByRole("heading", { name: "Nothing was to be told yet" }).waitFor();

    await confirmAt(started, "ada@example.org");
    const row = page.getByRole("row").filter({ hasText: "ada@example.org" });
    await row.locator("[data-notification=failed]").waitFor();
    await row.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByText("550 there is no such mailbox").waitFor();
    await dialog.getByText(/^Confirmed: /).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => row.evaluate((it) => it === document.activeElement)).toBe(true);

    mail.takes = true;
    await row.getByRole("button", { name: /^Send again/ }).click();
    await page.getByText("Confirmation: on its way again, with the same id.").waitFor();
    await row.locator("[data-notification=sent]").waitFor();
    expect(mail.taken).toHaveLength(1);
    expect(mail.taken[0]).toContain("To: ada@example.org");
    expect(await row.getByRole("button").count()).toBe(0);
    expect(errors).toEqual([]);
  } finally {
    await served.stop();
    mail.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

/** A confirmed reservation for this address, at a server of one's own. */
async function confirmAt({ address: at, people }: Started, customer: string): Promise<void> {
  const post = async (path: string, body: object | undefined, token = "") => {
    const answer = await fetch(new URL(path, at), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    expect(answer.status, path).toBeLessThan(300);
    return (await answer.json()) as { access_token?: string };
  };
  const { access_token: token } = await post("/api/auth/login", people.operator);
  const lines = [{ sku: "TENT-2P", quantity: 1 }];
  await post("/v1/reservations", { customer, lines, confirm: true }, token);
}

test("settings are saved together; what the server refuses is said where it stands", async () => {
  await call("admin", "PUT", SETTINGS, { channels: [] });
  const { errors, page } = await operator("/notifications?view=settings", "admin");
  const first = page.getByLabel("Reminder 1: minutes before");
  await page.getByText("Without any of them customers are told nothing.").waitFor();
  await page.getByRole("checkbox", { name: "The server's log" }).check();
  await page.getByText("1 day before").waitFor();
  await first.fill("99999");
  await save(page);
  await page.getByText(/reminder_minutes\[0\].*43200/).waitFor();
  expect(await first.getAttribute("aria-invalid")).toBe("true");
  await first.fill("90");
  await page.getByText("1 hour, 30 minutes before").waitFor();
  await page.getByRole("button", { name: "One more reminder" }).click();
  await page.getByLabel("Reminder 3: minutes before").fill("90");
  await save(page);
  await page.getByText(/all different/).waitFor();
  await page.getByRole("button", { name: "Remove reminder 3" }).click();
  await page.getByRole("textbox", { name: "Language" }).fill("german");
  await save(page);
  await page.getByText(/such as en or de-AT/).waitFor();
  expect(await page.getByRole("textbox", { name: "Language" }).getAttribute("aria-invalid")).toBe(
    "true",
  );
  await page.getByRole("textbox", { name: "Language" }).fill("de");
  await page.getByRole("checkbox", { name: "Offer" }).uncheck();
  await save(page);
  await page.getByText("Saved.").waitFor();
  await page.reload();
  await first.waitFor();
  expect(await first.inputValue()).toBe("90");
  expect(await page.getByRole("checkbox", { name: "The server's log" }).isChecked()).toBe(true);
  expect(await page.getByRole("checkbox", { name: "Offer" }).isChecked()).toBe(false);
  expect(await page.getByRole("textbox", { name: "Language" }).inputValue()).toBe("de");

  // Somebody else is faster.
  await call("admin", "PUT", SETTINGS, { channels: ["log"], reminder_minutes: [30] });
  await first.fill("45");
  await save(page);
  await page.getByText("Somebody else has changed it.").waitFor();
  await page.getByRole("button", { name: "Show what it is now" }).click();
  await page.getByText("30 minutes before").waitFor();
  expect(errors).toEqual([]);
});

test("what was told is found by what the address says", async () => {
  await call("admin", "PUT", SETTINGS, { channels: ["log"] });
  const { id } = await confirmed();
  const { errors, page } = await operator("/notifications", "admin");
  const row = page.getByRole("row").filter({ hasText: id.slice(-6) });
  await row.locator("[data-notification=sent]").waitFor();
  await page.getByLabel("By", { exact: true }).selectOption("sms");
  await page.waitForURL(/channel=sms/);
  await page.getByRole("heading", { name: "No message is like that" }).waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByLabel("Reservation", { exact: true }).fill("the one of yesterday");
  await page.keyboard.press("Enter");
  await page.getByText("Not the id of a reservation.").waitFor();
  await page.getByLabel("Reservation", { exact: true }).fill(id);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`reservation=${id}`));
  await row.waitFor();
  expect(await page.locator("tbody tr").count()).toBe(1);
  await page.reload();
  await row.waitFor();
  expect(await page.getByLabel("Reservation", { exact: true }).inputValue()).toBe(id);

  const { page: other } = await operator("/notifications", "operator");
  await other.locator('[data-refused="notifications:write"]').waitFor();
  expect(await other.getByRole("link", { name: "Notifications" }).count()).toBe(0);
  expect(errors).toEqual([]);
});

/** A confirmed reservation of something that no other test knows. */
async function confirmed(): Promise<{ id: string }> {
  const { sku } = await makeItem(3);
  return call("operator", "POST", "/v1/reservations", {
    customer: `${fresh("ada")}@example.org`,
    lines: [{ sku, quantity: 1 }],
    confirm: true,
  });
}

test("a template is written with a preview, refused by the name of what is wrong, and given up", async () => {
  const { errors, page } = await operator("/notifications?view=templates", "admin");
  const opener = page.getByRole("link", { name: /: Reminder, English$/ });
  await opener.click();
  await page.getByRole("heading", { name: "Reminder, English" }).waitFor();
  const preview = page.getByRole("region", { name: "With made-up data" });
  await preview.getByText(/Hello Ada Lovelace/).waitFor();
  const text = page.getByLabel("Text");
  await text.fill("Hello {costumer}, bring a lamp.");
  await page.getByText(/there is no \{costumer\}/).waitFor();
  expect(await text.getAttribute("aria-invalid")).toBe("true");
  await preview.getByText("It can be shown as soon as it can be filled in.").waitFor();
  await save(page);
  await page.getByText(/there is no \{costumer\}/).waitFor();
  const written = `Hello {customer}, bring a lamp for ${fresh("tour")}.`;
  await text.fill(written);
  await preview.getByText(/Hello Ada Lovelace, bring a lamp/).waitFor();
  await save(page);
  await page.getByText("Saved. It is told in these words from now on.").waitFor();
  await page.reload();
  await text.waitFor();
  expect(await text.inputValue()).toBe(written);

  await page.getByRole("link", { name: "All templates" }).click();
  await page.getByRole("link", { name: "Your own: Reminder, English" }).waitFor();
  expect(await opener.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Use the words that come with Firmhold…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Use them" }).click();
  await page.getByText("The words that come with Firmhold are used again.").waitFor();
  expect(await text.inputValue()).toContain("this is to remind you of");
  const heading = page.getByRole("heading", { name: "Reminder, English" });
  await expect.poll(() => heading.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.reload();
  await page.getByText("Comes with Firmhold").waitFor();
  expect(await text.inputValue()).toContain("this is to remind you of");
  expect(errors).toEqual([]);
});

test("a language that there was none of begins with words that there are, and can be deleted", async () => {
  const { errors, page } = await operator("/notifications?view=templates", "admin");
  const language = page.getByLabel("Another language");
  await language.fill("french");
  await page.keyboard.press("Enter");
  await page.getByText("Such as fr or de-AT.", { exact: true }).waitFor();
  await language.fill("fr");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Write: Confirmation, French" }).click();
  const subject = page.getByLabel("Subject");
  expect(await subject.inputValue()).toBe("Confirmed: {title}");
  await subject.fill("Confirmé : {title}");
  await save(page);
  await page.getByText("Saved. It is told in these words from now on.").waitFor();
  await page.getByRole("button", { name: "Delete this template…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("link", { name: /: Confirmation, English$/ }).waitFor();
  await page.reload();
  await page.getByRole("link", { name: /: Confirmation, English$/ }).waitFor();
  expect(await page.getByRole("link", { name: /French/ }).count()).toBe(0);
  expect(errors).toEqual([]);
});

test("customers say what they are told; it is saved when the server has said so", async () => {
  const { errors, page } = await somebody();
  await signUp(page);
  await page.goto(address("/account"));
  const section = page.getByRole("region", { name: "What you are told" });
  await section.getByLabel("Language of the messages").selectOption({ label: "Deutsch" });
  await section.getByRole("checkbox", { name: "Before an appointment begins" }).uncheck();
  const phone = section.getByLabel("Phone number for text messages");
  await phone.fill("030 123456");
  await save(page);
  await section.getByText("This is not a phone number", { exact: false }).waitFor();
  expect(await section.getByText("Saved.").count()).toBe(0);
  await phone.fill("+49 (30) 123456");
  await save(page);
  await section.getByText("Saved.").waitFor();
  expect(await phone.inputValue()).toBe("+4930123456");
  await page.reload();
  await phone.waitFor();
  expect(await phone.inputValue()).toBe("+4930123456");
  expect(await section.getByLabel("Language of the messages").inputValue()).toBe("de");
  const reminders = section.getByRole("checkbox", { name: "Before an appointment begins" });
  expect(await reminders.isChecked()).toBe(false);
  expect(await section.getByRole("checkbox", { checked: true }).count()).toBe(6);

  // Nothing is taken for saved before it is.
  await page.route("**/v1/notifications/preferences", (route) => route.abort());
  await reminders.check();
  await save(page);
  await section.getByText("The server cannot be reached.", { exact: false }).waitFor();
  expect(await section.getByText("Saved.").count()).toBe(0);
  await page.unroute("**/v1/notifications/preferences");
  await section.getByRole("button", { name: "Try again" }).click();
  await section.getByText("Saved.").waitFor();
  expect(errors).toEqual([]);
});

test("axe finds nothing, light and dark, at 320 and 1280 px", async () => {
  await call("admin", "PUT", SETTINGS, { channels: ["log"] });
  const { id } = await confirmed();
  // What fades in has less contrast meanwhile.
  const options = { reducedMotion: "reduce" as const };
  const { errors, page } = await operator(`/notifications?reservation=${id}`, "admin", options);
  await page.locator("[data-notification=sent]").waitFor();
  await expectAccessibleEverywhere(page);
  await page.getByRole("cell", { name: "Confirmation" }).click();
  await page.getByRole("dialog").waitFor();
  await expectAccessibleEverywhere(page);
  for (const view of ["settings", "templates", "templates&kind=offer&language=de-AT"]) {
    await page.goto(address(`/console/notifications?view=${view}`));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
  await page.getByLabel("Text").fill("{nonsense}");
  await page.getByText(/there is no \{nonsense\}/).waitFor();
  await expectAccessibleEverywhere(page);
  expect(errors).toEqual([]);
}, 180_000);
