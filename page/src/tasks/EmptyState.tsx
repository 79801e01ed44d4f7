import { MessageCircle } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { go } from "../shell/place";
import { Button } from "../ui/Button";

/** What tasks are, before there is one, and what makes some. */
export function EmptyState(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
      <section className="m-auto w-full max-w-3xl animate-fade px-1 py-6 sm:px-4">
        <h2 className="font-brand text-3xl tracking-tight sm:text-4xl">{t("tasks.empty.title")}</h2>
        <div className="mt-5 space-y-1 leading-relaxed text-soft">
          <p>{t("tasks.empty.line1")}</p>
          <p>{t("tasks.empty.line2")}</p>
          <p>{t("tasks.empty.line3")}</p>
        </div>
        <div className="mt-6 flex flex-wrap gap-2">
          <Button kind="primary" className="h-10 px-4" onClick={() => go("/chat")}>
            <MessageCircle aria-hidden="true" className="size-4" />
            {t("tasks.empty.ask")}
          </Button>
          <Button className="h-10 px-4" onClick={() => go("/items/import")}>
            {t("tasks.empty.import")}
          </Button>
        </div>
      </section>
    </div>
  );
}
