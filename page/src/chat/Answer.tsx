import { useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { IconButton } from "../ui/Button";
import { CopyButton } from "../ui/CopyButton";
import { notify } from "../ui/notify";
import { reason } from "../ui/reason";
import { AnswerEnd } from "./AnswerEnd";
import { AnswerText } from "./AnswerText";
import { askAgain } from "./asking";
import { Branches } from "./Branches";
import { Figures } from "./Figures";
import { useModels } from "./reading";
import { Thinking } from "./Thinking";
import { useStreamed } from "./useStreamed";

interface AnswerProps {
  message: Message;
  /** Only the last answer can be asked again: a new one in the middle would end what follows. */
  isLast: boolean;
  model: string | null;
}

export function Answer({ message, isLast, model }: AnswerProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const streamed = useStreamed(message);
  const isStreaming = message.state === "streaming";
  const text = message.text || streamed.text;
  const again = () => askAgain(queries, message, model).catch((error) => notify(reason(error)));
  return (
    <article aria-label={t("chat.answer")} data-state={message.state} className="group">
      {streamed.thinking && <Thinking text={streamed.thinking} isDone={text !== ""} />}
      {isStreaming && !text && !streamed.thinking && <Waiting />}
      {text && <AnswerText text={text} />}
      {!isStreaming && (
        <>
          {message.figures?.was_cut && <p className="mt-3 text-sm text-faint">{t("chat.figures.cut")}</p>}
          <AnswerEnd message={message} onAgain={isLast ? again : null} />
          <Actions message={message} isLast={isLast} onAgain={again} />
        </>
      )}
      {isStreaming && <div className="h-9" />}
    </article>
  );
}

function Waiting(): ReactNode {
  return (
    <span className="flex h-[1.7em] items-center">
      <span className="size-2.5 animate-breathe rounded-full bg-accent" />
    </span>
  );
}

function Actions({
  message,
  isLast,
  onAgain,
}: {
  message: Message;
  isLast: boolean;
  onAgain: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const shown = isLast
    ? ""
    : "opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100";
  return (
    <div className={`mt-1 -ml-2 flex h-8 items-center text-xs text-faint transition-opacity ${shown}`}>
      {message.text && <CopyButton label={t("chat.copyAnswer")} text={message.text} />}
      {isLast && message.state === "complete" && (
        <IconButton label={t("chat.askAgain")} className="size-8" onClick={onAgain}>
          <RotateCcw aria-hidden="true" className="size-4" />
        </IconButton>
      )}
      <Branches message={message} />
      <ModelName id={message.model} />
      {message.figures && <Figures figures={message.figures} />}
    </div>
  );
}

function ModelName({ id }: { id: string | null }): ReactNode {
  const models = useModels();
  if (!id) return null;
  const name = models.data?.items.find((model) => model.id === id)?.name ?? id.slice(id.indexOf("/") + 1);
  return <span className="truncate px-2">{name}</span>;
}
