import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { StreamEvent } from "../live/frames";
import { socket } from "../live/live";
import { listenToSession } from "../live/session";
import { drafts } from "./drafts";
import { CONVERSATIONS, conversationKey, readMessage } from "./reading";

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
  const conversations = new Set(events.map(conversationOf).filter((id) => id !== null));
  const messages = new Map(events.flatMap(placeOfMessage));
  for (const id of conversations) void queries.invalidateQueries({ queryKey: conversationKey(id) });
  for (const [message, id] of messages) if (!conversations.has(id)) void readMessage(queries, id, message);
  if (conversations.size + messages.size > 0) void queries.invalidateQueries({ queryKey: CONVERSATIONS });
  if (events.some((event) => event.kind === "data" && !drafts.knows(event.data.version))) void readDrafts();
}

function conversationOf({ kind, data }: StreamEvent): string | null {
  return kind === "conversation" && typeof data.id === "string" ? data.id : null;
}

function placeOfMessage({ kind, data }: StreamEvent): [message: string, conversation: string][] {
  const { message_id: message, conversation_id: conversation } = data;
  const isOne = kind === "message" && typeof message === "string" && typeof conversation === "string";
  return isOne ? [[message, conversation]] : [];
}

async function readDrafts(): Promise<void> {
  try {
    await drafts.refresh();
  } catch {
    // Those of this browser are there; the others come with the next event.
  }
}
