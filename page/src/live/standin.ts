import { callMethod } from "./live";
import { dressNative, keepStandIn, type Methods, trim } from "./native";

/**
 * Put the stand-in for pywebview's object on the window, one function a method.
 *
 * In the desktop window pywebview's own object comes a moment after the page has loaded, and announces itself.
 *
 * @returns whether the stand-in was put there.
 */
export function installStandIn(names: readonly string[]): boolean {
  if (window.pywebview) return false;
  if (window.STUDIOLO.isWindow) {
    dressNative();
    return false;
  }
  const api = standIn(names);
  window.pywebview = { api };
  keepStandIn(api);
  return true;
}

/** Fire `pywebviewready` once the document is parsed, when every script of the page had the chance to listen. */
export function announceReady(): void {
  const announce = () => window.dispatchEvent(new CustomEvent("pywebviewready"));
  if (document.readyState !== "loading") queueMicrotask(announce);
  else document.addEventListener("DOMContentLoaded", announce, { once: true });
}

function standIn(names: readonly string[]): Methods {
  const entries = names.map((name) => [
    name,
    (...positional: unknown[]) => callMethod(name, trim(positional)),
  ]);
  return Object.fromEntries(entries);
}
