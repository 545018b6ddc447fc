/** Where the pages are built to. */
import { resolve } from "node:path";

const web = resolve(import.meta.dirname, "..");

export const dist = resolve(
  web,
  process.env.FIRMHOLD_WEB_OUT || "../src/firmhold/doors/console/dist",
);
