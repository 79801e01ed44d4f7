// The suite's one file imports fs.globSync, which Node 20 has not; it uses it only for reading the protocol's own pages.
import { register } from "node:module";

const hooks = `
const shim = "data:text/javascript," + encodeURIComponent(
  'export * from "node:fs"; export { default } from "node:fs"; ' +
  'export const globSync = () => { throw new Error("globSync needs Node 22"); };'
);
export async function resolve(specifier, context, next) {
  const asks = (context.parentURL ?? "").includes("@modelcontextprotocol/conformance/");
  return asks && specifier === "fs" ? { url: shim, shortCircuit: true } : next(specifier, context);
}`;

register("data:text/javascript," + encodeURIComponent(hooks));
