import { readFileSync } from "node:fs";
import { expect, inject, test } from "vitest";
import {
  address,
  call,
  expectAccessibleEverywhere,
  fresh,
  signUp,
  somebody,
  withBrowser,
} from "./stage.ts";

withBrowser();

const PASSWORD = "long-and-only-mine";

/** The newest code that was sent to an address: where no mail is set up, letters are in the log. */
async function codeFor(email: string, about: string): Promise<string> {
  let code = "";
  await expect
    .poll(
      () => {
        const lines = readFileSync(inject("started").log, "utf8").split("\n");
        const line = lines.findLast((it) => it.includes(email) && it.includes(about)) ?? "";
        code = /\bcode\W+([\w-]{8,})/.exec(line)?.[1] ?? "";
        return code;
      },
      { timeout: 15_000 },
    )
    .not.toBe("");
  return code;
}

test("whoever signs up confirms the address with the code that was sent", async () => {
  const { errors, page } = await somebody();
  const email = await signUp(page);
  await page.getByRole("heading", { name: "Confirm your e-mail address" }).waitFor();
  await page.getByLabel("Code").fill("not-a-code-that-was-sent");
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByText(/This code is not good/).waitFor();
  await page.goto(address("/account"));
  await page.getByText("Your e-mail address is not confirmed yet.").waitFor();
  await page.getByRole("link", { name: "Enter the code" }).click();
  await page.getByLabel("Code").fill(await codeFor(email, "verify"));
  await page.getByRole("button", { name: "Confirm", exact: true }).click();
  await page.getByRole("heading", { name: "Your e-mail address is confirmed" }).waitFor();
  await page.goto(address("/account"));
  await page.getByText("Your e-mail address is confirmed.").waitFor();
  expect(errors).toEqual([]);
});

test("a forgotten password is set anew with the code that was sent, and ends all sessions", async () => {
  const { page } = await somebody();
  const email = await signUp(page);
  const { page: other } = await somebody("/account/sign-in");
  await other.getByRole("link", { name: "Forgotten password" }).click();
  await other.getByLabel("E-mail address").fill(email);
  await other.getByRole("button", { name: "Send a code" }).click();
  await other.getByText(`If there is an account with ${email}`).waitFor();
  const code = await codeFor(email, "reset");
  await other.getByRole("link", { name: "I have a code" }).click();
  await other.getByLabel("Code").fill(code);
  await other.locator("input[type=password]").fill("password");
  await other.getByRole("button", { name: "Set password" }).click();
  await other.getByText("This password is too easily guessed. Choose another.").waitFor();
  expect(await other.getByLabel("Code").inputValue()).toBe(code);
  await other.locator("input[type=password]").fill("quite-another-one");
  await other.getByRole("button", { name: "Set password" }).click();
  await other.getByRole("heading", { name: "Your password is set" }).waitFor();
  await other.getByRole("link", { name: "Sign in" }).last().click();
  await other.getByLabel("E-mail address").fill(email);
  await other.locator("input[type=password]").fill("quite-another-one");
  await other.locator("form button[type=submit]").click();
  await other.locator("details summary").waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
});

test("an invitation is claimed with its code", async () => {
  const email = `${fresh("grace")}@example.org`;
  await call("admin", "POST", "/v1/users", { email, role: "customer", name: "Grace" });
  const code = await codeFor(email, "invited");
  const { page } = await somebody(`/account/reset?code=${encodeURIComponent(code)}`);
  expect(await page.getByLabel("Code").inputValue()).toBe(code);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.getByRole("button", { name: "Set password" }).click();
  await page.getByRole("link", { name: "Sign in" }).last().click();
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.locator("form button[type=submit]").click();
  await page.getByText("Grace").waitFor();
});

test("changing the password signs out elsewhere, and a wrong one lands on its field", async () => {
  const { page } = await somebody();
  const email = await signUp(page);
  const { page: other } = await somebody("/account/sign-in");
  await other.getByLabel("E-mail address").fill(email);
  await other.locator("input[type=password]").fill(PASSWORD);
  await other.locator("form button[type=submit]").click();
  await other.locator("details summary").waitFor();
  await page.goto(address("/account"));
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  await expect.poll(() => sessions.getByRole("listitem").count()).toBe(2);
  await page.getByLabel("Current password").fill("not-my-password");
  await page.getByLabel("New password").fill("quite-another-one");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("This is not your password.").waitFor();
  expect(await page.getByLabel("New password").inputValue()).toBe("quite-another-one");
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("Your password is changed.").waitFor();
  await expect.poll(() => sessions.getByRole("listitem").count()).toBe(1);
  await page.reload();
  await page.getByLabel("Current password").waitFor();
  await other.reload();
  await other.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
});

test("one session is ended from another, and all of them at once", async () => {
  const { page } = await somebody();
  const email = await signUp(page);
  const others = await Promise.all([somebody("/account/sign-in"), somebody("/account/sign-in")]);
  for (const { page: other } of others) {
    await other.getByLabel("E-mail address").fill(email);
    await other.locator("input[type=password]").fill(PASSWORD);
    await other.locator("form button[type=submit]").click();
    await other.locator("details summary").waitFor();
  }
  await page.goto(address("/account"));
  const sessions = page.getByRole("region", { name: "Where you are signed in" });
  await expect.poll(() => sessions.getByRole("listitem").count()).toBe(3);
  await sessions.getByText("Sign out there").first().click();
  await expect.poll(() => sessions.getByRole("listitem").count()).toBe(2);
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere?" });
  await dialog.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("Sign in to see your account").waitFor();
  for (const { page: other } of others) {
    await other.reload();
    await other.getByRole("link", { name: "Sign in", exact: true }).first().waitFor();
  }
});

test("the account is accessible, light and dark, at 320 and 1280 px", async () => {
  const { errors, page } = await somebody("/");
  const places = ["/account", "/account/forgotten", "/account/reset"];
  for (const path of places) await check(path);
  await signUp(page);
  await check("/account/verify");
  await check("/account");
  expect(errors).toEqual([]);

  async function check(path: string): Promise<void> {
    await page.goto(address(path));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    await expectAccessibleEverywhere(page);
  }
}, 120_000);
