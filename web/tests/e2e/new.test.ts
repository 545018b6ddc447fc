import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, serve } from "./server.ts";
import { expectAccessibleEverywhere, somebody, withBrowser } from "./stage.ts";

withBrowser();

/** A server as it is on its first day, below a path of a proxy. */
let served: Served;
const folder = mkdtempSync(join(tmpdir(), "firmhold-new-"));

beforeAll(async () => {
  const settings = { FIRMHOLD_BASE_PATH: "/booking/" };
  served = await serve(folder, { demo: false, settings });
});
afterAll(async () => {
  await served.stop();
  rmSync(folder, { recursive: true, force: true });
});

const below = (path: string) => new URL(`/booking${path}`, served.started.address).href;

const PORTAL = ["/", "/appointments", "/reservations", "/account/sign-in", "/account/sign-up"];
const CONSOLE = [
  ["sale", "Live sale"],
  ["inventory", "Inventory"],
  ["schedule", "Schedule"],
  ["schedule/recurring", "Recurring schedules"],
  ["reservations", "Reservations"],
  ["waitlist", "Waitlist"],
  ["customers", "Customers"],
  ["people", "Users and roles"],
  ["keys", "API keys"],
  ["webhooks", "Webhooks"],
  ["notifications", "Notifications"],
  ["audit", "Audit"],
  ["reports", "Report: "],
  ["settings", "Settings"],
] as const;

test("the link that a new server prints makes its administrator, below a path and with nothing there", async () => {
  const printed = () =>
    /http\S+\/set-up#code=\S+/.exec(readFileSync(served.started.log, "utf8"))?.[0];
  await expect.poll(printed).toBeDefined();
  const link = printed();
  expect(link).toContain("/booking/console/set-up");
  const { errors, page } = await somebody(link);
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, protocol } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && !pathname.startsWith("/booking/"))
      asked.push(pathname);
  });
  page.on("websocket", (socket) => {
    const { pathname } = new URL(socket.url());
    if (!pathname.startsWith("/booking/")) asked.push(pathname);
  });
  await page.getByRole("heading", { level: 1, name: "Set up this server" }).waitFor();
  await expectAccessibleEverywhere(page);
  await page.getByLabel("Your e-mail address").fill("ada@example.org");
  await page.locator("input[type=password]").fill("password");
  await page.getByRole("button", { name: "Become the administrator" }).click();
  await page.getByText("Too short, or too easily guessed").waitFor();
  await page.locator("input[type=password]").fill("long-and-only-mine");
  await page.getByRole("button", { name: "Become the administrator" }).click();
  await page.getByRole("heading", { level: 1, name: "Live sale" }).waitFor();
  expect(page.url()).toBe(below("/console/sale"));
  for (const [path, name] of CONSOLE) {
    await page.goto(below(`/console/${path}`));
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByText("That did not work").count(), path).toBe(0);
    await expectAccessibleEverywhere(page);
  }
  for (const path of PORTAL) {
    await page.goto(below(path));
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForLoadState("networkidle");
    expect(await page.getByText("That did not work").count(), path).toBe(0);
    await expectAccessibleEverywhere(page);
  }
  expect(asked, "asked for beside the path").toEqual([]);
  expect(errors).toEqual([]);

  // The link is of no use any more.
  const other = await somebody(link);
  await other.page.getByLabel("Your e-mail address").fill("eve@example.org");
  await other.page.locator("input[type=password]").fill("long-and-only-mine");
  await other.page.getByRole("button", { name: "Become the administrator" }).click();
  await other.page.getByText("This code is not good, or has been used").waitFor();
}, 180_000);

test("below a path somebody signs up, holds, confirms, and hears of it live", async () => {
  const closed = await somebody(below("/account/sign-up"));
  await closed.page.getByText("Nobody can make an account here").waitFor();
  await closed.page.goto(below("/"));
  await closed.page.getByText("Sign in to see what is on sale").waitFor();
  const admin = await signedIn();
  await admin("PATCH", "/v1/organization", { public_catalogue: true, open_registration: true });
  await admin("POST", "/v1/items", { sku: "LAMP", name: "Lamp", capacity: 2 });
  const { errors, page } = await somebody(below("/account/sign-up"));
  await page.getByLabel("E-mail address").fill("bob@example.org");
  await page.locator("input[type=password]").fill("long-and-only-mine");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.locator("details summary").waitFor();
  await page.goto(below("/sale/LAMP"));
  const other = await somebody(below("/sale/LAMP"));
  await other.page.getByText("2 left").waitFor();
  await other.page.locator("[data-live=live]").waitFor();
  await page.getByRole("button", { name: "Hold", exact: true }).click();
  await page.getByRole("timer").first().waitFor();
  await other.page.getByText("1 left").waitFor();
  await page.getByRole("button", { name: "Confirm" }).first().click();
  await page.goto(below("/reservations"));
  await page.locator("[data-status=confirmed]").waitFor();
  expect(errors).toEqual([]);
});

test("when the server is gone a page says so, and goes on when it is back", async () => {
  const { page } = await somebody(below("/"));
  await page.getByText("Lamp").first().waitFor();
  const port = Number(new URL(served.started.address).port);
  await served.stop();
  await page.getByRole("link", { name: "My reservations" }).first().click();
  const again = page.getByRole("button", { name: "Try again" }).first();
  await again.click();
  await page.getByText("The server still cannot be reached.").waitFor();
  await expectAccessibleEverywhere(page);
  const settings = { FIRMHOLD_BASE_PATH: "/booking/" };
  served = await serve(folder, { demo: false, port, settings });
  await again.click();
  await page.getByRole("heading", { level: 1, name: "My reservations" }).waitFor();
});

/** Calls as the administrator. */
async function signedIn() {
  const call = async (method: string, path: string, body: object, token = "") => {
    const answer = await fetch(new URL(path, served.started.address), {
      method,
      headers: {
        ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    expect(answer.status, `${method} ${path}`).toBeLessThan(300);
    return (await answer.json()) as { access_token?: string };
  };
  const mine = { email: "ada@example.org", password: "long-and-only-mine" };
  const { access_token: token } = await call("POST", "/api/auth/login", mine);
  return (method: string, path: string, body: object) => call(method, path, body, token);
}
