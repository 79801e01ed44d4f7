import { useQuery } from "@tanstack/react-query";
import { conversationKey, type Pages } from "./reading";

/** The task that writes the last answer of a conversation, or null where none is being written. */
export function useRunningTask(id: string | null): string | null {
  const found = useQuery<Pages, Error, string | null>({
    queryKey: conversationKey(id ?? ""),
    enabled: false,
    select: (data) => runningTask(data),
  });
  return found.data ?? null;
}

function runningTask(data: Pages): string | null {
  const last = data.pages[0]?.messages.findLast((message) => message.state === "streaming");
  return last?.task_id ?? null;
}
