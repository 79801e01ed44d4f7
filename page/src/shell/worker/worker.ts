import { offlinePage } from "./offline";
import { routeOf } from "./routes";

/** The paths of this build's scripts and style sheets. NOTE: put in by worker.plugin.ts. */
declare const BUILD: { version: string; assets: string[] };

// The library of types for workers cannot stand beside that for pages: these are the parts used here.
interface Lasting extends Event {
  waitUntil: (work: Promise<unknown>) => void;
}
interface Fetching extends Lasting {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith: (response: Promise<Response>) => void;
}
interface Worker {
  registration: ServiceWorkerRegistration;
  addEventListener: ((kind: "install" | "activate", act: (event: Lasting) => void) => void) &
    ((kind: "fetch", act: (event: Fetching) => void) => void);
}

const worker = self as unknown as Worker;
const OURS = "studiolo-";
const CACHE = OURS + BUILD.version;
const ASSETS: ReadonlySet<string> = new Set(BUILD.assets);

// A new worker waits until the pages of the old one are closed: these go on with the files they were built with.
worker.addEventListener("install", (event) => event.waitUntil(keepAssets()));
worker.addEventListener("activate", (event) => event.waitUntil(begin()));
worker.addEventListener("fetch", (event) => {
  const route = routeOf(event.request, location.origin, ASSETS);
  if (route === "asset") event.respondWith(asset(event.request));
  if (route === "page") event.respondWith(page(event));
});

async function keepAssets(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(BUILD.assets);
}

async function begin(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(OURS) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  // The page is asked for while the worker starts, not after.
  await worker.registration.navigationPreload?.enable();
}

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName: CACHE })) ?? fetch(request);
}

async function page(event: Fetching): Promise<Response> {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return offlinePage(crypto.randomUUID());
  }
}
