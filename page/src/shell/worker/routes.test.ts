import { expect, test } from "vitest";
import { routeOf } from "./routes";

const HERE = "https://studiolo.example";
const ASSETS = new Set(["/static/app/assets/main-1a2b.js", "/static/app/assets/main-3c4d.css"]);
const ID = "0b3c6a52-7a51-4c8e-9c8e-6a1b7d2f9a10";

function route(path: string, facts: { method?: string; mode?: string; origin?: string } = {}): string {
  const { method = "GET", mode = "cors", origin = HERE } = facts;
  return routeOf({ url: origin + path, method, mode }, HERE, ASSETS);
}

test("this build's files come out of the cache", () => {
  for (const path of ASSETS) expect(route(path)).toBe("asset");
});

// Every address that can carry something of a workspace, in every way a browser may ask for it.
const PRIVATE = [
  "/",
  "/new",
  `/uuid=${ID}`,
  "/api/get_conversation",
  "/api/get_session",
  `/live?session=${ID}`,
  "/rest/v1/session",
  "/mcp",
  `/files/${ID}/letter.pdf`,
  "/pair/4711",
  "/index.html",
  "/own.js",
  "/static/app/assets/other-9z.js",
  "/static/app/assets/../../api/get_session",
  "/static/app/assets/main-1a2b.js?session=1",
  "/static/app/.vite/manifest.json",
  "/service-worker.js",
];

test.each(PRIVATE)("nothing of %s gets into a cache", (path) => {
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
    for (const mode of ["navigate", "cors", "same-origin", "no-cors", "websocket"])
      expect(route(path, { method, mode })).not.toBe("asset");
});

test("an asset is cached for nothing but a plain read of this server", () => {
  expect(route("/static/app/assets/main-1a2b.js", { method: "POST" })).toBe("none");
  expect(route("/static/app/assets/main-1a2b.js", { origin: "https://other.example" })).toBe("none");
});

test("only the pages themselves have an offline page to fall back on", () => {
  for (const path of ["/", "/new", `/uuid=${ID}`]) expect(route(path, { mode: "navigate" })).toBe("page");
  for (const path of ["/api/get_session", "/files/a.pdf", "/static/favicon.svg"])
    expect(route(path, { mode: "navigate" })).toBe("none");
  expect(route(`/uuid=${ID}`)).toBe("none");
});
