import type { SessionListener } from "./session";

const SETTLE_MS = 120; // several events come close behind one another

/** Act soon after an event of these kinds, and where events may be missing. Returns the function that ends it. */
export function hearNews(
  listen: (listener: SessionListener) => () => void,
  kinds: readonly string[],
  act: () => void,
): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const actSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      act();
    }, SETTLE_MS);
  };
  const stop = listen({
    onEvents: (events) => events.some(({ kind }) => kinds.includes(kind)) && actSoon(),
    onGap: actSoon,
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
