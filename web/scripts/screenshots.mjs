/**
 * Pictures of pages for whoever builds them: `node scripts/screenshots.mjs ADDRESS FOLDER PATH…`,
 * at three widths, light and dark. With $WEB_USER="email password" signed in.
 */
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [address, folder, ...paths] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.FIRMHOLD_CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const [email, password] = (process.env.WEB_USER ?? "").split(" ");
for (const colorScheme of ["light", "dark"]) {
  const context = await browser.newContext({ colorScheme });
  const page = await context.newPage();
  if (email !== "") {
    await page.goto(new URL("account/sign-in", address).href);
    await page.getByLabel("E-mail address").fill(email);
    await page.locator("input[type=password]").fill(password);
    await page.locator("form button[type=submit]").click();
    await page.locator("details summary").waitFor();
  }
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    for (const path of paths) {
      await page.goto(new URL(path.replace(/^\//, ""), address).href);
      await page.waitForLoadState("networkidle");
      const name = path.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "start";
      await page.screenshot({
        path: `${folder}/${name}-${width}-${colorScheme}.png`,
        fullPage: true,
      });
    }
  }
}
await browser.close();
