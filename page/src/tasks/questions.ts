import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { Task } from "../api.generated";
import { api } from "../live/api";
import { afterOpening, listenToSession } from "../live/session";

const MOST = 50;
const NOBODY: readonly Task[] = [];

export const TASKS = ["tasks"];
const QUESTIONS = [...TASKS, "questions"];

/** The tasks that ask something, the one that has waited longest first. */
export function useQuestions(): readonly Task[] {
  const { data } = useQuery({
    queryKey: QUESTIONS,
    queryFn: () => afterOpening(() => api.list_tasks("waiting", MOST)),
    select: (list) => list.items.toReversed(),
  });
  return data ?? NOBODY;
}

/** Keep the questions true to what happens in this workspace, whatever part of the page is open. */
export function useQuestionEvents(): void {
  const queries = useQueryClient();
  useEffect(
    () =>
      listenToSession({
        onEvents: (events) => {
          const isMeant = events.some(
            ({ kind, data }) => kind === "task" && (data.state === "waiting" || isAsked(queries, data.id)),
          );
          if (isMeant) void queries.invalidateQueries({ queryKey: QUESTIONS });
        },
        onGap: () => void queries.invalidateQueries({ queryKey: QUESTIONS }),
      }),
    [queries],
  );
}

/** Take a task's question away at once, before the list is read again. */
export function forgetQuestion(queries: QueryClient, id: string): void {
  queries.setQueryData<{ items: Task[] }>(
    QUESTIONS,
    (list) => list && { ...list, items: list.items.filter((task) => task.id !== id) },
  );
}

function isAsked(queries: QueryClient, id: unknown): boolean {
  const list = queries.getQueryData<{ items: Task[] }>(QUESTIONS);
  return list?.items.some((task) => task.id === id) ?? false;
}
