import { memo, type ReactNode, useLayoutEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Task, TaskState } from "../api.generated";
import { writeTime } from "../i18n/formats";
import { Trouble } from "../ui/Trouble";
import type { Piece } from "./logLines";
import { useLog } from "./useLog";

const NEAR_PX = 24;

const FRAMED = "max-h-[min(24rem,40dvh)] rounded-xl border border-line bg-sunken";

interface LogProps {
  task: Task;
  /** How large it is, and what is around it. */
  frame?: string;
}

/** What a task says and what happens to it, as it comes; the end stays in sight unless the reader goes back. */
export function Log({ task, frame = FRAMED }: LogProps): ReactNode {
  const { t } = useTranslation();
  const { log, problem, again } = useLog(task);
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  const lastTop = useRef(0);
  const keepEnd = () => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the place follows what is shown
  useLayoutEffect(keepEnd, [log]);
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
      className={`overflow-x-hidden overflow-y-auto px-3.5 py-2.5 text-xs leading-relaxed [overflow-anchor:none] ${frame}`}
      onLoadCapture={keepEnd} // a picture has its height only then
      onScroll={(event) => {
        const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
        const isNear = scrollHeight - scrollTop - clientHeight <= NEAR_PX;
        // Something may have grown before this is told: only who goes back wants to read elsewhere.
        if (isNear || scrollTop < lastTop.current) isAtEnd.current = isNear;
        lastTop.current = scrollTop;
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

const WORDS = "font-mono whitespace-pre-wrap wrap-anywhere";

const PieceLine = memo(function PieceLine({ piece }: { piece: Piece }): ReactNode {
  const { kind, text } = piece;
  if (kind === "text" || kind === "thinking")
    return <pre className={`${WORDS} ${kind === "text" ? "text-ink" : "text-faint"}`}>{text}</pre>;
  if (kind === "picture") return <Picture address={text} />;
  if (kind === "result") return <Result json={text} />;
  return <Happened piece={piece} kind={kind} />;
});

const COLOURS: { [level: string]: string } = { error: "text-danger", warn: "text-warn", debug: "text-faint" };

interface HappenedProps {
  piece: Piece;
  kind: Exclude<Piece["kind"], "text" | "thinking" | "picture" | "result">;
}

function Happened({ piece, kind }: HappenedProps): ReactNode {
  const { t } = useTranslation();
  const { text, level } = piece;
  const words = {
    state: () => t(`tasks.log.state.${text as TaskState}`),
    asked: () => t("tasks.log.asked", { question: text }),
    answer: () => t("tasks.log.answer", { answer: text }),
    event: () => text,
    line: () => text,
  }[kind]();
  const isMono = kind === "event" || kind === "line";
  return (
    <p className={`flex gap-3 py-0.5 wrap-anywhere text-faint ${isMono ? "font-mono" : ""}`}>
      <time dateTime={piece.at} className="shrink-0 tabular-nums">
        {writeTime(piece.at)}
      </time>
      <span
        data-level={level}
        className={`min-w-0 ${kind === "line" ? `whitespace-pre-wrap ${COLOURS[level ?? ""] ?? "text-ink"}` : ""}`}
      >
        {words}
      </span>
    </p>
  );
}

function Result({ json }: { json: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <figure className="my-1.5 border-l-2 border-accent pl-3">
      <figcaption className="text-faint">{t("tasks.log.result")}</figcaption>
      <pre className={`${WORDS} text-ink`}>{json}</pre>
    </figure>
  );
}

function Picture({ address }: { address: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <img
      src={address}
      alt={t("tasks.log.picture")}
      className="my-2 max-h-60 max-w-full rounded-lg border border-line"
    />
  );
}
