import { createContext, type ReactNode, use, useState } from "react";

/** Whether the list around is being scrolled. */
export const ScrollingContext = createContext(false);

/**
 * What may come a moment later than the text it belongs to: it waits while the reader scrolls past, and stays then.
 * It must not change the height of what is around it.
 */
export function Settled({ children }: { children: ReactNode }): ReactNode {
  const isScrolling = use(ScrollingContext);
  const [isThere, setThere] = useState(!isScrolling);
  if (!isThere && !isScrolling) setThere(true);
  return isThere ? children : null;
}
