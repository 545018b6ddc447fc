/** Builds the two pages into the Python package, which serves them. */
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const server = process.env.WEB_SERVER ?? "http://127.0.0.1:8080";

/** What `firmhold serve` does with deep links, for the development server. */
function consolePage(): Plugin {
  return {
    name: "firmhold-console-page",
    configureServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        if (/^\/console(\/|\?|$)/.test(request.url ?? "")) request.url = "/console.html";
        next();
      });
    },
  };
}

export default defineConfig({
  // Relative, so that the pages work below whatever path the server names in `<base>`.
  base: "./",
  plugins: [consolePage()],
  resolve: { alias: { "@shared": resolve(import.meta.dirname, "src/shared") } },
  build: {
    outDir: process.env.FIRMHOLD_WEB_OUT || "../src/firmhold/doors/console/dist",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    // Nothing is put into the page: the policy that it is served with takes no inline source.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rollupOptions: {
      // Said of every module of the library of components, whose "use client" means nothing here.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
      input: {
        portal: resolve(import.meta.dirname, "index.html"),
        console: resolve(import.meta.dirname, "console.html"),
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/v1", "/graphql", "/config.json", "/openapi.json", "/docs"].map((path) => [
        path,
        // The server compares the origin of a page with the host it was asked for.
        { target: server, changeOrigin: false, ws: true },
      ]),
    ),
  },
});
