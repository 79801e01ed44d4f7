import { Caller } from "./caller";
import { postCall } from "./calls";
import { browser, LiveSocket, wakeWithBrowser } from "./socket";

const page = newKey();

/** The page's one connection. Importing opens nothing: `startLive` does. */
export const socket = new LiveSocket(browser(page));

const caller = new Caller({
  isLive: () => socket.connection === "connected",
  live: (method, positional, key) => socket.call(method, positional, key),
  post: postCall,
  newKey,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => performance.now(),
});

export function startLive(): void {
  socket.open();
  wakeWithBrowser(socket);
  // A page that is only put aside, as on a phone that locks, says no goodbye.
  addEventListener("pagehide", ({ persisted }) => {
    if (!persisted) navigator.sendBeacon(`/leave/${window.SESSION_UUID}/${page}`);
  });
}

export function callMethod(method: string, positional: unknown[]): Promise<unknown> {
  return caller.call(method, positional);
}

// crypto.randomUUID exists only on https and localhost; a workspace may be served by plain http in a house.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
