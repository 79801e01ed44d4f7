import { type RefCallback, type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

const NEAR_PX = 48;

interface Following {
  frame: RefObject<HTMLDivElement | null>;
  contents: RefCallback<HTMLDivElement>;
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
  const isAtEnd = useRef(true);
  const below = useRef(0);
  const [isAway, setAway] = useState(false);

  const toEnd = useCallback(() => {
    isAtEnd.current = true;
    setAway(false);
    if (frame.current) frame.current.scrollTop = frame.current.scrollHeight;
  }, []);

  const onScroll = useCallback(() => {
    if (!frame.current) return;
    below.current = frame.current.scrollHeight - frame.current.scrollTop;
    isAtEnd.current = below.current - frame.current.clientHeight < NEAR_PX;
    setAway(!isAtEnd.current);
  }, []);

  const contents = useCallback(
    (element: HTMLDivElement | null) => {
      if (!element || !frame.current) return;
      const observer = new ResizeObserver(() => isAtEnd.current && toEnd());
      observer.observe(element);
      observer.observe(frame.current);
      return () => observer.disconnect();
    },
    [toEnd],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: what came in above moves the rest down
  useLayoutEffect(() => {
    if (frame.current && !isAtEnd.current)
      frame.current.scrollTop = frame.current.scrollHeight - below.current;
  }, [first]);

  return { frame, contents, onScroll, isAway, toEnd };
}
