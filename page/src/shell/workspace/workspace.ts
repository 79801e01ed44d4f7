import { type QueryClient, type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { useEffect } from "react";
import type { Session, SessionList } from "../../api.generated";
import { api } from "../../live/api";
import type { StreamEvent } from "../../live/frames";
import { afterOpening, listenToSession } from "../../live/session";
import { notify } from "../../ui/notify";
import { go } from "../place";

const WORKSPACE = ["workspace"];
const WORKSPACES = ["workspaces"];
const HOUR_MS = 3_600_000;
const WARNING_MS = 3 * 24 * HOUR_MS;

/** The workspace of this page; asked for again each hour, because its end comes nearer by itself. */
export function useWorkspace(): Session | undefined {
  return useQuery({
    queryKey: WORKSPACE,
    queryFn: () => afterOpening(() => api.get_session()),
    refetchInterval: HOUR_MS,
  }).data;
}

/** The workspaces that this browser opens, last used first. */
export function useWorkspaces(): UseQueryResult<SessionList> {
  return useQuery({ queryKey: WORKSPACES, queryFn: () => api.list_sessions() });
}

/** Keep what is shown of workspaces true to what other tabs do. */
export function useWorkspaceEvents(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToSession({
        onEvents: (events) => {
          // A workspace is stored, and has its times, with the first thing that happens in it.
          const isStored = queries.getQueryData<Session>(WORKSPACE)?.stored;
          if (!isStored || events.some((event) => event.kind === "session")) readAgain(queries);
          for (const { kind, data } of events) if (kind === "notice") tellNotice(data);
        },
        onGap: () => readAgain(queries),
      }),
    [queries],
  );
}

/** Name this workspace. Rejects with CallError. */
export async function nameWorkspace(queries: QueryClient, title: string): Promise<void> {
  take(queries, await api.update_session(title.trim()));
}

/** Put this workspace's end off; answers the new end. Rejects with CallError. */
export async function keepWorkspace(queries: QueryClient): Promise<string | null> {
  const session = await api.update_session();
  take(queries, session);
  return session.expires_at;
}

/** Whether a workspace ends so soon that its reader should hear of it. */
export function endsSoon(expires_at: string | null, now: number): boolean {
  return expires_at !== null && Date.parse(expires_at) - now < WARNING_MS;
}

// A page script wants the person told, wherever in the page that one is.
function tellNotice({ text, script_id, task_id }: StreamEvent["data"]): void {
  const place = script_id ? `/scripts/${script_id}` : `/tasks/${task_id}`;
  notify(String(text), { label: i18next.t("shell.show"), run: () => go(place) });
}

function take(queries: QueryClient, session: Session): void {
  queries.setQueryData(WORKSPACE, session);
  void queries.invalidateQueries({ queryKey: WORKSPACES });
}

function readAgain(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: WORKSPACE });
  void queries.invalidateQueries({ queryKey: WORKSPACES });
}
