import { useSyncExternalStore } from "react";

/** Something that is open or not, wherever on the page it is asked for. */
export class Toggle {
  private isOpen = false;
  private readonly watchers = new Set<() => void>();

  set = (isOpen: boolean): void => {
    this.isOpen = isOpen;
    for (const watcher of [...this.watchers]) watcher();
  };

  get = (): boolean => this.isOpen;

  watch = (onChange: () => void): (() => void) => {
    this.watchers.add(onChange);
    return () => this.watchers.delete(onChange);
  };
}

export function useToggle(toggle: Toggle): boolean {
  return useSyncExternalStore(toggle.watch, toggle.get);
}
