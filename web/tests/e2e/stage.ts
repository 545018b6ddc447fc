/** Browsers, people and things to sell, for the tests of the pages. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject } from "vitest";
import { findChromium } from "./chromium.ts";
import type { Person } from "./server.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
let count = 0;

/** Call once in each file. */
export function withBrowser(): void {
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-dev-shm-usage"],
    });
  });
  afterAll(async () => {
    await browser.close();
    expect(outside, "asked for at addresses that are not the server's").toEqual([]);
  });
}

/** What pages have asked others for. */
const outside: string[] = [];

export function address(path = "/"): string {
  return new URL(path, inject("started").address).href;
}

export interface Opened {
  page: Page;
  /** What went wrong in the page without anybody seeing it. */
  errors: string[];
}

/** A browser of somebody's own, with nothing in it. */
export async function somebody(path = "/", options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ locale: "en-GB", ...options });
  context.setDefaultTimeout(15_000);
  context.on("request", (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^(https?|wss?):$/.test(protocol) && hostname !== "127.0.0.1") outside.push(request.url());
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // Refusals are answers; the browser reports them all the same.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      errors.push(message.text());
  });
  await page.goto(address(path));
  return { page, errors };
}

export function fresh(name: string): string {
  count += 1;
  return `${name}-${Date.now().toString(36)}-${count}`;
}

export async function signUp(page: Page, email = `${fresh("ada")}@example.org`): Promise<string> {
  await page.goto(address("/account/sign-up"));
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill("long-and-only-mine");
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.locator("details summary").waitFor();
  return email;
}

/** A browser in the console, signed in as somebody of the demo. */
export async function at(
  path: string,
  role: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const opened = await somebody(path, options);
  await signIn(opened.page, inject("started").people[role] ?? { email: "", password: "" });
  return opened;
}

export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.locator("input[type=password]").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.locator("details summary").waitFor();
}

/** What a command prints that is given beside the running server. */
export function command(args: string[], input = ""): string {
  const root = resolve(import.meta.dirname, "../../..");
  const own = join(root, ".venv/bin/python");
  const python = process.env.FIRMHOLD_PYTHON ?? (existsSync(own) ? own : "python3");
  const run = "from firmhold.cli.main import main; main()";
  return execFileSync(python, ["-c", run, ...args, "--data-dir", inject("started").folder], {
    env: { ...process.env, PYTHONPATH: join(root, "src"), NO_COLOR: "1" },
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
}

/** A call as somebody of the demo. */
export async function call<T>(
  role: string,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(address(path), {
    method,
    headers: {
      authorization: `Bearer ${await token(role)}`,
      "content-type": "application/json",
      "idempotency-key": fresh("key"),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  return (await answer.json()) as T;
}

const tokens = new Map<string, string>();

async function token(role: string): Promise<string> {
  const known = tokens.get(role);
  if (known !== undefined) return known;
  const answer = await fetch(address("/api/auth/login"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(inject("started").people[role]),
  });
  const { access_token: made } = (await answer.json()) as { access_token: string };
  tokens.set(role, made);
  return made;
}

export interface Item {
  id: string;
  sku: string;
}

/** Something on sale that no other test knows. */
export function makeItem(capacity: number, more: object = {}): Promise<Item> {
  const sku = fresh("E2E");
  return call("admin", "POST", "/v1/items", { sku, name: `Thing ${sku}`, capacity, ...more });
}

/** Fails with what axe finds, light and dark, on a phone and on a desk, where nothing is too wide. */
export async function expectAccessibleEverywhere(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page);
    await page.emulateMedia({ colorScheme: "dark" });
    // All other rules have nothing to do with colours.
    await expectAccessible(page, {
      type: "rule",
      values: ["color-contrast", "link-in-text-block"],
    });
    await page.emulateMedia({ colorScheme: "light" });
  }
  if (before !== null) await page.setViewportSize(before);
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const ALL = { type: "tag", values: TAGS };

/** Fails with what axe finds. */
export async function expectAccessible(page: Page, runOnly = ALL): Promise<void> {
  // What is still being faded in has not its colours yet, and what is to be begins with a frame.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState }) => playState !== "running"),
  );
  // The policy of the page lets no script in but its own; this one comes through the debugger.
  await page.evaluate(axe);
  const found = await page.evaluate(async (only) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (what: object) => Promise<{ violations: Violation[] }> };
    };
    interface Violation {
      id: string;
      nodes: { html: string; failureSummary?: string }[];
    }
    const { violations } = await axe.run({ runOnly: only });
    return violations.map(({ id, nodes }) =>
      nodes.map(({ failureSummary, html }) => `${id}: ${html}\n${failureSummary ?? ""}`),
    );
  }, runOnly);
  expect(found.flat()).toEqual([]);
}

/** Fails if the page is wider than the window. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const [wide, window] = await page.evaluate(() => [
    document.documentElement.scrollWidth,
    document.documentElement.clientWidth,
  ]);
  expect(wide).toBeLessThanOrEqual(window ?? 0);
}
