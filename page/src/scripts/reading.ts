import {
  type QueryClient,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import type { SavedScript, ScriptExample, ScriptLine, ScriptRun, ScriptRunList } from "../api.generated";
import { api } from "../live/api";
import { afterOpening } from "../live/session";
import { useNews } from "../live/useNews";

const SCRIPTS = ["scripts"];
const LIST = [...SCRIPTS, "list"];
const NEWS = ["script", "task"];
const RUNS = 20;

/** The saved scripts without their code. */
export function useScripts(): UseQueryResult<ScriptLine[]> {
  return useQuery({
    queryKey: LIST,
    queryFn: () => afterOpening(async () => (await api.list_scripts()).items),
  });
}

/** One script, whole. */
export function useSavedScript(id: string | null): UseQueryResult<SavedScript> {
  return useQuery({
    queryKey: oneOf(id ?? ""),
    queryFn: () => afterOpening(() => api.get_script(id ?? "")),
    enabled: id !== null,
  });
}

/** What a new script may begin with. */
export function useExamples(): readonly ScriptExample[] {
  const { data } = useQuery({
    queryKey: [...SCRIPTS, "examples", document.documentElement.lang],
    queryFn: async () => (await api.list_script_examples()).items,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? [];
}

/** The runs of a saved script, newest first, page by page. */
export function useRuns(id: string): UseInfiniteQueryResult<ScriptRun[]> {
  return useInfiniteQuery({
    queryKey: [...SCRIPTS, "runs", id],
    queryFn: ({ pageParam }) => afterOpening(() => api.list_script_runs(id, pageParam, RUNS)),
    initialPageParam: null as string | null,
    getNextPageParam: (page: ScriptRunList) => page.next,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

/** When a schedule would start its script next. */
export function useTimes(cron: string, time_zone: string): UseQueryResult<string[]> {
  return useQuery({
    queryKey: [...SCRIPTS, "times", cron, time_zone],
    queryFn: async () => (await api.get_schedule_times(cron, time_zone)).times,
    gcTime: 0,
  });
}

/** Keep what is shown true to what happens in this workspace. */
export function useScriptEvents(): void {
  useNews(NEWS, readAgain);
}

/** Show a script as a call has answered it. */
export function showScript(queries: QueryClient, script: SavedScript): void {
  queries.setQueryData<SavedScript>(oneOf(script.id), script);
  queries.setQueryData<ScriptLine[]>(
    LIST,
    (list) => list && [script, ...list.filter(({ id }) => id !== script.id)],
  );
  readAgain(queries);
}

/** Take a script out of the list. */
export function hideScript(queries: QueryClient, id: string): void {
  queries.setQueryData<ScriptLine[]>(LIST, (list) => list?.filter((script) => script.id !== id));
}

export function readAgain(queries: QueryClient): void {
  for (const what of ["list", "one", "runs"])
    void queries.invalidateQueries({ queryKey: [...SCRIPTS, what] });
}

function oneOf(id: string): readonly string[] {
  return [...SCRIPTS, "one", id];
}
