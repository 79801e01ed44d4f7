import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { StreamEvent } from "../live/frames";
import { socket } from "../live/live";
import { listenToSession } from "../live/session";
import { drafts } from "./drafts";
import { CONVERSATIONS, conversationKey } from "./reading";

/** Keep what is shown true to what happens in this workspace, in this tab or another. */
export function useChatEvents(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToSession({
        onEvents: (events) => refresh(queries, events),
        onGap: () => void queries.invalidateQueries(),
      }),
    [queries],
  );
  useEffect(() => {
    void readDrafts();
    return socket.watch(() => {
      if (socket.connection === "connected") drafts.flush();
    });
  }, []);
}

function refresh(queries: QueryClient, events: StreamEvent[]): void {
  const kinds = new Set(events.map((event) => event.kind));
  for (const id of changed(events)) void queries.invalidateQueries({ queryKey: conversationKey(id) });
  if (kinds.has("conversation") || kinds.has("message")) {
    void queries.invalidateQueries({ queryKey: CONVERSATIONS });
  }
  if (events.some((event) => event.kind === "data" && !drafts.knows(event.data.version))) void readDrafts();
}

function changed(events: StreamEvent[]): Set<string> {
  const ids = events.map((event) => {
    if (event.kind === "message") return event.data.conversation_id;
    return event.kind === "conversation" ? event.data.id : null;
  });
  return new Set(ids.filter((id) => typeof id === "string"));
}

async function readDrafts(): Promise<void> {
  try {
    await drafts.refresh();
  } catch {
    // Those of this browser are there; the others come with the next event.
  }
}
