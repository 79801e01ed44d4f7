import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";

const COLOURS: Record<Task["state"], string> = {
  waiting: "border-warn/50 text-warn",
  processing: "border-accent/40 text-accent",
  pending: "border-line text-soft",
  retrying: "border-warn/50 text-warn",
  completed: "border-line text-soft",
  failed: "border-danger/40 text-danger",
  cancelled: "border-line text-faint",
};

/** Where a task stands, in one word. */
export function StateBadge({ task }: { task: Pick<Task, "state"> & Partial<Task> }): ReactNode {
  const { t } = useTranslation();
  const state = task.is_stopping ? "stopping" : task.state;
  return (
    <span
      data-state={task.state}
      className={`inline-flex h-6 shrink-0 items-center rounded-full border px-2 text-xs whitespace-nowrap ${COLOURS[task.state]}`}
    >
      {t(`tasks.state.${state}`)}
    </span>
  );
}
