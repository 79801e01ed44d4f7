import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

/** NOTE: doors/papers.py finds these in the manifest by the names on the left. */
const FILES = {
  "papers/swagger-ui.js": "swagger-ui-dist/swagger-ui-bundle.js",
  "papers/swagger-ui.css": "swagger-ui-dist/swagger-ui.css",
  "papers/redoc.js": "redoc/bundles/redoc.standalone.js",
};
const FOREIGN_LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const NO_LOGO = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=";

/**
 * Copies Swagger UI and Redoc, each one whole file, for the pages /docs and /redoc: the chat page never asks for them.
 *
 * Stands after the service worker's plugin, which keeps what is there by then for use without a network.
 */
export function papers(): Plugin {
  return {
    name: "studiolo-papers",
    apply: "build",
    async generateBundle() {
      const { resolve } = createRequire(import.meta.url);
      for (const [name, module] of Object.entries(FILES)) {
        const source = withoutStrangers(await readFile(resolve(module), "utf-8"));
        const hash = createHash("sha256").update(source).digest("hex").slice(0, 8);
        const fileName = name.replace("papers/", "assets/").replace(/\.(\w+)$/, `-${hash}.$1`);
        this.emitFile({ type: "asset", fileName, originalFileName: name, name: fileName, source });
      }
    },
  };
}

/** Redoc asks another host for the logo beside its name; source maps are not here. */
function withoutStrangers(source: string): string {
  return source.replaceAll(FOREIGN_LOGO, NO_LOGO).replace(/\n(\/\/|\/\*)# sourceMappingURL=.*\n?$/, "\n");
}
