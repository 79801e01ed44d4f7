import { CalendarClock } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ScriptRun } from "../api.generated";
import { writeMoment } from "../i18n/formats";
import { StateBadge } from "../tasks/StateBadge";
import { secondsBetween } from "../tasks/times";
import { useTook } from "../tasks/useTook";
import { Button } from "../ui/Button";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { useRuns } from "./reading";
import type { ScriptState } from "./useScript";

interface RunListProps {
  script: ScriptState;
  shownId: string | null;
  onShow: (taskId: string) => void;
}

/** The runs of a saved script, newest first; one of them is shown in the console. */
export function RunList({ script, shownId, onShow }: RunListProps): ReactNode {
  const { t } = useTranslation();
  if (!script.saved) return <p className="text-soft">{t("scripts.history.unsaved")}</p>;
  return <SavedRuns id={script.saved.id} {...{ shownId, onShow }} />;
}

interface SavedRunsProps {
  id: string;
  shownId: string | null;
  onShow: (taskId: string) => void;
}

function SavedRuns({ id, shownId, onShow }: SavedRunsProps): ReactNode {
  const { t } = useTranslation();
  const { data: runs, error, isError, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useRuns(id);
  if (isError && !runs) {
    const retry = { label: t("ui.retry"), run: () => void refetch() };
    return <Trouble what={t("scripts.history.failed")} why={reason(error)} action={retry} />;
  }
  if (!runs) return null;
  if (runs.length === 0) return <p className="text-soft">{t("scripts.history.none")}</p>;
  return (
    <>
      <ul aria-label={t("scripts.panel.history")} className="-mx-2">
        {runs.map((run) => (
          <li key={run.task_id}>
            <RunRow run={run} isShown={run.task_id === shownId} onShow={onShow} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button
          className="mt-2 self-start pointer-coarse:min-h-11"
          aria-disabled={isFetchingNextPage}
          onClick={() => void (isFetchingNextPage || fetchNextPage())}
        >
          {t("scripts.history.more")}
        </Button>
      )}
    </>
  );
}

function RunRow(props: { run: ScriptRun; isShown: boolean; onShow: (taskId: string) => void }): ReactNode {
  const { t } = useTranslation();
  const { run, isShown, onShow } = props;
  const took = useTook();
  const { started_at, ended_at } = run;
  return (
    <button
      type="button"
      aria-current={isShown}
      onClick={() => onShow(run.task_id)}
      className="flex w-full items-center gap-2 rounded-lg px-2 py-1.5 text-left hover:bg-sunken aria-[current=true]:bg-sunken pointer-coarse:min-h-11"
    >
      <span className="min-w-0 flex-1 text-xs tabular-nums">
        <span className="block">{writeMoment(run.created_at)}</span>
        <span className="flex items-center gap-1 text-faint">
          {run.is_scheduled && <CalendarClock aria-hidden="true" className="size-3 shrink-0" />}
          <span className="truncate">
            {t(run.is_scheduled ? "scripts.history.scheduled" : "scripts.history.byHand")}
            {started_at && ended_at && ` · ${took(secondsBetween(started_at, ended_at))}`}
          </span>
        </span>
      </span>
      <StateBadge task={run} />
    </button>
  );
}
