import { CircleAlert, CircleSlash, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ErrorBody, Message } from "../api.generated";
import { Button } from "../ui/Button";
import { NextSteps } from "./NextSteps";
import { remedyOf } from "./problems";

interface AnswerEndProps {
  message: Message;
  onAgain: (model?: string) => void;
}

const FRAME = "mt-3 flex gap-3 rounded-xl border border-line px-4 py-3 text-sm";

/** How an answer ended that is not complete: what failed, the reason, and the next steps as buttons. */
export function AnswerEnd({ message, onAgain }: AnswerEndProps): ReactNode {
  if (message.state === "complete" || message.state === "streaming") return null;
  if (message.state === "stopped") return <Stopped onAgain={onAgain} />;
  return <Failed message={message} onAgain={onAgain} />;
}

function Stopped({ onAgain }: { onAgain: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={`${FRAME} flex-wrap items-center`}>
      <CircleSlash aria-hidden="true" className="size-4.5 shrink-0 text-faint" />
      <p className="flex-1 text-soft">{t("chat.state.stopped")}</p>
      <Button onClick={() => onAgain()}>
        <RotateCcw aria-hidden="true" className="size-4" />
        {t("chat.askAgain")}
      </Button>
    </div>
  );
}

function Failed({ message, onAgain }: AnswerEndProps): ReactNode {
  const error = useError(message);
  return (
    <div className={`${FRAME} bg-panel`}>
      <CircleAlert aria-hidden="true" className="mt-px size-4.5 shrink-0 text-danger" />
      <div className="min-w-0 flex-1 space-y-3">
        <Words error={error} />
        <NextSteps error={error} since={Date.parse(message.ended_at ?? "") || 0} onAgain={onAgain} />
      </div>
    </div>
  );
}

function Words({ error }: { error: ErrorBody }): ReactNode {
  const next = error.details.next;
  return (
    <div className="wrap-anywhere">
      <p className="text-xs text-faint">{usePart(error)}</p>
      <p className="mt-0.5 font-medium">{error.message}</p>
      {typeof next === "string" && !error.message.includes(next) && <p className="text-soft">{next}</p>}
    </div>
  );
}

/** What failed, by name. */
function usePart({ code, details }: ErrorBody): string {
  const { t } = useTranslation();
  const server = typeof details.server === "string" ? details.server : "";
  const parts = {
    model: server ? t("chat.part.modelNamed", { server }) : t("chat.part.model"),
    server: t("chat.part.server"),
    connection: t("chat.part.connection"),
    question: t("chat.part.question"),
  };
  return parts[remedyOf(code).part];
}

// An answer of an older version may have failed without saying why.
function useError(message: Message): ErrorBody {
  const { t } = useTranslation();
  if (message.error?.message) return message.error;
  const kind = message.state === "interrupted" ? "interrupted" : "failed";
  const words = { message: t(`chat.state.${kind}`), details: { next: t(`chat.state.${kind}Next`) } };
  return { code: kind, ...words };
}
