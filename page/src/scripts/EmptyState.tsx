import { Plus } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";
import { beginNew } from "./beginning";
import { draftOfExample, EMPTY } from "./drafts";
import { useExamples } from "./reading";

/** What page scripts are, before there is one, and some to begin with. */
export function EmptyState(): ReactNode {
  const { t } = useTranslation();
  const examples = useExamples();
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
      <section className="m-auto w-full max-w-3xl animate-fade px-1 py-6 sm:px-4">
        <h2 className="font-brand text-3xl tracking-tight sm:text-4xl">{t("scripts.empty.title")}</h2>
        <div className="mt-5 space-y-1 leading-relaxed text-soft">
          <p>{t("scripts.empty.line1")}</p>
          <p>{t("scripts.empty.line2")}</p>
          <p>{t("scripts.empty.line3")}</p>
        </div>
        <ul aria-label={t("scripts.examples")} className="mt-6 grid gap-2 sm:grid-cols-3">
          {examples.map((example) => (
            <li key={example.id} className="flex">
              <button
                type="button"
                onClick={() => beginNew(draftOfExample(example))}
                className="flex flex-1 flex-col rounded-xl border border-line bg-raised px-4 py-3 text-left text-sm transition-colors hover:border-faint hover:bg-sunken"
              >
                <span className="block font-medium">{example.name}</span>
                <span className="mt-1 block text-xs leading-relaxed text-soft">{example.about}</span>
              </button>
            </li>
          ))}
        </ul>
        <Button kind="primary" className="mt-4 h-10 px-4" onClick={() => beginNew(EMPTY)}>
          <Plus aria-hidden="true" className="size-4" />
          {t("scripts.new")}
        </Button>
      </section>
    </div>
  );
}
