import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { Task, TaskList } from "../api.generated";
import { api } from "../live/api";
import { afterOpening } from "../live/session";
import { useNews } from "../live/useNews";
import { hasEnded } from "../ui/useTask";
import { Highest } from "./highest";
import { WATCH } from "./kinds";
import { TASKS } from "./questions";

const MOST_OPEN = 200;
const PAGE = 50;
const LOOK_MS = 1_000; // how far a task is, and whose turn it is, are no news of the workspace's stream
const NEWS = ["task"];

const highest = new Highest();

/** The tasks that have not ended, newest first; of one kind where one is named. */
export function useOpenTasks(kind: string | null): UseQueryResult<Task[]> {
  return useQuery({
    queryKey: [...TASKS, "open", kind],
    queryFn: () => afterOpening(async () => grown(await api.list_tasks("open", MOST_OPEN, null, kind)).items),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.some(isMoving) ? LOOK_MS : false),
    select: (tasks) => tasks.filter((task) => isShown(task, kind)),
  });
}

/** The tasks that have ended, newest first, page by page. */
export function useEndedTasks(kind: string | null, isAsked: boolean): UseInfiniteQueryResult<Task[]> {
  return useInfiniteQuery({
    queryKey: [...TASKS, "ended", kind],
    queryFn: ({ pageParam }) => afterOpening(() => api.list_tasks("ended", PAGE, pageParam, kind)),
    enabled: isAsked,
    initialPageParam: null as string | null,
    getNextPageParam: (page: TaskList) => page.next,
    placeholderData: keepPreviousData,
    select: (data: InfiniteData<TaskList>) =>
      data.pages.flatMap((page) => page.items).filter((task) => isShown(task, kind)),
  });
}

/** One task with the number of its last event. */
export function useOneTask(id: string, isAsked = true): UseQueryResult<Task> {
  return useQuery({
    queryKey: [...TASKS, "one", id],
    queryFn: () => afterOpening(async () => highest.of(await api.get_task(id))),
    enabled: isAsked,
    refetchInterval: ({ state }) => (state.data && isMoving(state.data) ? LOOK_MS : false),
    gcTime: 0,
  });
}

/** Keep what is shown of tasks true to what happens in this workspace. */
export function useTaskEvents(): void {
  useNews(NEWS, readAgain);
}

/** Show how far a task is, as its stream tells. */
export function showProgress(queries: QueryClient, id: string, percent: number): void {
  highest.note(id, percent);
  queries.setQueryData<Task>([...TASKS, "one", id], (task) => task && highest.of(task));
}

/** Show a task as a call has answered it, wherever it is shown. */
export function showTask(queries: QueryClient, task: Task): void {
  const of = (old: Task) => (old.id === task.id ? { ...highest.of(task), last_event: old.last_event } : old);
  queries.setQueryData<Task>([...TASKS, "one", task.id], (old) => old && of(old));
  queries.setQueriesData<Task[]>({ queryKey: [...TASKS, "open"] }, (list) => list?.map(of));
  readAgain(queries);
}

export function readAgain(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: TASKS });
}

// Looking at the live page is a task, too, and nobody's news: it is there for whoever asks for its kind.
function isShown(task: Task, kind: string | null): boolean {
  return kind !== null || task.kind !== WATCH;
}

function grown(list: TaskList): TaskList {
  return { ...list, items: list.items.map((task) => highest.of(task)) };
}

// What waits for a person moves only by an answer, which is an event.
function isMoving(task: Task): boolean {
  return !hasEnded(task) && task.state !== "waiting";
}
