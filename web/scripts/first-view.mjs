/**
 * How long a visitor with an empty browser waits for the portal: `node scripts/first-view.mjs ADDRESS
 * [TIMES]`. Milliseconds from the click to the first words (first contentful paint), to the page's
 * largest part, and to the first thing on sale; medians, with the fastest and the slowest.
 */
import { chromium } from "playwright-core";

const [address, times = "9"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.FIRMHOLD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const found = { "first words": [], "largest part": [], "first thing on sale": [] };
// The first is the browser's own beginning, and left out.
for (let time = 0; time <= Number(times); time += 1) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      globalThis.largest = list.getEntries().at(-1)?.startTime;
    }).observe({ type: "largest-contentful-paint", buffered: true });
    new MutationObserver((_, observer) => {
      if (document.querySelector("main h2, main h3") === null) return;
      globalThis.shown = performance.now();
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(address);
  await page.locator("main").getByRole("heading", { level: 2 }).first().waitFor();
  await page.waitForLoadState("networkidle");
  const seen = await page.evaluate(() => [
    performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    globalThis.largest,
    globalThis.shown,
  ]);
  if (time > 0) Object.values(found).forEach((list, at) => list.push(seen[at]));
  await context.close();
}
await browser.close();
for (const [name, list] of Object.entries(found)) {
  const sorted = list.toSorted((one, other) => one - other).map(Math.round);
  const median = sorted[Math.floor(sorted.length / 2)];
  process.stdout.write(`${name}: ${median} ms (${sorted[0]} to ${sorted.at(-1)})\n`);
}
