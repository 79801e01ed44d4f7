import { useSyncExternalStore } from "react";

const query = window.matchMedia("(min-width: 75rem)");

/** Whether list, editor and a panel have room side by side; otherwise one of them is shown at a time. */
export function useRoomy(): boolean {
  return useSyncExternalStore(watch, () => query.matches);
}

function watch(onChange: () => void): () => void {
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}
