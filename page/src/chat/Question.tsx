import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

export function Question({ text }: { text: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <article aria-label={t("chat.question")} className="flex justify-end">
      <p className="max-w-[85%] rounded-2xl rounded-br-md bg-tint px-4 py-2.5 leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {text}
      </p>
    </article>
  );
}
