import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useQuestions } from "./questions";

/** How many questions wait for an answer, beside the name of the area; nothing where none does. */
export function QuestionMark(): ReactNode {
  const { t } = useTranslation();
  const num = useQuestions().length;
  if (num === 0) return null;
  return (
    <span className="block rounded-full bg-warn px-1.5 text-xs leading-4.5 font-semibold text-canvas tabular-nums">
      <span aria-hidden="true">{num}</span>
      <span className="sr-only">{t("shell.questions", { num })}</span>
    </span>
  );
}
