import { callMethod } from "./live";

type Methods = { [name: string]: (...positional: unknown[]) => Promise<unknown> };

/**
 * Put the stand-in for pywebview's object on the window, one function a method.
 *
 * In a real pywebview window its own object is there and stays.
 *
 * @returns whether the stand-in was put there.
 */
export function installStandIn(names: readonly string[]): boolean {
  if (window.pywebview) return false;
  window.pywebview = { api: standIn(names) };
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

// What is left out at the end is not sent, so that the method's own default holds. In the middle it can only be
// null, which a method takes where its argument may be None.
function trim(positional: unknown[]): unknown[] {
  const given = positional.findLastIndex((value) => value !== undefined);
  return positional.slice(0, given + 1).map((value) => value ?? null);
}
