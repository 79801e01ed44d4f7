import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";

/** Tells a screen reader when an answer begins and how it ended; it never reads the growing text aloud. */
export function Announcement({ last }: { last: Message | undefined }): ReactNode {
  const begun = useRef<string | null>(null);
  if (last?.state === "streaming") begun.current = last.id;
  const words = useWords(last);
  const isNews = last !== undefined && begun.current === last.id;
  return (
    <p role="status" aria-live="polite" className="sr-only">
      {isNews && words}
    </p>
  );
}

function useWords(last: Message | undefined): string {
  const { t } = useTranslation();
  switch (last?.state) {
    case "streaming":
      return t("chat.answering");
    case "complete":
      return t("chat.answerDone");
    case "stopped":
      return t("chat.state.stopped");
    default:
      return last?.error?.message ?? t("chat.state.failed");
  }
}
