import { useSyncExternalStore } from "react";

let isOpen = false;
let before: Element | null = null;
const watchers = new Set<() => void>();

/** Open the command palette, or put it away. */
export function openPalette(open = true): void {
  if (open && !isOpen) before = document.activeElement;
  isOpen = open;
  for (const watcher of watchers) watcher();
}

/** Give the focus back to what had it before the palette came. */
export function returnFocus(): void {
  if (before instanceof HTMLElement) before.focus();
}

export function usePaletteOpen(): boolean {
  return useSyncExternalStore(watch, () => isOpen);
}

function watch(onChange: () => void): () => void {
  watchers.add(onChange);
  return () => watchers.delete(onChange);
}
