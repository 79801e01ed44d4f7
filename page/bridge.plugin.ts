import { createHash } from "node:crypto";
import { build, type Plugin } from "vite";

const ENTRY = "src/bridge.ts";

/**
 * Builds the stand-in for plain HTML pages as one classic script and lists it in the manifest.
 *
 * A second entry of the main build would be an ES module that imports shared chunks: a page's own
 * classic scripts would run before it.
 */
export function bridgeScript(): Plugin {
  return {
    name: "studiolo-bridge",
    apply: "build",
    async generateBundle() {
      const source = await buildClassicScript();
      const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
      this.emitFile({
        type: "asset",
        fileName: `assets/bridge-${hash}.js`,
        originalFileName: ENTRY,
        name: "bridge.js",
        source,
      });
    },
  };
}

async function buildClassicScript(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "warn",
    build: {
      write: false,
      target: "es2022",
      lib: { entry: ENTRY, formats: ["iife"], name: "studioloBridge" },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  if (!first || !("output" in first)) throw new Error("the bridge was not built");
  return first.output[0].code;
}
