import { useCallback, useEffect, useMemo, useState } from "react";
import type { PageAct } from "../api.generated";
import { api } from "../live/api";
import { socket } from "../live/live";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";

import { PageActs } from "./pageActs";
import { NOTHING, PageWatch, type Sight } from "./pageWatch";

/** The workspace's page as it is now, while this is shown and the tab is seen; `again` after a problem. */
export function useSight(): { sight: Sight; again: () => void } {
  const [sight, setSight] = useState(NOTHING);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another turn looks anew
  useEffect(() => {
    const watch = new PageWatch(
      {
        // Where its stream stands: of a page that stands still nothing more comes.
        watch: async () => api.get_task((await api.watch_page()).id),
        cancel: (id) => api.cancel_task(id),
        follow: (id, after, take) => socket.subscribe(id, after, take, () => {}),
      },
      setSight,
    );
    const look = () => (document.hidden ? watch.stop() : watch.start());
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      watch.stop();
    };
  }, [turn]);
  const again = useCallback(() => {
    setSight(NOTHING);
    setTurn((now) => now + 1);
  }, []);
  return { sight, again };
}

/** Does on the page what a person does on its picture. */
export function useActs(): (act: PageAct) => void {
  const acts = useMemo(() => new PageActs(sendToEnd, (error) => notify(reason(error))), []);
  return useCallback((act) => acts.add(act), [acts]);
}

/** Send acts, and wait until they are done: the next ones come after them. */
async function sendToEnd(acts: PageAct[]): Promise<void> {
  const task = await api.send_input(acts);
  await new Promise<void>((resolve, reject) => {
    const stop = socket.subscribe(
      task.id,
      0,
      (events) => {
        const end = events.find(({ kind }) => kind === "end");
        if (!end) return;
        stop();
        const { error } = end.data as { error?: { message: string } | null };
        if (error) reject(new Error(error.message));
        else resolve();
      },
      () => {},
      (error) => reject(new Error(error.message)),
    );
  });
}
