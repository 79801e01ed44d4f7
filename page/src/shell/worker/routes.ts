/** What the worker does with a request: `asset` comes out of its cache, `page` is fetched and has an offline page to
 * fall back on, everything else is none of its business. Only an `asset` is ever in a cache. */
export type Route = "asset" | "page" | "none";

interface Asked {
  url: string;
  method: string;
  mode: string;
}

/**
 * Tell what to do with a request.
 *
 * @param assets the paths of this build's files, each named by its content, none of anybody's data.
 */
export function routeOf(asked: Asked, origin: string, assets: ReadonlySet<string>): Route {
  const url = new URL(asked.url);
  if (asked.method !== "GET" || url.origin !== origin) return "none";
  if (assets.has(url.pathname) && url.search === "") return "asset";
  return asked.mode === "navigate" && isPage(url.pathname) ? "page" : "none";
}

// NOTE: the routes of doors/pages.py.
function isPage(path: string): boolean {
  return path === "/" || path === "/new" || path.startsWith("/uuid=");
}
