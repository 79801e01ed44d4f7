import { memo, type ReactNode, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Task, TaskState } from "../api.generated";
import { writeTime } from "../i18n/formats";
import { Trouble } from "../ui/Trouble";
import type { Piece } from "./logLines";
import { useLog } from "./useLog";

const NEAR_PX = 24;

/** What a task says and what happens to it, as it comes; the end stays in sight unless the reader goes back. */
export function Log({ task }: { task: Task }): ReactNode {
  const { t } = useTranslation();
  const { log, problem, again } = useLog(task);
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place follows what is shown
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [log]);
  if (problem !== null) {
    return (
      <Trouble what={t("tasks.log.failed")} why={problem} action={{ label: t("ui.retry"), run: again }} />
    );
  }
  return (
    <section
      ref={box}
      aria-label={t("tasks.log.title")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-[min(24rem,40dvh)] overflow-x-hidden overflow-y-auto rounded-xl border border-line bg-sunken px-3.5 py-2.5 text-xs leading-relaxed [overflow-anchor:none]"
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        isAtEnd.current = scrollHeight - scrollTop - clientHeight <= NEAR_PX;
      }}
    >
      {log.isCut && <p className="pb-1.5 text-faint">{t("tasks.log.cut")}</p>}
      {log.pieces.length === 0 && <p className="text-faint">{t("tasks.log.nothing")}</p>}
      {log.pieces.map((piece) => (
        <PieceLine key={piece.key} piece={piece} />
      ))}
    </section>
  );
}

const PieceLine = memo(function PieceLine({ piece }: { piece: Piece }): ReactNode {
  const { t } = useTranslation();
  const { kind, text } = piece;
  if (kind === "text" || kind === "thinking") {
    const colour = kind === "text" ? "text-ink" : "text-faint";
    return <pre className={`font-mono whitespace-pre-wrap wrap-anywhere ${colour}`}>{text}</pre>;
  }
  const words = {
    state: () => t(`tasks.log.state.${text as TaskState}`),
    asked: () => t("tasks.log.asked", { question: text }),
    answer: () => t("tasks.log.answer", { answer: text }),
    event: () => text,
  }[kind]();
  return (
    <p className={`flex gap-3 py-0.5 wrap-anywhere text-faint ${kind === "event" ? "font-mono" : ""}`}>
      <time dateTime={piece.at} className="shrink-0 tabular-nums">
        {writeTime(piece.at)}
      </time>
      <span className="min-w-0">{words}</span>
    </p>
  );
});
