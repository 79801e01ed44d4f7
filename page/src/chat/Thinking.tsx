import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** What a model says to itself before it answers, folded away. */
export function Thinking({ text, isDone }: { text: string; isDone: boolean }): ReactNode {
  const { t } = useTranslation();
  return (
    <details className="group/thinking mb-3 text-sm text-soft">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-1.5 rounded-md py-1 pr-2 hover:text-ink">
        <ChevronRight
          aria-hidden="true"
          className="size-4 transition-transform group-open/thinking:rotate-90"
        />
        <span className={isDone ? "" : "animate-breathe"}>{t("chat.thinking")}</span>
      </summary>
      <p className="mt-1 border-l-2 border-line pl-4 leading-relaxed whitespace-pre-wrap">{text}</p>
    </details>
  );
}
