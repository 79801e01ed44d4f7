import { useQueryClient } from "@tanstack/react-query";
import { RotateCcw } from "lucide-react";
import { memo, type ReactNode } from "react";
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
import { focusOn } from "./focus";
import { useModels, useRunningTask } from "./reading";
import { Settled } from "./Settled";
import { Thinking } from "./Thinking";
import { useStreamed } from "./useStreamed";

interface AnswerProps {
  message: Message;
  /** Asking an earlier one again leaves what follows it on a branch. */
  isLast: boolean;
  model: string | null;
}

export const Answer = memo(function Answer({ message, isLast, model }: AnswerProps): ReactNode {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const streamed = useStreamed(message);
  const isStreaming = message.state === "streaming";
  const text = message.text || streamed.text;
  const thinking = message.thinking ?? streamed.thinking;
  const again = async (other?: string) => {
    try {
      await askAgain(queries, message, other ?? model);
      focusOn();
    } catch (error) {
      notify(reason(error));
    }
  };
  return (
    <article aria-label={t("chat.answer")} data-state={message.state} className="group">
      {thinking && <Thinking text={thinking} isDone={!isStreaming || text !== ""} />}
      {isStreaming && !text && !thinking && <Waiting />}
      {text && <AnswerText text={text} />}
      {!isStreaming && (
        <>
          {message.figures?.was_cut && <p className="mt-3 text-sm text-faint">{t("chat.figures.cut")}</p>}
          <AnswerEnd message={message} onAgain={again} />
        </>
      )}
      <div className="mt-1 -ml-2 flex h-8 items-center text-xs text-faint">
        {isStreaming && text && <span className="ml-2 size-2 animate-breathe rounded-full bg-accent" />}
        {!isStreaming && (
          <Settled>
            <Actions message={message} isLast={isLast} onAgain={again} />
          </Settled>
        )}
      </div>
    </article>
  );
});

function Waiting(): ReactNode {
  return (
    <span className="flex h-[1.7em] items-center">
      <span className="size-2.5 animate-breathe rounded-full bg-accent" />
    </span>
  );
}

interface ActionsProps {
  message: Message;
  isLast: boolean;
  onAgain: () => void;
}

function Actions({ message, isLast, onAgain }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  const shown = isLast
    ? ""
    : "opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-100";
  return (
    <div className={`flex min-w-0 items-center transition-opacity ${shown}`}>
      {message.text && <CopyButton label={t("chat.copyAnswer")} text={message.text} />}
      {message.state === "complete" && <AskAgain message={message} isLast={isLast} onAgain={onAgain} />}
      <Branches message={message} />
      <ModelName id={message.model} />
      {message.figures && <Figures figures={message.figures} />}
    </div>
  );
}

function AskAgain({ message, isLast, onAgain }: ActionsProps): ReactNode {
  const { t } = useTranslation();
  const isBusy = useRunningTask(message.conversation_id) !== null;
  return (
    <IconButton
      label={isLast ? t("chat.askAgain") : t("chat.askAgainHere")}
      className="size-8 aria-disabled:opacity-45"
      aria-disabled={isBusy}
      onClick={() => !isBusy && onAgain()}
    >
      <RotateCcw aria-hidden="true" className="size-4" />
    </IconButton>
  );
}

function ModelName({ id }: { id: string | null }): ReactNode {
  const models = useModels();
  if (!id) return null;
  const name = models.data?.items.find((model) => model.id === id)?.name ?? id.slice(id.indexOf("/") + 1);
  return <span className="truncate px-2">{name}</span>;
}
