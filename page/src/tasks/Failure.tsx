import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";

/** Why a task failed: the server's sentence says what to do next; what it was told by others stands beside it. */
export function Failure({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const next = task.error?.details.next;
  return (
    <div className="rounded-xl border border-line bg-panel px-4 py-3 wrap-anywhere">
      <p className="text-xs text-faint">{t(task.state === "failed" ? "tasks.why" : "tasks.whyBefore")}</p>
      <p className="mt-0.5 font-medium text-danger">{task.error?.message}</p>
      {typeof next === "string" && !task.error?.message.includes(next) && <p className="text-soft">{next}</p>}
    </div>
  );
}
