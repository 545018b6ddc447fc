/** `npm run gallery`: takes the pictures of docs/pages.md anew. */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, "../.."),
    include: ["tests/e2e/gallery.ts"],
    globalSetup: ["tests/e2e/server.ts"],
    testTimeout: 300_000,
    hookTimeout: 90_000,
  },
});
