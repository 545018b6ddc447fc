/**
 * How much script a page makes a reader load, from the manifest: everything that its entry imports,
 * and the lazily loaded parts of the route that it opens with. Brotli, as browsers get it.
 */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { dist } from "./dist.mjs";

const KIB = 1024;
const PAGES = [
  { page: "index.html", name: "portal", most: 140, first: ["src/portal/storefront/SalePage.tsx"] },
  { page: "console.html", name: "console", most: 300, first: ["src/console/sale/SalePage.tsx"] },
];

const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8"));

function scripts(key, found = new Set()) {
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`The manifest has no ${key}.`);
  if (found.has(chunk.file)) return found;
  found.add(chunk.file);
  for (const imported of chunk.imports ?? []) scripts(imported, found);
  return found;
}

let over = false;
for (const { page, name, most, first } of PAGES) {
  const files = new Set([page, ...first].flatMap((key) => [...scripts(key)]));
  const bytes = [...files]
    .filter((file) => file.endsWith(".js"))
    .reduce((sum, file) => sum + statSync(join(dist, `${file}.br`)).size, 0);
  const kib = (bytes / KIB).toFixed(1);
  process.stdout.write(`${name}: ${kib} of ${most} KiB of script\n`);
  over ||= bytes > most * KIB;
}
if (over) {
  process.stderr.write("Over budget: load less at first, or split off what is rarely used.\n");
  process.exit(1);
}
