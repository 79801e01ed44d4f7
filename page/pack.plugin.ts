import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const PACKED = /\.(js|css|svg|json)$/;
const LEAST_BYTES = 1024;

/**
 * Writes each built file packed beside itself, as `.br` and `.gz`.
 *
 * NOTE: doors/static_files.py sends these in the place of the file.
 */
export function packedFiles(): Plugin {
  let folder = "";
  return {
    name: "studiolo-packed",
    apply: "build",
    configResolved: (config) => {
      folder = join(config.root, config.build.outDir, "assets");
    },
    async closeBundle() {
      const names = (await readdir(folder)).filter((name) => PACKED.test(name));
      await Promise.all(names.map((name) => pack(join(folder, name))));
    },
  };
}

async function pack(path: string): Promise<void> {
  const source = await readFile(path);
  if (source.length < LEAST_BYTES) return;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  await writeFile(`${path}.br`, await promisify(brotliCompress)(source, quality));
  await writeFile(`${path}.gz`, await promisify(gzip)(source, { level: constants.Z_BEST_COMPRESSION }));
}
