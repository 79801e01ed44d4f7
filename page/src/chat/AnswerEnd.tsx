import { CircleAlert, CircleSlash, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";
import { Button } from "../ui/Button";

interface AnswerEndProps {
  message: Message;
  onAgain: (() => void) | null;
}

/** How an answer ended that is not complete: the reason, the next step, and the button that takes it. */
export function AnswerEnd({ message, onAgain }: AnswerEndProps): ReactNode {
  const { t } = useTranslation();
  if (message.state === "complete" || message.state === "streaming") return null;
  const isStopped = message.state === "stopped";
  const Icon = isStopped ? CircleSlash : CircleAlert;
  return (
    <div
      className={`mt-3 flex gap-3 rounded-xl border border-line px-4 py-3 text-sm ${isStopped ? "" : "bg-panel"}`}
    >
      <Icon
        aria-hidden="true"
        className={`mt-0.5 size-4.5 shrink-0 ${isStopped ? "text-faint" : "text-danger"}`}
      />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2.5">
        <div className="min-w-[min(16rem,100%)] flex-1 wrap-anywhere">
          <Words message={message} />
        </div>
        {onAgain && (
          <Button onClick={onAgain}>
            <RotateCcw aria-hidden="true" className="size-4" />
            {t("chat.askAgain")}
          </Button>
        )}
      </div>
    </div>
  );
}

function Words({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const why = message.error?.message ?? "";
  const details = message.error?.details ?? {};
  if (message.state === "stopped") return <p className="text-soft">{t("chat.state.stopped")}</p>;
  const kind = message.state === "interrupted" ? "interrupted" : "failed";
  const next = typeof details.next === "string" ? details.next : t(`chat.state.${kind}Next`);
  return (
    <>
      <p className="font-medium">{why || t(`chat.state.${kind}`)}</p>
      {!why.includes(next) && <p className="text-soft">{next}</p>}
      {typeof details.server === "string" && (
        <p className="mt-0.5 text-xs text-faint">{t("chat.state.server", { server: details.server })}</p>
      )}
    </>
  );
}
