import { useSyncExternalStore } from "react";

const query = window.matchMedia("(min-width: 56rem)");

/** Whether the navigation has room beside the page; otherwise it is a drawer. */
export function useWide(): boolean {
  return useSyncExternalStore(watch, () => query.matches);
}

function watch(onChange: () => void): () => void {
  query.addEventListener("change", onChange);
  return () => query.removeEventListener("change", onChange);
}
