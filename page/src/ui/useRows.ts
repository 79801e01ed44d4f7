import { type Range, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useRef } from "react";

const OVERSCAN = 8;
const AHEAD = 30;

interface RowsOf {
  items: readonly { id: string }[];
  rowPx: number;
  hasMore: boolean;
  onMore: () => void;
  /** A row that stays on the page wherever the reader scrolls, for it has the focus. */
  held?: { row: number };
  /** Rows that are as high as their contents; `rowPx` is then a guess. */
  gapPx?: number;
}

export interface Rows {
  frame: RefObject<HTMLDivElement | null>;
  list: Virtualizer<HTMLDivElement, HTMLElement>;
}

/** The rows in sight of a long list, which asks for more when the reader comes near its end. */
export function useRows({ items, rowPx, hasMore, onMore, held, gapPx = 0 }: RowsOf): Rows {
  const frame = useRef<HTMLDivElement>(null);
  const list = useVirtualizer<HTMLDivElement, HTMLElement>({
    count: items.length,
    getScrollElement: () => frame.current,
    getItemKey: (index) => items[index]?.id ?? index,
    estimateSize: () => rowPx,
    rangeExtractor: (range) => inSight(range, held?.row ?? 0),
    overscan: OVERSCAN,
    gap: gapPx,
  });
  const isNearEnd = (list.range?.endIndex ?? 0) >= items.length - AHEAD;
  useEffect(() => {
    if (isNearEnd && hasMore) onMore();
  }, [isNearEnd, hasMore, onMore]);
  return { frame, list };
}

function inSight({ startIndex, endIndex, overscan, count }: Range, held: number): number[] {
  const start = Math.max(0, startIndex - overscan);
  const end = Math.min(count - 1, endIndex + overscan);
  const near = Array.from({ length: Math.max(0, end - start + 1) }, (_, step) => start + step);
  if (held >= count || (held >= start && held <= end)) return near;
  return held < start ? [held, ...near] : [...near, held];
}
