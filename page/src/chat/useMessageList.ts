import { elementScroll, type Range, useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { type Entry, heightOf } from "./entries";
import { follows } from "./following";

const GAP_PX = 8;
const EDGE_PX = 16;
const EARLIER_PX = 64;
const OVERSCAN = 4;
const FAR_BELOW = 1e9;

export type List = Virtualizer<HTMLDivElement, HTMLDivElement>;

export interface MessageList {
  frame: RefObject<HTMLDivElement | null>;
  list: List;
  /** The reader has scrolled away from the end. */
  isAway: boolean;
  toEnd: () => void;
  onScroll: () => void;
  /** The entry that the focus is in, or was last, stays on the page: what is being written there is not lost. */
  onFocus: (index: number) => void;
}

/**
 * The entries in sight of a long conversation; keeps its end in sight while the reader is there, and the place of one
 * who is not.
 *
 * @param hasEarlier whether room is left at the top for the way to earlier messages.
 */
export function useMessageList(entries: Entry[], hasEarlier: boolean): MessageList {
  const frame = useRef<HTMLDivElement>(null);
  const placed = useRef(0);
  const held = useRef<Entry["key"] | null>(null);
  const list: List = useVirtualizer({
    count: entries.length,
    getScrollElement: () => frame.current,
    getItemKey: (index) => entries[index]?.key ?? index,
    estimateSize: (index) => heightOf(entries[index]),
    rangeExtractor: (range) => shown(range, entries, held.current),
    scrollToFn: (offset, options, instance) => {
      elementScroll(offset, options, instance);
      placed.current = frame.current?.scrollTop ?? 0;
    },
    initialOffset: FAR_BELOW,
    anchorTo: "end",
    overscan: OVERSCAN,
    gap: GAP_PX,
    paddingStart: hasEarlier ? EARLIER_PX : EDGE_PX,
    paddingEnd: EDGE_PX,
  });
  const following = useFollowing(frame, placed, list.getTotalSize());
  const onFocus = useCallback(
    (index: number) => {
      held.current = entries[index]?.key ?? null;
    },
    [entries],
  );
  return { frame, list, onFocus, ...following };
}

function useFollowing(
  frame: RefObject<HTMLDivElement | null>,
  placed: RefObject<number>,
  height: number,
): Pick<MessageList, "isAway" | "toEnd" | "onScroll"> {
  const isFollowing = useRef(true);
  const [isAway, setAway] = useState(false);

  const look = useCallback(() => {
    if (!frame.current) return;
    const { scrollHeight, scrollTop, clientHeight } = frame.current;
    const sight = { above: scrollTop, below: scrollHeight - clientHeight - scrollTop };
    isFollowing.current = follows(isFollowing.current, placed.current, sight);
    placed.current = scrollTop;
    setAway(!isFollowing.current);
  }, [frame, placed]);

  const toEnd = useCallback(() => {
    isFollowing.current = true;
    setAway(false);
    if (!frame.current) return;
    frame.current.scrollTop = frame.current.scrollHeight;
    placed.current = frame.current.scrollTop;
  }, [frame, placed]);

  // A scroll of the reader may not have been told yet: the place itself is looked at before it is changed.
  const grow = useCallback(() => {
    look();
    if (isFollowing.current) toEnd();
  }, [look, toEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves with the height
  useLayoutEffect(grow, [height, grow]);
  useEffect(() => {
    const observer = new ResizeObserver(grow);
    if (frame.current) observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame, grow]);

  return { isAway, toEnd, onScroll: look };
}

function shown(range: Range, entries: Entry[], held: Entry["key"] | null): number[] {
  const start = Math.max(0, range.startIndex - range.overscan);
  const end = Math.min(range.count - 1, range.endIndex + range.overscan);
  const near = Array.from({ length: end - start + 1 }, (_, step) => start + step);
  const other = held === null ? -1 : entries.findIndex((entry) => entry.key === held);
  if (other < 0 || (other >= start && other <= end)) return near;
  return other < start ? [other, ...near] : [...near, other];
}
