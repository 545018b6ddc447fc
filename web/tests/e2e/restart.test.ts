import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { signIn } from "./operators.ts";
import { type Served, type Started, serve } from "./server.ts";
import { somebody, withBrowser } from "./stage.ts";

withBrowser();

test("a console that watches goes stale with the server, and has missed nothing when it is back", async () => {
  const folder = mkdtempSync(join(tmpdir(), "firmhold-restart-"));
  let served: Served = await serve(folder);
  try {
    const { started } = served;
    const port = Number(new URL(started.address).port);
    const { page } = await somebody(new URL("/console/sale", started.address).href);
    await signIn(page, started, "operator");
    const held = page.getByRole("group", { name: "Live holds", exact: true }).locator("p").nth(1);
    await page.locator("[data-live=live]").waitFor();
    const before = Number(await held.textContent());
    await hold(started, 1);
    await until(async () => Number(await held.textContent()) === before + 1);

    await served.stop();
    await page.locator("[data-live=stale]").getByText("Not up to date").waitFor();
    // What was known is still there to be read.
    expect(Number(await held.textContent())).toBe(before + 1);
    served = await serve(folder, { port });
    // Before the page is back, as it may be.
    await hold(started, 3);
    await page.locator("[data-live=live]").waitFor({ timeout: 40_000 });
    await until(async () => Number(await held.textContent()) === before + 4);
    await hold(started, 1);
    await until(async () => Number(await held.textContent()) === before + 5);
  } finally {
    await served.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function hold({ address }: Started, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    const body = { sku: "TENT-2P", quantity: 1, email: `guest-${crypto.randomUUID()}@example.org` };
    const answer = await fetch(new URL("/api/v1/inventory/reserve", address), {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify(body),
    });
    expect(answer.status).toBe(201);
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  await expect.poll(holds, { timeout: 20_000 }).toBe(true);
}
