/** Real server, real database, real browser. */
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, "../.."),
    include: ["tests/e2e/**/*.test.ts"],
    globalSetup: ["tests/e2e/server.ts"],
    // They share two cores with the server and its database.
    fileParallelism: false,
    // On a crowded machine a browser may be late once; what is wrong is wrong again, and said to
    // have been tried twice.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 90_000,
  },
});
