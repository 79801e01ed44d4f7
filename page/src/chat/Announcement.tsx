import { type ReactNode, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Message } from "../api.generated";

/** Tells a screen reader when an answer begins and when it has ended; it never reads the growing text aloud. */
export function Announcement({ last }: { last: Message | undefined }): ReactNode {
  const { t } = useTranslation();
  const begun = useRef<string | null>(null);
  if (last?.state === "streaming") begun.current = last.id;
  const isNews = last !== undefined && begun.current === last.id;
  const words = last?.state === "streaming" ? t("chat.answering") : t("chat.answerDone");
  return (
    <p aria-live="polite" className="sr-only">
      {isNews && words}
    </p>
  );
}
