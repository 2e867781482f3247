// Builds the map page into `built/`, which the server hands out under static/: hashed names, kept for ever.
// Every file also lies there compressed as far as brotli goes, which no server could take the time for.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { defineConfig } from "vite";

const HERE = import.meta.dirname;
const BUILT = join(HERE, "built");

/** Write `<file>.br` beside every built file. */
function compressed() {
  return {
    name: "compressed",
    apply: "build",
    closeBundle() {
      for (const folder of [BUILT, join(BUILT, "assets")]) {
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
          if (!entry.isFile() || entry.name.endsWith(".br")) continue;
          const path = join(folder, entry.name);
          const body = readFileSync(path);
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
          writeFileSync(`${path}.br`, brotliCompressSync(body, { params }));
        }
      }
    },
  };
}

export default defineConfig({
  root: HERE,
  base: "./",
  publicDir: false,
  plugins: [compressed()],
  build: {
    outDir: BUILT,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      output: {
        manualChunks: (id) => (id.includes("node_modules") ? "maplibre" : undefined),
      },
    },
  },
  experimental: {
    // The page is at / or /embed, its files are below static/: addresses relative to each, so that a prefix works.
    renderBuiltUrl: (file, { hostType }) => (hostType === "html" ? `static/${file}` : { relative: true }),
  },
});
