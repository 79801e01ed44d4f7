import { Caller } from "./caller";
import { postCall } from "./calls";
import { LiveSocket, wakeWithBrowser } from "./socket";

/** The page's one connection. Importing opens nothing: `startLive` does. */
export const socket = new LiveSocket();

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
}

export function callMethod(method: string, positional: unknown[]): Promise<unknown> {
  return caller.call(method, positional);
}

// crypto.randomUUID exists only on https and localhost; a workspace may be served by plain http in a house.
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
