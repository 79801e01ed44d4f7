import { createHash } from "node:crypto";
import { build, type Plugin } from "vite";

const ENTRY = "src/shell/worker/worker.ts";

/**
 * Builds the service worker, which knows the names of the build's scripts and style sheets.
 *
 * NOTE: doors/static_files.py serves it at the root.
 */
export function serviceWorker(): Plugin {
  let base = "/";
  return {
    name: "studiolo-service-worker",
    apply: "build",
    configResolved: (config) => {
      base = config.base;
    },
    async generateBundle(_options, bundle) {
      const assets = Object.keys(bundle)
        .filter((name) => /^assets\/.*\.(js|css)$/.test(name))
        .map((name) => base + name)
        .sort();
      this.emitFile({ type: "asset", fileName: "service-worker.js", source: await buildWorker(assets) });
    },
  };
}

async function buildWorker(assets: string[]): Promise<string> {
  const version = createHash("sha256").update(assets.join()).digest("hex").slice(0, 12);
  const result = await build({
    configFile: false,
    logLevel: "warn",
    define: { BUILD: JSON.stringify({ version, assets }) },
    build: {
      write: false,
      target: "es2022",
      lib: { entry: ENTRY, formats: ["iife"], name: "studioloWorker" },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  if (!first || !("output" in first)) throw new Error("the service worker was not built");
  return first.output[0].code;
}
