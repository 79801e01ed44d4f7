import { CircleHelp } from "lucide-react";
import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Task } from "../api.generated";
import { AnswerForm } from "./AnswerForm";
import { askedBy, isShort, wordsOf } from "./asked";
import { useKindName } from "./kinds";

/** The question that has waited longest, above whatever part of the page is open. */
export default function QuestionStrip({ task, numMore }: { task: Task; numMore: number }): ReactNode {
  const { t } = useTranslation();
  const name = useKindName()(task.kind);
  const id = useId();
  if (!task.question) return null;
  const words = wordsOf(task.question);
  return (
    <section
      aria-label={t("tasks.question.strip")}
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-warn/40 bg-tint px-4 py-2 text-sm"
    >
      <CircleHelp aria-hidden="true" className="size-4.5 shrink-0 text-warn" />
      <p role="status" id={id} className="min-w-0 flex-1 basis-48">
        <span className="block text-xs text-soft wrap-anywhere">{t("tasks.question.of", { name })}</span>
        <span className="line-clamp-2 font-medium wrap-anywhere" title={words} dir="auto">
          {words}
        </span>
      </p>
      <div className="flex max-w-full flex-wrap items-center gap-2">
        {isShort(askedBy(task.question)) ? (
          <AnswerForm key={task.id} task={task} labelledBy={id} />
        ) : (
          <WayThere href={`#/tasks/${task.id}`}>{t("tasks.question.answer")}</WayThere>
        )}
        {numMore > 0 && <WayThere href="#/tasks">{t("tasks.question.more", { num: numMore })}</WayThere>}
      </div>
    </section>
  );
}

function WayThere({ href, children }: { href: string; children: ReactNode }): ReactNode {
  return (
    <a
      href={href}
      className="inline-flex min-h-8 items-center rounded-lg border border-line bg-raised px-3 font-medium hover:border-faint hover:bg-sunken pointer-coarse:min-h-11"
    >
      {children}
    </a>
  );
}
