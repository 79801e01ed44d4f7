import { useQueryClient } from "@tanstack/react-query";
import { CircleSlash, Ellipsis, ListStart, RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { go } from "../shell/place";
import { Menu, MenuItem, MenuLine } from "../ui/Menu";
import { Progress } from "../ui/Progress";
import { hasEnded } from "../ui/useTask";
import { AnswerForm } from "./AnswerForm";
import { cancelTask, deleteTask, retryTask } from "./acting";
import { wordsOf } from "./asked";
import { iconOf, useKindName } from "./kinds";
import { StateBadge } from "./StateBadge";
import { useWords } from "./useWords";

interface TaskRowProps {
  task: Task;
  now: number;
}

/** A task in the list: what it is, where it stands, and what can be done with it. */
export function TaskRow({ task, now }: TaskRowProps): ReactNode {
  const name = useKindName()(task.kind);
  const asks = task.question !== null;
  return (
    <div
      data-task={task.id}
      className={`rounded-xl border px-1.5 py-2 ${asks ? "mb-2 border-warn/40 bg-tint" : "border-transparent hover:bg-sunken"}`}
    >
      <div className="flex items-center gap-3">
        <Icon kind={task.kind} />
        <a href={`#/tasks/${task.id}`} className="min-w-0 flex-1 rounded-lg px-1 py-1">
          <span className="block truncate text-sm font-medium" title={name} dir="auto">
            {name}
          </span>
          <Line task={task} now={now} />
        </a>
        <StateBadge task={task} />
        <TaskMenu task={task} name={name} />
      </div>
      {task.state === "processing" && <Bar task={task} name={name} />}
      {asks && <Asking task={task} />}
    </div>
  );
}

function Icon({ kind }: { kind: string }): ReactNode {
  const Drawn = iconOf(kind);
  return (
    <span className="flex size-10 shrink-0 items-center justify-center rounded-lg bg-sunken text-soft max-sm:hidden">
      <Drawn aria-hidden="true" className="size-5" />
    </span>
  );
}

function Line({ task, now }: TaskRowProps): ReactNode {
  const words = useWords()(task, now).join(" · ");
  const isBad = task.state === "failed" && task.error;
  return (
    <>
      <span
        className={`block text-xs tabular-nums max-sm:wrap-anywhere sm:truncate ${task.question ? "text-soft" : "text-faint"}`}
      >
        {words}
      </span>
      {isBad && (
        <span className="mt-0.5 line-clamp-2 text-xs text-danger wrap-anywhere">{task.error?.message}</span>
      )}
    </>
  );
}

function Bar({ task, name }: { task: Task; name: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="mt-1 mr-2 mb-1.5 ml-1 sm:ml-14">
      <Progress label={t("tasks.progress", { name })} percent={task.progress} />
    </div>
  );
}

function Asking({ task }: { task: Task }): ReactNode {
  const id = useId();
  if (!task.question) return null;
  return (
    <div className="mt-1 mr-2 mb-1.5 ml-1 space-y-2 text-sm sm:ml-14">
      <p
        id={id}
        className="max-h-60 overflow-y-auto font-medium whitespace-pre-line wrap-anywhere"
        dir="auto"
      >
        {wordsOf(task.question)}
      </p>
      <AnswerForm key={task.id} task={task} labelledBy={id} />
    </div>
  );
}

function TaskMenu({ task, name }: { task: Task; name: string }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const icon = "size-4";
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={t("tasks.moreFor", { name })}
          className="flex size-9 shrink-0 items-center justify-center rounded-lg text-faint hover:bg-hover hover:text-ink data-[state=open]:bg-hover"
        >
          <Ellipsis aria-hidden="true" className={icon} />
        </button>
      }
    >
      <MenuItem
        icon={<ListStart aria-hidden="true" className={icon} />}
        onSelect={() => go(`/tasks/${task.id}`)}
      >
        {t("tasks.open")}
      </MenuItem>
      {task.may_be_retried && (
        <MenuItem
          icon={<RotateCcw aria-hidden="true" className={icon} />}
          onSelect={() => void retryTask(queries, task)}
        >
          {t("tasks.retry")}
        </MenuItem>
      )}
      <MenuLine />
      {hasEnded(task) ? (
        <MenuItem
          danger
          icon={<Trash2 aria-hidden="true" className={icon} />}
          onSelect={() => void deleteTask(queries, task)}
        >
          {t("tasks.delete")}
        </MenuItem>
      ) : (
        <MenuItem
          danger
          icon={<CircleSlash aria-hidden="true" className={icon} />}
          onSelect={() => void cancelTask(queries, task)}
        >
          {t("tasks.cancel")}
        </MenuItem>
      )}
    </Menu>
  );
}
