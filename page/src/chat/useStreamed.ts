import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useSyncExternalStore } from "react";
import type { Message } from "../api.generated";
import { socket } from "../live/live";
import { ended } from "./ending";
import { conversationKey, patchMessage, readMessage } from "./reading";
import { type Streamed, StreamedText } from "./streamedText";

const MOST_KEPT = 16;
const kept = new Map<string, StreamedText>();

/** The words of an answer as they come; the message itself is mended, or read, when the task has ended. */
export function useStreamed(message: Message): Streamed {
  const queries = useQueryClient();
  const isStreaming = message.state === "streaming";
  const streamed = textOf(queries, message);
  const watch = useCallback(
    (onPaint: () => void) => (isStreaming ? streamed.follow(onPaint) : () => {}),
    [isStreaming, streamed],
  );
  const now = useSyncExternalStore(watch, () => streamed.current);
  useEffect(() => {
    if (now.ended && isStreaming) settle(queries, message, now);
  }, [now, isStreaming, queries, message]);
  return now;
}

function settle(queries: QueryClient, message: Message, now: Streamed): void {
  const whole = now.end && ended(message, now, now.end);
  if (whole) patchMessage(queries, whole);
  else void readMessage(queries, message.conversation_id, message.id);
}

function readAgain(queries: QueryClient, message: Message): Promise<void> {
  return queries.invalidateQueries({ queryKey: conversationKey(message.conversation_id) });
}

// Kept beyond the element on the page: one that is scrolled out of sight and back shows at once what it had.
function textOf(queries: QueryClient, message: Message): StreamedText {
  const task = message.task_id ?? "";
  const known = kept.get(task);
  if (known) return known;
  const subscribe = (...reading: Parameters<typeof socket.subscribe>) => socket.subscribe(...reading);
  const streamed = new StreamedText(task, subscribe, () => void readAgain(queries, message));
  kept.set(task, streamed);
  for (const oldest of [...kept.keys()].slice(0, -MOST_KEPT)) kept.delete(oldest);
  return streamed;
}
