import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Failure } from "../tasks/Failure";
import { Log } from "../tasks/Log";
import { StateBadge } from "../tasks/StateBadge";
import { useNow } from "../tasks/useNow";
import { useWords } from "../tasks/useWords";
import type { RunState } from "./useRun";

interface ConsoleProps {
  run: RunState;
  /** A tab names it already. */
  isAlone: boolean;
}

/** What a run says, what it answers, and how it ended. */
export function Console({ run, isAlone }: ConsoleProps): ReactNode {
  const { t } = useTranslation();
  const { task, problem } = run;
  return (
    <section
      aria-label={t("scripts.panel.console")}
      className="flex min-h-0 flex-2 flex-col border-t border-line"
    >
      <Line run={run} isAlone={isAlone} />
      {problem !== null && (
        <div role="alert" className="px-3.5 pb-3 text-sm wrap-anywhere">
          <p className="font-medium">{t("scripts.notStarted")}</p>
          <p className="mt-0.5 text-danger">{problem}</p>
        </div>
      )}
      {problem === null && task?.error && (
        <div className="px-3 pb-2 text-sm">
          <Failure task={task} />
        </div>
      )}
      {problem === null && task && <Log key={task.id} task={task} frame="min-h-0 flex-1" />}
      {problem === null && !task && (
        <p className="px-3.5 text-sm text-faint">
          {run.isGone ? t("scripts.runGone") : run.shownId === null && t("scripts.noRun")}
        </p>
      )}
    </section>
  );
}

function Line({ run, isAlone }: ConsoleProps): ReactNode {
  const { t } = useTranslation();
  const { task } = run;
  const now = useNow(run.isRunning);
  const words = useWords();
  return (
    <h2 className="flex h-10 shrink-0 items-center gap-2.5 px-3.5 text-xs font-medium text-soft">
      <span className={isAlone ? "sr-only" : ""}>{t("scripts.panel.console")}</span>
      {task && run.problem === null && (
        <>
          <StateBadge task={task} />
          <span className="min-w-0 truncate font-normal text-faint tabular-nums">
            {words(task, now).join(" · ")}
          </span>
        </>
      )}
    </h2>
  );
}
