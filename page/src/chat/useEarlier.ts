import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import type { ConversationPage } from "../api.generated";
import { readEarlier } from "./reading";
import type { List } from "./useMessageList";

export interface Earlier {
  isReading: boolean;
  hasFailed: boolean;
  read: () => void;
}

const AHEAD = 12;

/** Reads earlier messages when the reader comes near the first known one; after a failure only when asked to. */
export function useEarlier({ conversation, next }: ConversationPage, list: List): Earlier {
  const queries = useQueryClient();
  const [state, setState] = useState<"idle" | "reading" | "failed">("idle");
  const read = useCallback(async () => {
    setState("reading");
    try {
      await readEarlier(queries, conversation.id);
      setState("idle");
    } catch {
      setState("failed");
    }
  }, [queries, conversation.id]);
  const isNear = list.range !== null && list.range.startIndex < AHEAD;
  useEffect(() => {
    if (isNear && next !== null && state === "idle") void read();
  }, [isNear, next, state, read]);
  return {
    isReading: state === "reading",
    hasFailed: state === "failed",
    read: () => {
      if (state !== "reading") void read();
    },
  };
}
