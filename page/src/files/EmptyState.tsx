import { Upload } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../ui/Button";

/** What files are for, before there is one, and how to bring some. */
export function EmptyState({ onChoose }: { onChoose: () => void }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4">
      <section className="m-auto w-full max-w-3xl animate-fade px-1 py-6 sm:px-4">
        <h2 className="font-brand text-3xl tracking-tight sm:text-4xl">{t("files.empty.title")}</h2>
        <div className="mt-5 space-y-1 leading-relaxed text-soft">
          <p>{t("files.empty.line1")}</p>
          <p>{t("files.empty.line2")}</p>
          <p>{t("files.empty.line3")}</p>
        </div>
        <Button kind="primary" className="mt-6 h-10 px-4" onClick={onChoose}>
          <Upload aria-hidden="true" className="size-4" />
          {t("files.upload")}
        </Button>
      </section>
    </div>
  );
}
