import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { Message } from "../api.generated";
import { socket } from "../live/live";
import { conversationKey } from "./reading";
import { type Streamed, StreamedText } from "./streamedText";

/** The words of an answer as they come; reads the message again when the task has ended. */
export function useStreamed(message: Message): Streamed {
  const task = message.task_id ?? "";
  const isStreaming = message.state === "streaming";
  const streamed = useMemo(
    () => new StreamedText(task, (...reading) => socket.subscribe(...reading)),
    [task],
  );
  const watch = useCallback(
    (onPaint: () => void) => (isStreaming ? streamed.follow(onPaint) : () => {}),
    [isStreaming, streamed],
  );
  const now = useSyncExternalStore(watch, () => streamed.current);
  const queries = useQueryClient();
  useEffect(() => {
    if (!now.ended) return;
    void queries.invalidateQueries({ queryKey: conversationKey(message.conversation_id) });
  }, [now.ended, queries, message.conversation_id]);
  return now;
}
