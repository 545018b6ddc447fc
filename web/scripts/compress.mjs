/** Puts a `.br` and a `.gz` beside every asset, so that the server only has to choose. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { dist } from "./dist.mjs";

const assets = join(dist, "assets");
for (const name of readdirSync(assets)) {
  if (!/\.(js|css|svg)$/.test(name)) continue;
  const content = readFileSync(join(assets, name));
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  writeFileSync(join(assets, `${name}.br`), brotliCompressSync(content, quality));
  writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
}
