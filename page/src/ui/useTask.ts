import { useQuery } from "@tanstack/react-query";
import type { Task } from "../api.generated";
import { api } from "../live/api";

const LOOK_MS = 400;
const ENDS: readonly Task["state"][] = ["completed", "failed", "cancelled"];

/** A task as it stands, looked at again and again until it has ended; undefined while nothing is known of it. */
export function useTask(started: Task | null): Task | undefined {
  const { data } = useQuery({
    queryKey: ["task", started?.id],
    queryFn: () => api.get_task(started?.id ?? ""),
    enabled: started !== null,
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : LOOK_MS),
  });
  return data ?? started ?? undefined;
}

export function hasEnded(task: Task): boolean {
  return ENDS.includes(task.state);
}
