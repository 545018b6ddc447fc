import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The machine's Chromium. Throws with advice if there is none: these tests are never left out. */
export function findChromium(): string {
  const named = process.env.FIRMHOLD_CHROMIUM;
  if (named !== undefined) return named;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // The next one, then.
      }
    }
  }
  throw new Error(
    "There is no Chromium for the tests of the pages. On Debian: apt-get install chromium. " +
      "Or name one in FIRMHOLD_CHROMIUM.",
  );
}
