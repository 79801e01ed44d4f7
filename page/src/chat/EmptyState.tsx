import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Model } from "../api.generated";

interface EmptyStateProps {
  model: Model | null;
  onTry: (text: string) => void;
}

/** The first visit: what this is, who answers, what to try. */
export function EmptyState({ model, onTry }: EmptyStateProps): ReactNode {
  const { t } = useTranslation();
  const examples = [t("chat.empty.try1"), t("chat.empty.try2"), t("chat.empty.try3")];
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
      <section className="m-auto w-full max-w-3xl animate-fade px-1 py-6 sm:px-4">
        <h2 className="font-brand text-3xl tracking-tight sm:text-4xl">{t("chat.empty.title")}</h2>
        <div className="mt-5 space-y-1 leading-relaxed text-soft">
          <p>{t("chat.empty.line1")}</p>
          <p className="min-h-6">
            {model && `${t("chat.empty.line2", { model: model.name })} ${model.note}`}
          </p>
          <p>{t("chat.empty.line3")}</p>
        </div>
        <ul aria-label={t("chat.empty.examples")} className="mt-5 grid gap-2.5 sm:grid-cols-3">
          {examples.map((example) => (
            <li key={example} className="flex">
              <button
                type="button"
                onClick={() => onTry(example)}
                className="flex flex-1 items-start rounded-2xl border border-line bg-raised px-4 py-3 text-left text-sm leading-relaxed transition-colors hover:border-accent hover:bg-tint"
              >
                {example}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
