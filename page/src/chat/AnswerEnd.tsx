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
      className={`mt-3 flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-line px-4 py-3 text-sm ${isStopped ? "" : "bg-panel"}`}
    >
      <div className="flex min-w-[min(16rem,100%)] flex-1 gap-3">
        <Icon
          aria-hidden="true"
          className={`mt-px size-4.5 shrink-0 ${isStopped ? "text-faint" : "text-danger"}`}
        />
        <div className="min-w-0 flex-1 wrap-anywhere">
          <Words message={message} />
        </div>
      </div>
      {onAgain && (
        <Button onClick={onAgain}>
          <RotateCcw aria-hidden="true" className="size-4" />
          {t("chat.askAgain")}
        </Button>
      )}
    </div>
  );
}

function Words({ message }: { message: Message }): ReactNode {
  const { t } = useTranslation();
  const why = message.error?.message ?? "";
  const details = message.error?.details ?? {};
  if (message.state === "stopped") return <p className="text-soft">{t("chat.state.stopped")}</p>;
  const kind = message.state === "interrupted" ? "interrupted" : "failed";
  const next = typeof details.next === "string" ? details.next : why ? "" : t(`chat.state.${kind}Next`);
  return (
    <>
      <p className="font-medium">{why || t(`chat.state.${kind}`)}</p>
      {next && !why.includes(next) && <p className="text-soft">{next}</p>}
      {typeof details.server === "string" && !why.includes(details.server) && (
        <p className="mt-0.5 text-xs text-faint">{t("chat.state.server", { server: details.server })}</p>
      )}
    </>
  );
}
