import { useSyncExternalStore } from "react";

export interface Place {
  /** The first word of the address: which area. */
  path: string;
  /** What follows it, "" where nothing does. */
  rest: string;
}

const watchers = new Set<() => void>();

/** Where the page is: `#/chat/<id>` -> {path: "chat", rest: "<id>"}. */
export function usePlace(): Place {
  return placeOf(useSyncExternalStore(watch, () => location.hash));
}

/** Go to an address such as `/chat/<id>`; `replace` leaves no step to go back to. */
export function go(address: string, replace = false): void {
  if (location.hash === `#${address}`) return;
  if (replace) history.replaceState(null, "", `#${address}`);
  else history.pushState(null, "", `#${address}`);
  for (const watcher of [...watchers]) watcher();
}

export function placeOf(hash: string): Place {
  const [path = "", ...rest] = hash.replace(/^#?\/?/, "").split("/");
  return { path, rest: rest.join("/") };
}

function watch(onChange: () => void): () => void {
  watchers.add(onChange);
  window.addEventListener("hashchange", onChange);
  window.addEventListener("popstate", onChange);
  return () => {
    watchers.delete(onChange);
    window.removeEventListener("hashchange", onChange);
    window.removeEventListener("popstate", onChange);
  };
}
