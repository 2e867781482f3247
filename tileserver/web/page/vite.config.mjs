// Builds the map page into `built/`, which the server hands out under static/: hashed names, kept for ever.
// Every file also lies there compressed as far as brotli goes, which no server could take the time for.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { defineConfig } from "vite";

const HERE = import.meta.dirname;
const BUILT = join(HERE, "built");

const compress = promisify(brotliCompress);

/** Write `<file>.br` beside every built file. */
function compressed() {
  return {
    name: "compressed",
    apply: "build",
    async closeBundle() {
      const files = [BUILT, join(BUILT, "assets")].flatMap((folder) =>
        readdirSync(folder, { withFileTypes: true })
          .filter((entry) => entry.isFile() && !entry.name.endsWith(".br"))
          .map((entry) => join(folder, entry.name)),
      );
      await Promise.all(
        files.map(async (path) => {
          const body = readFileSync(path);
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
          writeFileSync(`${path}.br`, await compress(body, { params }));
        }),
      );
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
      checks: { pluginTimings: false }, // compressing takes longer than building, and is meant to
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
