import { useCallback, useMemo, useRef, useState } from "react";
import type { Item } from "../api.generated";

export interface Selection {
  ids: ReadonlySet<string>;
  /** Those of the selected that are still shown. */
  items: Item[];
  toggle: (id: string) => void;
  /** Select everything between what was chosen last and this one. */
  extend: (id: string) => void;
  all: () => void;
  clear: () => void;
}

const NONE: ReadonlySet<string> = new Set();

/** What the reader has chosen of a list. */
export function useSelection(items: readonly Item[]): Selection {
  const [ids, setIds] = useState(NONE);
  const last = useRef<string | null>(null);
  const shown = useRef(items);
  shown.current = items;

  const toggle = useCallback((id: string) => {
    last.current = id;
    setIds((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const extend = useCallback((id: string) => {
    const between = range(shown.current, last.current ?? id, id);
    setIds((now) => new Set([...now, ...between]));
  }, []);
  const all = useCallback(() => setIds(new Set(shown.current.map((item) => item.id))), []);
  const clear = useCallback(() => setIds(NONE), []);
  const selected = useMemo(
    () => (ids.size > 0 ? items.filter((item) => ids.has(item.id)) : []),
    [items, ids],
  );
  return { ids, items: selected, toggle, extend, all, clear };
}

function range(items: readonly Item[], from: string, to: string): string[] {
  const places = [from, to].map((id) => items.findIndex((item) => item.id === id));
  if (places.includes(-1)) return [to];
  return items.slice(Math.min(...places), Math.max(...places) + 1).map((item) => item.id);
}
