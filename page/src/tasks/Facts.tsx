import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { writeMoment } from "../i18n/formats";
import { hasEnded } from "../ui/useTask";
import { rankTask } from "./acting";

const MOST_PRIORITY = 9;
const USUAL = 5;

/** When a task was begun and ended, what it waits for, how urgent it is. */
export function Facts({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const moments = [
    [t("tasks.fact.created"), task.created_at],
    [t("tasks.fact.started"), task.started_at],
    [t("tasks.fact.ended"), task.ended_at],
    [t("tasks.fact.runAfter"), isToCome(task) ? task.run_after : null],
    [t("tasks.fact.deadline"), hasEnded(task) ? null : task.deadline_at],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-xs">
      {moments.map(
        ([name, moment]) =>
          moment && (
            <Fact key={name} name={name}>
              {writeMoment(moment)}
            </Fact>
          ),
      )}
      {task.needs.length > 0 && (
        <Fact name={t("tasks.fact.needs")}>
          <span className="flex flex-wrap gap-x-3">
            {task.needs.map((id) => (
              <a
                key={id}
                href={`#/tasks/${id}`}
                className="py-1 font-mono pointer-coarse:px-1 pointer-coarse:py-3 text-accent underline underline-offset-4"
              >
                {id.slice(0, 8)}
              </a>
            ))}
          </span>
        </Fact>
      )}
      {!hasEnded(task) && <Priority task={task} />}
    </dl>
  );
}

function isToCome(task: Task): boolean {
  return !hasEnded(task) && task.run_after !== null && Date.parse(task.run_after) > Date.now();
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <>
      <dt className="text-faint">{name}</dt>
      <dd className="text-soft tabular-nums">{children}</dd>
    </>
  );
}

function Priority({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const id = useId();
  const note = {
    [MOST_PRIORITY]: t("tasks.rank.most"),
    [USUAL]: t("tasks.rank.usual"),
    0: t("tasks.rank.least"),
  };
  return (
    <>
      <dt className="text-faint">
        <label htmlFor={id}>{t("tasks.fact.priority")}</label>
      </dt>
      <dd>
        <select
          id={id}
          value={task.priority}
          onChange={(event) => void rankTask(queries, task, Number(event.target.value))}
          className="h-8 rounded-lg border border-line bg-canvas px-2 text-sm text-ink outline-none focus:border-accent pointer-coarse:h-11"
        >
          {Array.from({ length: MOST_PRIORITY + 1 }, (_, step) => MOST_PRIORITY - step).map((rank) => (
            <option key={rank} value={rank}>
              {rank in note ? `${rank} · ${note[rank as keyof typeof note]}` : rank}
            </option>
          ))}
        </select>
      </dd>
    </>
  );
}
