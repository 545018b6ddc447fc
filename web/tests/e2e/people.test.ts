import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import {
  address,
  at,
  call,
  command,
  expectAccessible,
  expectAccessibleEverywhere,
  fresh,
  makeItem,
  signIn,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

const AUDITOR = { email: "auditor@demo.example", password: "reads-all-changes-nothing" };

interface Delivered {
  headers: IncomingMessage["headers"];
  body: string;
}

let receiver: Server;
const delivered: Delivered[] = [];

beforeAll(async () => {
  command(["user", "create", "--email", AUDITOR.email, "--role", "auditor", ...demo()]);
  command(["user", "password", "--email", AUDITOR.email], `${AUDITOR.password}\n`);
  receiver = createServer((request, answer) => {
    let body = "";
    request.on("data", (piece: Buffer) => {
      body += piece.toString("utf8");
    });
    request.on("end", () => {
      delivered.push({ headers: request.headers, body });
      answer.end("thanks");
    });
  });
  await new Promise<void>((ready) => receiver.listen(0, "127.0.0.1", ready));
});

afterAll(() => {
  receiver.closeAllConnections();
  receiver.close();
});

function demo(): string[] {
  return ["--organization", "demo"];
}

async function asAuditor(path: string) {
  const opened = await somebody(path);
  await signIn(opened.page, AUDITOR);
  return opened;
}

test("a role without rights sees no act that it cannot do, and a deep link says why", async () => {
  const item = await makeItem(3);
  const lines = [{ sku: item.sku, quantity: 1 }];
  const { id } = await call<{ id: string }>("operator", "POST", "/v1/reservations", {
    customer: "x",
    lines,
  });
  const { errors, page } = await asAuditor(`/console/reservations/${id}`);
  await page.getByText("Your role sees reservations and does not change them.").waitFor();
  for (const name of ["Confirm", "Release", "Move…", "Cancel…"])
    expect(await page.getByRole("button", { name }).count(), name).toBe(0);
  await page.goto(address("/console/reservations?status=held"));
  await page.locator("tbody tr").first().waitFor();
  expect(await page.getByRole("checkbox").count()).toBe(0);
  expect(await page.getByRole("button", { name: /Cancel/ }).count()).toBe(0);
  expect(await page.getByRole("link", { name: "New reservation" }).count()).toBe(0);
  await page.goto(address("/console/people"));
  await page.getByText("Your role sees who is here and changes nothing.").waitFor();
  expect(await page.getByRole("button", { name: "Let somebody in" }).count()).toBe(0);
  await page.goto(address("/console/settings"));
  await page.getByText("does not change it").waitFor();

  for (const [path, permission] of [
    ["/console/keys", "keys:write"],
    ["/console/webhooks", "webhooks:write"],
    ["/console/reservations/new", "reservations:write"],
    ["/console/customers", "customers:read"],
  ] as const) {
    await page.goto(address(path));
    await page.getByText("Your role does not open this screen").waitFor();
    await page.locator(`[data-refused="${permission}"]`).waitFor();
    await page.getByRole("link", { name: "Go to a screen that is yours" }).waitFor();
  }
  expect(errors).toEqual([]);
});

test("somebody is let in, gets another role and is shut out; the last who can do that stays", async () => {
  const { errors, page } = await at("/console/people", "admin");
  const email = `${fresh("grace")}@example.org`;
  await page.getByRole("button", { name: "Let somebody in" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByLabel("Role").selectOption("auditor");
  await dialog.getByText("Changes nothing.").waitFor();
  await dialog.getByRole("button", { name: "Let in" }).click();
  await page.getByText(`${email} is in, and has been sent a code.`).waitFor();
  await page.getByRole("button", { name: "Let somebody in" }).click();
  await dialog.getByLabel("E-mail address").fill(email);
  await dialog.getByRole("button", { name: "Let in" }).click();
  await dialog.getByText("There is somebody with this address already.").waitFor();
  await dialog.getByRole("button", { name: "Back" }).click();

  const row = page.getByRole("row").filter({ hasText: email });
  await row.getByRole("button").click();
  await dialog.getByLabel("Role").selectOption("operator");
  await dialog.getByRole("button", { name: "Save" }).click();
  await row.getByText("Operator").waitFor();
  await row.getByRole("button").click();
  await dialog.getByRole("button", { name: "Shut out" }).click();
  await dialog.getByRole("button", { name: "Shut out" }).click();
  await row.getByText("Shut out").waitFor();
  await row.getByRole("button").click();
  await dialog.getByRole("button", { name: "Send a code for a new password" }).click();
  await page.getByText(/a code is on its way/).waitFor();
  expect(errors).toEqual([]);
});

test("a key is made, used by a real call, withdrawn and refused", async () => {
  const { errors, page } = await at("/console/keys", "admin");
  const name = fresh("Box office");
  await page.getByRole("button", { name: "New key" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("What it is for").fill(name);
  await dialog.getByRole("button", { name: "Make it" }).click();
  await dialog.getByText("Choose one at least.").waitFor();
  await dialog.getByRole("checkbox", { name: "reservations:write" }).check();
  await dialog.getByRole("button", { name: "Make it" }).click();
  await page.getByText(`Key “${name}” is made`).waitFor();
  await expectAccessible(page);
  const key = (await page.locator('[data-copyable="Key"]').textContent()) ?? "";
  const use = () =>
    fetch(address("/v1/reservations?limit=1"), { headers: { authorization: `Bearer ${key}` } });
  expect((await use()).status).toBe(200);
  await page.getByRole("button", { name: "I have kept it" }).click();
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: name });
  await row.waitFor();
  expect(await page.getByText(key).count(), "it is told once").toBe(0);
  await row.getByRole("button", { name: `Withdraw: ${name}` }).click();
  await dialog.getByRole("button", { name: "Withdraw" }).click();
  await row.getByText("Withdrawn").waitFor();
  await expect.poll(async () => (await use()).status, { timeout: 10_000 }).toBe(401);
  expect(errors).toEqual([]);
});

test("a webhook is delivered to a receiver, signed by the secret that was shown, and sent again", async () => {
  const { errors, page } = await at("/console/webhooks", "admin");
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`;
  await page.getByRole("button", { name: "New webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Address").fill("nowhere:1");
  await dialog.getByRole("button", { name: "Make it" }).click();
  await dialog.locator("[aria-invalid=true]").waitFor();
  await dialog.getByLabel("Address").fill(url);
  await dialog.getByLabel("Only these").check();
  await dialog.getByRole("checkbox", { name: "confirmed" }).check();
  await dialog.getByRole("button", { name: "Make it" }).click();
  const secret = (await page.locator('[data-copyable="Secret"]').textContent()) ?? "";
  expect(secret).toMatch(/^whsec_/);
  await page.getByRole("link", { name: url }).first().click();
  await page.getByText("Nothing was to be sent yet").waitFor();

  const item = await makeItem(3);
  const lines = [{ sku: item.sku, quantity: 1 }];
  const body = { customer: "x", lines };
  const { id } = await call<{ id: string }>("operator", "POST", "/v1/reservations", body);
  await call("operator", "POST", `/v1/reservations/${id}/confirm`, {});
  const row = page.getByRole("row").filter({ hasText: "reservation.confirmed" });
  await row.getByText("Delivered").waitFor({ timeout: 20_000 });
  const [first] = delivered;
  expect(JSON.parse(first?.body ?? "")).toMatchObject({ subject: id });
  expect(isSigned(first, secret)).toBe(true);

  await row.getByRole("button", { name: /Send .* again/ }).click();
  await page.getByText(/is on its way again, with the same id/).waitFor();
  await expect.poll(() => delivered.length, { timeout: 20_000 }).toBe(2);
  expect(delivered[1]?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);

  await page.getByRole("button", { name: "New secret…" }).click();
  await dialog.getByRole("button", { name: "Make a new secret" }).click();
  const other = (await page.locator('[data-copyable="Secret"]').textContent()) ?? "";
  expect(other).not.toBe(secret);
  await page.getByRole("button", { name: "Turn off" }).click();
  await page.getByRole("button", { name: "Turn on" }).waitFor();
  await page.getByLabel("State").selectOption("failed");
  await page.getByText("No delivery is like that").waitFor();
  await page.getByRole("button", { name: "Delete…" }).click();
  await dialog.getByRole("button", { name: "Delete it" }).click();
  await page.getByRole("heading", { level: 1, name: "Webhooks" }).waitFor();
  expect(errors).toEqual([]);
});

function isSigned(it: Delivered | undefined, secret: string): boolean {
  const said = `${it?.headers["webhook-id"]}.${it?.headers["webhook-timestamp"]}.${it?.body}`;
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const made = `v1,${createHmac("sha256", key).update(said).digest("base64")}`;
  return String(it?.headers["webhook-signature"]).split(" ").includes(made);
}

test("the audit is verified here: entries, signature, and that it goes on from what was kept", async () => {
  const item = await makeItem(3);
  const key = command(["audit", "key"]).trim();
  const { errors, page } = await at("/console/audit?view=verify", "admin");
  const finding = (about: string) => page.locator(`[data-finding=${about}]`);
  await page.getByLabel(/Public key of the log/).fill(key);
  await verify(page);
  await finding("signature").getByText("Holds").waitFor();
  await finding("entries").getByText("Holds").waitFor();
  await finding("first").waitFor();

  await call("admin", "PATCH", `/v1/items/${item.id}`, { name: "Another name" });
  await page.waitForTimeout(2_000);
  await verify(page);
  await finding("goes-on").getByText("Holds").waitFor();
  await expectAccessible(page);

  // Another history than the one that was kept.
  await page.evaluate(() => {
    const name = Object.keys(localStorage).find((it) => it.startsWith("firmhold.checkpoint."));
    const lines = (localStorage.getItem(name ?? "") ?? "").split("\n");
    lines[2] = btoa("x".repeat(32));
    localStorage.setItem(name ?? "", lines.join("\n"));
  });
  await verify(page);
  await finding("goes-on").getByText("Does not hold").waitFor();
  await page.getByText(/its history is another one/).waitFor();

  await page.getByRole("tab", { name: "Acts" }).click();
  await page.getByRole("textbox", { name: "Kind" }).fill("change_item");
  await page.keyboard.press("Enter");
  await page.waitForURL(/kind=change_item/);
  const row = page.getByRole("row").filter({ hasText: "change_item" }).first();
  await row.click();
  await page.getByText("It is in the log, as it is shown here.").waitFor();
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  await page.goto(address(`/console/audit?view=ledger&offering=${item.sku}`));
  await page
    .getByRole("button", { name: /^Prove/ })
    .first()
    .click();
  await page.getByText("It is in the log, as it is shown here.").waitFor();
  expect(errors).toEqual([]);
});

async function verify(page: Page): Promise<void> {
  await Promise.all([
    page.waitForResponse((answer) => answer.url().includes("/v1/audit/acts")),
    page.getByRole("button", { name: "Verify now" }).click(),
  ]);
}

test("settings: what was changed alone is saved; a bad value lands at its field; sessions end", async () => {
  const { errors, page } = await at("/console/settings", "admin");
  const ahead = page.getByLabel("Bookable ahead (days)");
  const before = await ahead.inputValue();
  await ahead.fill("999999");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("[aria-invalid=true]").first().waitFor();
  await ahead.fill("77");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await ahead.fill(before);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await page.getByLabel("The password there is").fill("not-mine-at-all");
  await page.getByLabel(/^New password/).fill("long-and-only-mine-2");
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByText("That is not your password.").waitFor();

  const elsewhere = await fetch(address("/api/auth/login"), {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "elsewhere/1.0" },
    body: JSON.stringify(inject("started").people.admin),
  });
  const { access_token: token } = (await elsewhere.json()) as { access_token: string };
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: "elsewhere/1.0" });
  await row.getByRole("button").click();
  await page.getByText("The session has ended.").waitFor();
  const me = () =>
    fetch(address("/api/auth/me"), { headers: { authorization: `Bearer ${token}` } });
  await expect.poll(async () => (await me()).status, { timeout: 10_000 }).toBe(401);
  expect(errors).toEqual([]);
});

test("axe finds nothing, light and dark, at 320 and 1280 px", async () => {
  // What fades in has less contrast meanwhile.
  const options = { reducedMotion: "reduce" as const };
  const { errors, page } = await at("/console/people", "admin", options);
  for (const [path, opens] of [
    ["/console/people", "Let somebody in"],
    ["/console/keys", "New key"],
    ["/console/webhooks", "New webhook"],
    ["/console/audit", null],
    ["/console/audit?view=ledger&offering=FLASH-SALE-001", null],
    ["/console/audit?view=verify", null],
    ["/console/settings", null],
  ] as const) {
    await page.goto(address(path));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
    if (opens === null) continue;
    await page.getByRole("button", { name: opens }).click();
    await page.getByRole("dialog").waitFor();
    await expectAccessibleEverywhere(page);
  }
  expect(errors).toEqual([]);
}, 120_000);
