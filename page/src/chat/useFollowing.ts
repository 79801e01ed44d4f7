import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

interface Following {
  frame: RefObject<HTMLDivElement | null>;
  contents: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  /** The reader has scrolled away from the end. */
  isAway: boolean;
  toEnd: () => void;
}

/**
 * Keeps the end of a growing text in sight while the reader is there, and the place of one who is not.
 *
 * @param first the number of the first message: when it changes, earlier ones came in above.
 */
export function useFollowing(first: number | undefined): Following {
  const frame = useRef<HTMLDivElement>(null);
  const contents = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const top = useRef(0);
  const below = useRef(0);
  const [isAway, setAway] = useState(false);

  const toEnd = useCallback(() => {
    isAtEnd.current = true;
    setAway(false);
    if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, []);

  // Text that grows between a scroll and its event leaves the end behind as well: only a step up is the reader's.
  const onScroll = useCallback(() => {
    if (!frame.current) return;
    const { scrollHeight, scrollTop, clientHeight } = frame.current;
    const wentUp = scrollTop < top.current;
    top.current = scrollTop;
    below.current = scrollHeight - scrollTop;
    if (below.current - clientHeight < NEAR_PX) isAtEnd.current = true;
    else if (wentUp) isAtEnd.current = false;
    setAway(!isAtEnd.current);
  }, []);

  useEffect(() => {
    const observer = new ResizeObserver(() => isAtEnd.current && toEnd());
    for (const element of [frame.current, contents.current]) if (element) observer.observe(element);
    return () => observer.disconnect();
  }, [toEnd]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what came in above moves the rest down
  useLayoutEffect(() => {
    if (frame.current && !isAtEnd.current)
      frame.current.scrollTop = frame.current.scrollHeight - below.current;
  }, [first]);

  return { frame, contents, onScroll, isAway, toEnd };
}
