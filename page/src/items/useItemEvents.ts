import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "../live/api";
import type { StreamEvent } from "../live/frames";
import { listenToSession } from "../live/session";
import { isNews } from "./ownChanges";
import { isShown, readAgain, readFromStart, showItem } from "./reading";

const SETTLE_MS = 150;

export interface Outdated {
  /** A long list that was changed elsewhere is shown as it was read. */
  isOutdated: boolean;
  readAgain: () => void;
}

/**
 * Keep what is shown true to what others do.
 *
 * @param isPaused somebody writes in the list, which must not move under the letters: it is read when that is over.
 */
export function useItemEvents(isPaused: boolean): Outdated {
  const queries = useQueryClient();
  const [isOutdated, setOutdated] = useState(false);
  const paused = useRef(isPaused);
  const isDue = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const ask = useCallback(() => {
    isDue.current = true;
    if (paused.current) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      isDue.current = false;
      if (readAgain(queries)) setOutdated(true);
    }, SETTLE_MS);
  }, [queries]);

  useEffect(() => {
    paused.current = isPaused;
    if (!isPaused && isDue.current) ask();
  }, [isPaused, ask]);

  useEffect(() => {
    const stop = listenToSession({
      onEvents: (events) => {
        const news = events.filter(isNews);
        for (const event of news) void showChanged(queries, event);
        if (news.length > 0) ask();
      },
      onGap: ask,
    });
    return () => {
      stop();
      clearTimeout(timer.current);
    };
  }, [queries, ask]);

  const again = useCallback(() => {
    setOutdated(false);
    readFromStart(queries);
  }, [queries]);
  return { isOutdated, readAgain: again };
}

// In a long list, and while somebody writes, what was changed is shown in its place.
async function showChanged(queries: QueryClient, { kind, data }: StreamEvent): Promise<void> {
  if (kind !== "item" || data.change !== "updated" || typeof data.id !== "string") return;
  if (!isShown(queries, data.id)) return;
  try {
    showItem(queries, await api.get_item(data.id));
  } catch {
    // It is gone by now, and an event of its own tells that.
  }
}
