import { useSyncExternalStore } from "react";

/** Whether the navigation has room beside the page; otherwise it is a drawer. */
export const useWide = room("56rem");

/** Whether a list, an editor and a panel have room side by side; otherwise one of them is shown at a time. */
export const useRoomy = room("75rem");

function room(width: string): () => boolean {
  const query = window.matchMedia(`(min-width: ${width})`);
  function watch(onChange: () => void): () => void {
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }
  return () => useSyncExternalStore(watch, () => query.matches);
}
