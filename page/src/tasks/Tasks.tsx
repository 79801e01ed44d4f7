import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { go } from "../shell/place";
import { Top } from "../shell/Top";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { EmptyState } from "./EmptyState";
import { Filters } from "./Filters";
import { type Entry, entriesOf, type Group, groupOf, type Shown } from "./grouping";
import { OWN_KINDS } from "./kinds";
import { useEndedTasks, useOpenTasks, useTaskEvents } from "./reading";
import { TaskList } from "./TaskList";
import { TaskWindow } from "./TaskWindow";

const NONE: Task[] = [];

/** The area of tasks: what asks, runs, waits and has ended; and one of them in a window. */
export default function Tasks({ rest }: { rest: string }): ReactNode {
  const { t } = useTranslation();
  const [shown, setShown] = useState<Shown>("all");
  const [kind, setKind] = useState<string | null>(null);
  const open = useOpenTasks(kind);
  const ended = useEndedTasks(kind, shown === "all" || shown === "ended");
  const kinds = useKinds(open.data, ended.data);
  useTaskEvents();
  const isEmpty = shown === "all" && kind === null && open.data?.length === 0 && ended.data?.length === 0;
  const all = () => {
    setShown("all");
    setKind(null);
  };
  return (
    <>
      <Top title={t("areas.tasks")} />
      {isEmpty ? (
        <EmptyState />
      ) : (
        <>
          <Filters
            {...{ shown, kind, kinds }}
            numbers={numbersOf(open.data ?? NONE)}
            onShow={setShown}
            onKind={setKind}
          />
          <List open={open} ended={ended} shown={shown} onAll={all} />
        </>
      )}
      {rest && <TaskWindow key={rest} id={rest} onClose={() => go("/tasks")} />}
    </>
  );
}

interface ListProps {
  open: ReturnType<typeof useOpenTasks>;
  ended: ReturnType<typeof useEndedTasks>;
  shown: Shown;
  onAll: () => void;
}

function List({ open, ended, shown, onAll }: ListProps): ReactNode {
  const { t } = useTranslation();
  const { fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = ended;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const isEndedShown = shown === "all" || shown === "ended";
  const entries: Entry[] = useMemo(
    () => entriesOf(open.data ?? NONE, (isEndedShown && ended.data) || NONE, shown),
    [open.data, ended.data, isEndedShown, shown],
  );
  const failed = [open, ended].find((reading) => reading.isError && !reading.data);
  if (failed) {
    const retry = { label: t("ui.retry"), run: () => void failed.refetch() };
    return <Trouble what={t("tasks.listFailed")} why={reason(failed.error)} action={retry} />;
  }
  if (!open.data || (isEndedShown && !ended.data)) return <div className="flex-1" />;
  if (entries.length === 0) return <Nothing onAll={onAll} />;
  const hasMore = isEndedShown && hasNextPage && !isFetchingNextPage && !isFetchNextPageError;
  return <TaskList entries={entries} hasMore={hasMore} onMore={more} />;
}

function Nothing({ onAll }: { onAll: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex flex-1 flex-col items-start gap-3 px-4 py-6 text-sm">
      <p className="text-soft">{t("tasks.nothing")}</p>
      <Button onClick={onAll}>{t("tasks.showAll")}</Button>
    </div>
  );
}

function numbersOf(open: readonly Task[]): Partial<Record<Group, number>> {
  const numbers: Partial<Record<Group, number>> = {};
  for (const task of open) numbers[groupOf(task)] = (numbers[groupOf(task)] ?? 0) + 1;
  return numbers;
}

// Those that were met stay in the menu, or choosing one would take away the others.
function useKinds(...lists: (readonly Task[] | undefined)[]): readonly string[] {
  const [kinds, setKinds] = useState<readonly string[]>(OWN_KINDS);
  const met = lists.flatMap((list) => list ?? []).map((task) => task.kind);
  const fresh = [...new Set(met)].filter((kind) => !kinds.includes(kind));
  useEffect(() => {
    if (fresh.length > 0) setKinds((known) => [...new Set([...known, ...fresh])]);
  });
  return kinds;
}
