import { useQueryClient } from "@tanstack/react-query";
import { CircleSlash, Download, FileCode, MessageCircle, RotateCcw, Trash2 } from "lucide-react";
import { type ReactNode, useEffect, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { Button } from "../ui/Button";
import { notify } from "../ui/notify";
import { Progress } from "../ui/Progress";
import { reason } from "../ui/reason";
import { Trouble } from "../ui/Trouble";
import { hasEnded } from "../ui/useTask";
import { Window } from "../ui/Window";
import { AnswerForm } from "./AnswerForm";
import { cancelTask, deleteTask, retryTask } from "./acting";
import { wordsOf } from "./asked";
import { Facts } from "./Facts";
import { Failure } from "./Failure";
import { useKindName } from "./kinds";
import { Log } from "./Log";
import { useOneTask } from "./reading";
import { StateBadge } from "./StateBadge";
import { useNow } from "./useNow";
import { useWords } from "./useWords";

/** A window with all there is to know of a task, and to do with it. */
export function TaskWindow({ id, onClose }: { id: string; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const reading = useOneTask(id);
  const name = useKindName()(reading.data?.kind ?? "");
  const isMissing = reading.error?.name === "NotFound" || reading.error?.name === "InvalidArguments";
  useEffect(() => {
    if (!isMissing) return;
    notify(t("tasks.missing"));
    onClose();
  }, [isMissing, onClose, t]);
  if (isMissing || (!reading.data && !reading.isError)) return null;
  const retry = { label: t("ui.retry"), run: () => void reading.refetch() };
  return (
    <Window title={name || t("areas.tasks")} isWide onClose={onClose}>
      {reading.data ? (
        <Contents task={reading.data} name={name} onClose={onClose} />
      ) : (
        <Trouble what={t("tasks.readFailed")} why={reason(reading.error)} action={retry} />
      )}
    </Window>
  );
}

interface ContentsProps {
  task: Task;
  name: string;
  onClose: () => void;
}

function Contents({ task, name, onClose }: ContentsProps): ReactNode {
  const { t } = useTranslation();
  const now = useNow(!hasEnded(task));
  const words = useWords()(task, now).join(" · ");
  return (
    <div className="space-y-4 text-sm">
      <p className="-mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <StateBadge task={task} />
        <span className="text-soft tabular-nums">{words}</span>
      </p>
      {task.state === "processing" && (
        <Progress label={t("tasks.progress", { name })} percent={task.progress} />
      )}
      {task.question && <Asking task={task} />}
      {task.error && <Failure task={task} />}
      <Facts task={task} />
      <Log key={task.id} task={task} />
      <Buttons task={task} onClose={onClose} />
    </div>
  );
}

function Asking({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  if (!task.question) return null;
  return (
    <section
      aria-label={t("tasks.question.strip")}
      className="space-y-2.5 rounded-xl border border-warn/40 bg-tint px-4 py-3"
    >
      <p
        id={id}
        className="max-h-60 overflow-y-auto font-medium whitespace-pre-line wrap-anywhere"
        dir="auto"
      >
        {wordsOf(task.question)}
      </p>
      <AnswerForm task={task} labelledBy={id} />
    </section>
  );
}

function Buttons({ task, onClose }: { task: Task; onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = async () => {
    onClose();
    await deleteTask(queries, task);
  };
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Ways task={task} />
      {hasEnded(task) ? (
        <Button onClick={() => void remove()}>
          <Trash2 aria-hidden="true" className="size-4" />
          {t("tasks.delete")}
        </Button>
      ) : (
        <Button
          aria-disabled={task.is_stopping}
          onClick={() => task.is_stopping || void cancelTask(queries, task)}
        >
          <CircleSlash aria-hidden="true" className="size-4" />
          {t("tasks.cancel")}
        </Button>
      )}
      {task.may_be_retried && (
        <Button kind="primary" onClick={() => void retryTask(queries, task, true)}>
          <RotateCcw aria-hidden="true" className="size-4" />
          {t("tasks.retry")}
        </Button>
      )}
    </div>
  );
}

const LINK =
  "inline-flex items-center justify-center gap-2 rounded-lg border border-line bg-raised px-3 py-1.5 text-sm font-medium transition-colors hover:border-faint hover:bg-sunken pointer-coarse:min-h-11";

/** Ways to what a task is about, or has made. */
function Ways({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const conversation = task.kind === "chat" ? task.facts.conversation_id : null;
  const script = task.kind === "script" ? task.facts.script_id : null;
  const made = task.facts.made as { file_id?: unknown } | null | undefined;
  const file = task.kind === "export" && task.state === "completed" ? made?.file_id : null;
  return (
    <>
      {typeof conversation === "string" && (
        <a href={`#/chat/${encodeURIComponent(conversation)}`} className={LINK}>
          <MessageCircle aria-hidden="true" className="size-4" />
          {t("tasks.toConversation")}
        </a>
      )}
      {typeof script === "string" && (
        <a href={`#/scripts/${encodeURIComponent(script)}`} className={LINK}>
          <FileCode aria-hidden="true" className="size-4" />
          {t("tasks.toScript")}
        </a>
      )}
      {typeof file === "string" && (
        <a href={`/files/${encodeURIComponent(file)}?download=1`} download className={LINK}>
          <Download aria-hidden="true" className="size-4" />
          {t("tasks.save")}
        </a>
      )}
    </>
  );
}
